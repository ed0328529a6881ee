import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { typedIn } from '../../parts/form.ts';
import { Badge } from '../../parts/who.tsx';
import type { Candidate, PeopleAnswer } from '../../people/person.ts';
import { address, go } from '../../router.ts';
import { phone } from '../../text/formats.ts';
import { language, texts } from '../../text/text.ts';

/** Why a call from a number goes where it goes. The number stands in the address: a call of the journal leads here. */
export function WhyPanel() {
  const t = texts.value;
  const action = useAction();
  const answer = useSignal<PeopleAnswer | null>(null);
  const number = address.value.searchParams.get('number') ?? '';
  useEffect(() => {
    if (number === '') return;
    action.run(async () => {
      answer.value = await ask<PeopleAnswer>(`/api/people?number=${encodeURIComponent(number)}`);
    });
  }, [number, language.value]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
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
          <button class="btn" aria-disabled={action.isBusy.value}>
            {t.health.whySubmit}
          </button>
        </form>
        <Refused action={action} />
      </div>
      {answer.value !== null && <Found answer={answer.value} />}
    </section>
  );
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
  const carrier =
    kind !== 'recipient' || courier === null
      ? null
      : `${t.kinds.courier.toLowerCase()} ${courierName ?? courier}`;
  return (
    <li>
      <span class="muted">{no}</span>
      <span class="line">
        <Badge kind={kind} />{' '}
        {code !== null && (kind === 'recipient' ? <a href={`/shipments/${code}`}>{code}</a> : code)}{' '}
        <span dir="auto">{[name, company, carrier].filter((one) => one !== null).join(', ')}</span>
      </span>
      <span class={won ? 'ok' : 'muted'}>
        {won && <b>{t.health.won}: </b>}
        {why.text}
      </span>
    </li>
  );
}
