import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask, Refusal } from '../../api.ts';
import { deskTime } from '../../live/clock.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { formats, language, texts } from '../../text/text.ts';

interface Part {
  readonly name: string;
  readonly state: 'good' | 'warning' | 'bad' | 'off';
  /** For people, in the language asked for. */
  readonly text: string;
  /** What to do about it. */
  readonly remedy: string | null;
}

interface Status {
  readonly parts: readonly Part[];
  /** In ms; null while it is not known. */
  readonly at: number | null;
  readonly problem: string;
}

/** Between looks, in ms. */
const LOOK_MS = 10_000;

export function useStatus(): Signal<Status> {
  const status = useSignal<Status>({ parts: [], at: null, problem: '' });
  const words = language.value;
  useEffect(() => {
    const life = new AbortController();
    const look = (): void => {
      ask<{ parts: Part[] }>('/api/status', { signal: life.signal }).then(
        ({ parts }) => {
          status.value = { parts, at: deskTime(), problem: '' };
        },
        (error: unknown) => {
          if (life.signal.aborted) return;
          const message = error instanceof Refusal ? error.message : '';
          status.value = { ...status.value, problem: message || texts.value.away };
        },
      );
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => {
      clearInterval(timer);
      life.abort();
    };
  }, [words]);
  return status;
}

const MARKS: Record<Part['state'], { icon: IconName; tone: string }> = {
  good: { icon: 'fine', tone: 'ok' },
  warning: { icon: 'warn', tone: 'warn' },
  bad: { icon: 'fail', tone: 'bad' },
  off: { icon: 'todo', tone: 'muted' },
};

export function PartsPanel({ status: { parts, at, problem } }: { readonly status: Status }) {
  const t = texts.value;
  return (
    <section class="panel" aria-labelledby="parts">
      <header>
        <h2 id="parts">{t.health.parts}</h2>
        <span class="grow" />
        {at !== null && <span class="muted n">{t.health.checkedAt(formats.value.exact(at))}</span>}
      </header>
      {problem !== '' && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
      <ul class="checks">
        {parts.map((part) => (
          <li key={part.name}>
            <span class={MARKS[part.state].tone}>
              <Icon name={MARKS[part.state].icon} />
              <span class="vh">{t.health.states[part.state]}</span>
            </span>
            <b>{nameOfPart(part.name)}</b>
            <span>{part.text}</span>
            {part.remedy !== null && <div class="do">{part.remedy}</div>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** `asterisk main` has a name of its own behind the kind. */
function nameOfPart(name: string): string {
  const names: Partial<Record<string, string>> = texts.value.health.names;
  const [kind = '', ...rest] = name.split(' ');
  return [names[kind] ?? kind, ...rest].join(' ');
}
