import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { typedIn } from '../../parts/form.ts';
import { Badge } from '../../parts/who.tsx';
import type { Candidate, PeopleAnswer } from '../../people/person.ts';
import { address, go } from '../../router.ts';
import { phone } from '../../text/formats.ts';
import { texts } from '../../text/text.ts';

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
  }, [number]);
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

function Found({ answer: { number, candidates } }: { readonly answer: PeopleAnswer }) {
  const t = texts.value;
  return (
    <>
      <div class="part">
        <h3>
          {t.health.whyFound} <span class="n muted">{phone(number)}</span>
        </h3>
        {candidates.length === 0 ? (
          <p class="muted">{t.health.whyNothing}</p>
        ) : (
          <ol class="why">
            {candidates.map((candidate, index) => (
              <FoundLine key={index} candidate={candidate} no={index + 1} />
            ))}
          </ol>
        )}
      </div>
      <p class="small muted">{t.health.whyHint}</p>
    </>
  );
}

function FoundLine({ candidate, no }: { readonly candidate: Candidate; readonly no: number }) {
  const t = texts.value;
  const { kind, code, won, why, name, company, courierName, courier } = candidate;
  const reasons: Partial<Record<string, string>> = t.health.reasons;
  const beside = [
    name,
    company,
    courier === null ? null : `${t.kinds.courier.toLowerCase()} ${courierName ?? courier}`,
  ];
  return (
    <li>
      <span class="muted">{no}</span>
      <span>
        <Badge kind={kind} />{' '}
        {code !== null && (kind === 'recipient' ? <a href={`/shipments/${code}`}>{code}</a> : code)}{' '}
        <span dir="auto">
          {beside.filter((one) => one !== null && one !== undefined && one !== '').join(', ')}
        </span>
      </span>
      <span class={won ? 'ok' : 'muted'}>
        {won && <b>{t.health.won}: </b>}
        {reasons[why.code] ?? why.code}
      </span>
    </li>
  );
}
