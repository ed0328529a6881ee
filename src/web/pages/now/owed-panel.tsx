import { owed } from '../../missed/missed.ts';
import type { Owed } from '../../missed/owed.ts';
import { isLive } from '../../live/live.ts';
import { Icon } from '../../parts/icon.tsx';
import { liveTime } from '../../parts/timer.tsx';
import { Outsider } from '../../parts/who.tsx';
import { texts, when } from '../../text/text.ts';

const SHOWN = 5;

/** The first of those who are owed a call. */
export function OwedPanel() {
  const t = texts.value;
  const all = owed.value;
  if (all === null) return null;
  return (
    <section class={isLive.value ? 'panel' : 'panel stale'} aria-labelledby="owed">
      <header>
        <h2 id="owed">{t.missed.title}</h2>
        <span class="count">{all.length}</span>
        <span class="grow" />
        {all.length > 0 && <a href="/missed">{t.missed.all}</a>}
      </header>
      {all.length === 0 ? (
        <p class="muted">{t.missed.none}</p>
      ) : (
        <ul class="calls">
          {all.slice(0, SHOWN).map((one) => (
            <OwedRow key={one.number} owed={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function OwedRow({ owed: { number, calls, waited } }: { readonly owed: Owed }) {
  const t = texts.value;
  const since = calls[0]?.startedAt ?? '';
  return (
    <li>
      <span class="what">
        <Icon name="missed" />
        <span class="word vh">{t.missed.missed}</span>
      </span>
      <span class="a">
        <Outsider number={number} />
      </span>
      <span class="rest owed">
        {[
          when(since, t.missed.since),
          calls.length > 1 ? t.missed.waitedUpTo(waited) : t.missed.waited(waited),
          ...(calls.length > 1 ? [t.missed.rang(t.units.times(calls.length))] : []),
        ].join(', ')}
      </span>
      <span class="time n">{t.units.wait(Math.floor((liveTime(null) - Date.parse(since)) / 60_000))}</span>
    </li>
  );
}
