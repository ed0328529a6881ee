import { useEffect } from 'preact/hooks';
import type { Party } from '../../../calls/call.ts';
import { partyKey, type PageCall } from '../../calls/page-call.ts';
import { connection, isLive, liveCalls } from '../../live/live.ts';
import { isCallLive } from '../../live/liveness.ts';
import { Timer } from '../../parts/timer.tsx';
import { Who } from '../../parts/who.tsx';
import { Icon } from '../../parts/icon.tsx';
import { readStaff, staff } from '../../people/staff.ts';
import { phone } from '../../text/formats.ts';
import { texts } from '../../text/text.ts';

interface Busy {
  readonly call: PageCall;
  readonly colleague: Party;
  /** With whom; null while it rings. */
  readonly other: Party | null;
  readonly since: string;
}

/** For those who look after the others: who of the house talks with whom, by extension. */
export function StaffPanel() {
  const t = texts.value;
  useEffect(readStaff, []);
  const busy = busyOf(liveCalls.value);
  return (
    <section class={isLive.value ? 'panel' : 'panel stale'} aria-labelledby="staff">
      <header>
        <h2 id="staff">{t.live.staff}</h2>
        <span class="count">{busy.length}</span>
      </header>
      {busy.length === 0 ? (
        <p class="muted">{connection.value.at === null ? t.loading : t.live.noneTalks}</p>
      ) : (
        <ul class="calls">
          {busy.map(({ call, colleague, other, since }) => (
            <li key={partyKey(colleague)} class={isCallLive(call) ? undefined : 'stale'}>
              <span class={other === null ? 'what' : 'what ok'}>
                <Icon name={other === null ? 'ring' : 'phone'} />
                <span class="word vh">{other === null ? t.live.ringing : t.live.talking}</span>
              </span>
              <span class="a">
                <Who party={colleague} />
              </span>
              <span class="b">
                {other === null ? (
                  <span class="muted">{t.live.staffRings}</span>
                ) : (
                  <>
                    <Icon name="both" />
                    <Who party={other} />
                  </>
                )}
              </span>
              <span class="rest" />
              <span class="time">
                <Timer call={call} since={since} label={t.own.timer} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <NotTalking busy={busy} />
    </section>
  );
}

/** Colleagues with a telephone on which nothing goes on. The desk does not know whether anybody sits there. */
function NotTalking({ busy }: { readonly busy: readonly Busy[] }) {
  const taken = new Set(busy.flatMap(({ colleague: { extension, user } }) => [extension, user]));
  const free = staff.value.filter(
    ({ user, telephones }) =>
      telephones.length > 0 && !taken.has(user) && !telephones.some((one) => taken.has(one)),
  );
  if (free.length === 0) return null;
  return (
    <p class="muted free">
      {texts.value.live.notTalking}:{' '}
      {free.map(({ user, telephones }) => `${user} (${phone(telephones[0] ?? '')})`).join(', ')}
    </p>
  );
}

function busyOf(calls: readonly PageCall[]): Busy[] {
  const busy = new Map<string, Busy>();
  for (const call of calls) {
    const { legs, talks, startedAt } = call;
    for (const { party, answeredAt, endedAt, rangAt } of legs) {
      const isRinging = isColleague(party) && answeredAt === null && endedAt === null;
      if (isRinging && !busy.has(partyKey(party))) {
        busy.set(partyKey(party), { call, colleague: party, other: null, since: rangAt ?? startedAt });
      }
    }
    for (const { a, b, from, until } of talks) {
      if (until !== null) continue;
      if (isColleague(a)) busy.set(partyKey(a), { call, colleague: a, other: b, since: from });
      if (isColleague(b)) busy.set(partyKey(b), { call, colleague: b, other: a, since: from });
    }
  }
  return [...busy.values()].toSorted((a, b) => (partyKey(a.colleague) < partyKey(b.colleague) ? -1 : 1));
}

function isColleague({ extension, user }: Party): boolean {
  return extension !== null || user !== null;
}
