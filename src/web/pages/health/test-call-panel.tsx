import { useSignal } from '@preact/signals';
import { askInPieces } from '../../api.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { typedIn } from '../../parts/form.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { texts } from '../../text/text.ts';
import { stepsSoFar, type Step } from './ladder.ts';

const MARKS: Record<Step['state'], { icon: IconName; tone: string }> = {
  ok: { icon: 'fine', tone: 'ok' },
  fail: { icon: 'fail', tone: 'bad' },
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
      let text = '';
      for await (const piece of askInPieces('/api/test-calls', { method: 'POST', body: numbers })) {
        text += piece;
        steps.value = stepsSoFar(text, steps.value);
      }
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

function StepLine({ step: { state, message, remedy } }: { readonly step: Step }) {
  const t = texts.value;
  const { icon, tone } = MARKS[state];
  return (
    <li>
      <span class={tone}>
        <Icon name={icon} />
      </span>
      <span class={state === 'skipped' ? 'todo' : undefined}>
        {state === 'fail' ? <b>{message}</b> : message}
      </span>
      <span class="muted n">{state === 'skipped' ? t.health.testNotReached : ''}</span>
      {remedy !== null && <div class="do pre">{remedy}</div>}
    </li>
  );
}
