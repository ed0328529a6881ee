import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api.ts';
import { Refused, refusalText } from '../../parts/action.tsx';
import { typedIn } from '../../parts/form.ts';
import { Badge, langOf } from '../../parts/who.tsx';
import type { Candidate, PeopleAnswer } from '../../people/person.ts';
import { WhyThen } from './why-then.tsx';
import { address, go } from '../../router.ts';
import { phone } from '../../text/formats.ts';
import { language, texts } from '../../text/text.ts';

/**
 * Where a call from a number goes, and why. The number stands in the address: a call of the journal leads here, and what it
 * has kept itself comes before what the data of today say.
 */
export function WhyPanel() {
  const t = texts.value;
  const { searchParams } = address.value;
  const number = searchParams.get('number') ?? '';
  const call = searchParams.get('call');
  /** How often the button was pressed: whoever asks again wants to know it anew. */
  const turn = useSignal(0);
  const { answer, isBusy, refusal } = useExplained(number, turn.value);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    turn.value++;
    const typed = typedIn(event, 'number');
    go(`/status?number=${encodeURIComponent(typed)}#why`, 'replace');
  };
  return (
    <section class="panel" id="why" aria-labelledby="why-h">
      <header>
        <h2 id="why-h">{t.health.why}</h2>
      </header>
      <div class="in">
        <form class="btns" onSubmit={submit}>
          <label class="vh" for="why-number">
            {t.health.whyLabel}
          </label>
          <input
            id="why-number"
            name="number"
            inputMode="tel"
            required
            placeholder={t.health.whyLabel}
            key={number}
            defaultValue={number === '' ? '' : phone(number)}
          />
          <button class="btn" aria-disabled={isBusy.value}>
            {t.health.whySubmit}
          </button>
        </form>
        <Refused action={{ refusal }} />
      </div>
      {call !== null && <WhyThen id={call} />}
      {answer.value !== null && <Found answer={answer.value} />}
    </section>
  );
}

/** What the desk says of a number. The last question wins: an answer to the one before is never shown under it. */
function useExplained(number: string, turn: number) {
  const answer = useSignal<PeopleAnswer | null>(null);
  const isBusy = useSignal(false);
  const refusal = useSignal('');
  useEffect(() => {
    answer.value = null;
    refusal.value = '';
    isBusy.value = number !== '';
    if (number === '') return undefined;
    const life = new AbortController();
    ask<PeopleAnswer>(`/api/people?number=${encodeURIComponent(number)}`, { signal: life.signal }).then(
      (found) => {
        if (life.signal.aborted) return;
        answer.value = found;
        isBusy.value = false;
      },
      (error: unknown) => {
        if (life.signal.aborted) return;
        refusal.value = refusalText(error);
        isBusy.value = false;
      },
    );
    return () => life.abort();
  }, [number, turn, language.value]);
  return { answer, isBusy, refusal };
}

function Found({ answer: { number, candidates, route, more } }: { readonly answer: PeopleAnswer }) {
  const t = texts.value;
  return (
    <>
      <div class="part">
        <h3>
          {t.health.whyDial} <span class="n muted">{phone(number)}</span>
        </h3>
        <ol class="why">
          {route.attempts.map((attempt, index) => (
            <li key={index}>
              <span class="muted">{index + 1}</span>
              <span class="n">{attempt.extension ?? attempt.number?.split(',').map(phone).join(', ')}</span>
              <span class="muted">
                {attempt.why.text}, {t.health.whyRings(t.units.seconds(attempt.seconds))}
              </span>
            </li>
          ))}
          <li>
            <span class="muted">{route.attempts.length + 1}</span>
            <span>{t.health.whyOperators}</span>
            <span class="muted">{route.attempts.length > 0 ? t.health.whyThen : ''}</span>
          </li>
        </ol>
      </div>
      <div class="part">
        <h3>{t.health.whyFound}</h3>
        {candidates.length === 0 ? (
          <p class="muted">{t.health.whyNothing}</p>
        ) : (
          <ol class="why found">
            {candidates.map((candidate, index) => (
              <FoundLine key={index} candidate={candidate} no={index + 1} />
            ))}
          </ol>
        )}
        {more > 0 && <p class="muted">{t.live.more(more)}</p>}
      </div>
      <p class="small muted">{t.health.whyHint}</p>
    </>
  );
}

function FoundLine({ candidate, no }: { readonly candidate: Candidate; readonly no: number }) {
  const t = texts.value;
  const { kind, code, won, why, name, company, courierName, courier } = candidate;
  const names = [name, company].filter((one) => one !== null).join(', ');
  const hasCourier = kind === 'recipient' && courier !== null;
  return (
    <li>
      <span class="muted">{no}</span>
      <span class="line">
        <Badge kind={kind} />{' '}
        {code !== null && (kind === 'recipient' ? <a href={`/shipments/${code}`}>{code}</a> : code)}{' '}
        <span>
          <span dir="auto" lang="ru">
            {names}
          </span>
          {hasCourier && (
            <>
              {names !== '' && ', '}
              {t.kinds.courier.toLowerCase()}{' '}
              <span dir="auto" lang={langOf(courierName)}>
                {courierName ?? courier}
              </span>
            </>
          )}
        </span>
      </span>
      <span class={won ? 'ok' : 'muted'}>
        {won && <b>{t.health.won}: </b>}
        {why.text}
      </span>
    </li>
  );
}
