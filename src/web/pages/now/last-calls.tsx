import { audibleRecordings } from '../../calls/audible.ts';
import { outsider, partyKey, type PageCall } from '../../calls/page-call.ts';
import { deskTime } from '../../live/clock.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { Who } from '../../parts/who.tsx';
import { telephonesOf } from '../../people/staff.ts';
import { user } from '../../session.ts';
import { clock } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';

const SHOWN = 4;

interface LastCallsProps {
  readonly calls: readonly PageCall[];
  /** Of the journal, with all of them. */
  readonly href: string;
  /** Of one's own calls the other party is shown, of a number's calls who of us. */
  readonly shows: 'us' | 'outsider';
  readonly title: string;
}

export function LastCalls({ calls, href, shows, title }: LastCallsProps) {
  const t = texts.value;
  return (
    <section class="part" aria-labelledby="last">
      <div class="top">
        <h3 id="last">{title}</h3>
        {calls.length > 0 && <a href={href}>{t.card.all}</a>}
      </div>
      {calls.length === 0 ? (
        <p class="muted">{t.card.neverCalled}</p>
      ) : (
        <ul class="last">
          {calls.slice(0, SHOWN).map((call) => (
            <LastCall key={call.id} call={call} shows={shows} />
          ))}
        </ul>
      )}
    </section>
  );
}

function LastCall({ call, shows }: { readonly call: PageCall; readonly shows: 'us' | 'outsider' }) {
  const t = texts.value;
  const f = formats.value;
  const when = `${f.dayBeside(call.startedAt, deskTime())} ${f.time(call.startedAt)}`.trim();
  const party = shows === 'outsider' ? (outsider(call) ?? call.to) : ourParty(call);
  const word = call.missed ? t.missed.missed : call.outcome === null ? t.live.over : t.outcomes[call.outcome];
  const isTalk = call.talks.length > 0;
  return (
    <li>
      <time dateTime={call.startedAt}>
        <a class="plain" href={`/journal/${call.id}`}>
          {f.time(call.startedAt)}
          <span class="vh"> {t.card.open(when)}</span>
        </a>{' '}
        <span class="muted">{f.dayBeside(call.startedAt, deskTime())}</span>
      </time>
      <span class={party === null ? 'what long' : 'what'}>
        <Icon name={iconOf(call)} />
        {isTalk ? (
          <>
            <span class="word">{t.outcomes.answered} </span>
            {clock(call.seconds.talk * 1000)}
          </>
        ) : (
          word + (call.missed && call.calledBackAt !== null ? `, ${t.card.calledBack}` : '')
        )}
      </span>
      {party !== null && <Who party={party} />}
      <span>
        {audibleRecordings(call, user.value, telephonesOf).length > 0 && (
          <a class="what" href={`/journal/${call.id}`}>
            <Icon name="play" />
            <span class="vh">{t.card.listen(when)}</span>
          </a>
        )}
      </span>
    </li>
  );
}

function ourParty(call: PageCall) {
  if (call.direction === 'in') return call.talks.length === 0 ? null : call.answeredBy;
  return partyKey(call.from) === '' ? null : call.from;
}

function iconOf({ missed, direction }: PageCall): IconName {
  if (missed) return 'missed';
  return direction === 'in'
    ? 'in'
    : direction === 'courier'
      ? 'both'
      : direction === 'internal'
        ? 'inner'
        : 'out';
}
