import type { ComponentChildren } from 'preact';
import { outsider, type PageCall } from '../../calls/page-call.ts';
import { unbind } from '../../calls/requests.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { Icon } from '../../parts/icon.tsx';
import { announce } from '../../shell/announce.tsx';
import { nameOfCode } from '../../people/coded.ts';
import { nameFor } from '../../people/people.ts';
import { langOf, nameOfNumber } from '../../parts/who.tsx';
import { phone } from '../../text/formats.ts';
import { texts } from '../../text/text.ts';

/** What belongs to the call: bound as at its time, never changed later by itself. */
export function CallFacts({ call }: { readonly call: PageCall }) {
  const t = texts.value;
  const number = outsider(call)?.number ?? null;
  const person = number === null ? null : nameFor(number).value;
  const name = number === null ? null : nameOfNumber(number);
  return (
    <section class="part" aria-label={t.call.facts}>
      <dl class="facts">
        {number !== null && (
          <Fact name={t.kinds[person?.kind ?? 'unknown']}>
            <a href={`/journal?number=${number}`}>
              <span dir="auto" lang={langOf(name)}>
                {name ?? phone(number)}
              </span>
            </a>{' '}
            {name !== null && <span class="n muted">{phone(number)}</span>}
          </Fact>
        )}
        {call.links
          .filter(({ kind }) => kind !== person?.kind)
          .map((link) => (
            <Fact key={`${link.kind} ${link.code} ${link.how}`} name={t.links[link.kind]}>
              <LinkTo link={link} /> <span class="muted">{t.how[link.how]}</span>
              {link.how === 'manual' && <Unbind call={call} link={link} />}
            </Fact>
          ))}
        {call.request !== null && call.request.user !== null && (
          <Fact name={t.act.call}>{t.call.request(call.request.user)}</Fact>
        )}
        {call.cause !== null && call.outcome !== 'answered' && (
          <Fact name={t.journal.outcome}>
            {call.outcome === null ? '' : t.outcomes[call.outcome]}{' '}
            <span class="muted">{t.call.cause(call.cause)}</span>
          </Fact>
        )}
        {call.survey.length > 0 && (
          <Fact name={t.call.mark}>
            {call.survey.map(({ question, value }) => `${markName(question)} ${value}`).join(', ')}
          </Fact>
        )}
        {call.note !== null && (
          <Fact name={t.call.note}>
            <span dir="auto" class="pre">
              {call.note}
            </span>
          </Fact>
        )}
      </dl>
    </section>
  );
}

/** Somebody bound the wrong one. What the desk found by itself stays. */
function Unbind({ call, link }: { readonly call: PageCall; readonly link: PageCall['links'][number] }) {
  const t = texts.value;
  const action = useAction();
  return (
    <>
      {' '}
      <button
        type="button"
        class="btn quiet square"
        title={t.act.unbind}
        aria-disabled={action.isBusy.value}
        onClick={() =>
          action.run(async () => {
            await unbind(call, link);
            announce(t.act.unbound(String(link.code)));
            document.getElementById('call-h')?.focus();
          })
        }
      >
        <Icon name="close" />
        <span class="vh">
          {t.act.unbind}: {t.links[link.kind]} {link.code}
        </span>
      </button>
      <Refused action={action} />
    </>
  );
}

/** By name, where there is one; the code beside it is what the office program knows it by. */
export function LinkTo({ link }: { readonly link: PageCall['links'][number] }) {
  const { kind, code } = link;
  const name = nameOfCode(link).value;
  return (
    <>
      <a href={kind === 'shipment' ? `/shipments/${code}` : `/journal?kind=${kind}&code=${code}`}>
        <span dir="auto" lang={langOf(name)}>
          {name ?? code}
        </span>
      </a>
      {name !== null && <span class="n muted"> {code}</span>}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function markName(question: string): string {
  const marks: Partial<Record<string, string>> = texts.value.call.marks;
  return marks[question] ?? question;
}
