import { useSignal } from '@preact/signals';
import { ask } from '../../api.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { typedIn } from '../../parts/form.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { language, texts } from '../../text/text.ts';

/** A step of the ladder. */
interface Step {
  readonly name: string;
  readonly state: 'good' | 'warning' | 'bad' | 'skipped';
  readonly text: string;
  /** What to do; null where nothing is to be done. */
  readonly remedy?: string | null;
  readonly ms?: number | null;
}

const MARKS: Record<Step['state'], { icon: IconName; tone: string }> = {
  good: { icon: 'fine', tone: 'ok' },
  warning: { icon: 'warn', tone: 'warn' },
  bad: { icon: 'fail', tone: 'bad' },
  skipped: { icon: 'todo', tone: 'todo' },
};

/** Rings two numbers, and tells step by step how far it came. */
export function TestCallPanel() {
  const t = texts.value;
  const action = useAction();
  const steps = useSignal<readonly Step[]>([]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const numbers = { from: typedIn(event, 'from'), to: typedIn(event, 'to') };
    steps.value = [];
    action.run(async () => {
      const answer = await ask<{ steps: Step[] }>('/api/test-calls', {
        method: 'POST',
        body: numbers,
      });
      steps.value = answer.steps;
    });
  };
  return (
    <section class="panel" id="test" aria-labelledby="test-h">
      <header>
        <h2 id="test-h">{t.health.test}</h2>
      </header>
      <div class="in">
        <form class="btns" onSubmit={submit}>
          <span class="field">
            <label for="test-from">{t.health.testFrom}</label>
            <input id="test-from" name="from" inputMode="tel" size={16} required />
          </span>
          <span class="field">
            <label for="test-to">{t.health.testTo}</label>
            <input id="test-to" name="to" inputMode="tel" size={16} required />
          </span>
          <button class="btn low" aria-disabled={action.isBusy.value}>
            {t.health.testSubmit}
          </button>
        </form>
        <Refused action={action} />
        <p class="small muted" role="status">
          {action.isBusy.value ? t.health.testing : ''}
        </p>
      </div>
      {steps.value.length > 0 && (
        <ol class="ladder" aria-label={t.health.testSteps}>
          {steps.value.map((step) => (
            <StepLine key={step.name} step={step} />
          ))}
        </ol>
      )}
    </section>
  );
}

function StepLine({ step: { state, text, remedy, ms } }: { readonly step: Step }) {
  const t = texts.value;
  const { icon, tone } = MARKS[state];
  return (
    <li>
      <span class={tone}>
        <Icon name={icon} />
      </span>
      <span class={state === 'skipped' ? 'todo' : undefined}>{state === 'bad' ? <b>{text}</b> : text}</span>
      <span class="muted n">
        {state === 'skipped' ? t.health.testNotReached : ms === undefined || ms === null ? '' : lengthOf(ms)}
      </span>
      {remedy !== undefined && remedy !== null && remedy !== '' && <div class="do pre">{remedy}</div>}
    </li>
  );
}

/** `4 мс`, `3,1 с`. */
function lengthOf(ms: number): string {
  const isShort = ms < 100;
  return new Intl.NumberFormat(language.value, {
    style: 'unit',
    unit: isShort ? 'millisecond' : 'second',
    maximumFractionDigits: isShort ? 0 : 1,
  }).format(isShort ? ms : ms / 1000);
}
