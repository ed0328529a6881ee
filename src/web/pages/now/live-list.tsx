import { useEffect, useRef } from 'preact/hooks';
import type { Party } from '../../../calls/call.ts';
import { holdNow, isCalleeKnown, linked } from '../../calls/facts.ts';
import { isActive, ownState } from '../../calls/own-call.ts';
import { outsider, partyKey, type Me, type PageCall } from '../../calls/page-call.ts';
import { asOf, calls, connection, isLive, liveCalls } from '../../live/live.ts';
import { deskTime, now } from '../../live/clock.ts';
import { isCallLive } from '../../live/liveness.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { liveTime, Timer } from '../../parts/timer.tsx';
import { partyNames, Who } from '../../parts/who.tsx';
import { nameFor } from '../../people/people.ts';
import { clock } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';

/** An ended row greys in its place and leaves after so long, in ms; never under pointer or focus. */
const LINGER_MS = 5000;

/** All calls in progress, the oldest first: a new one comes at the end, and no row moves. */
export function LiveList({ me }: { readonly me: Me }) {
  const t = texts.value;
  const list = useRef<HTMLUListElement>(null);
  const rows = useLingering(list);
  const stale = isLive.value ? null : asOf.value;
  return (
    <section class={isLive.value ? 'panel' : 'panel stale'} aria-labelledby="live">
      <header>
        <h2 id="live">{stale === null ? t.live.title : t.live.staleTitle(formats.value.exact(stale))}</h2>
        <span class="count">{liveCalls.value.length}</span>
      </header>
      {rows.length === 0 ? (
        <p class="muted">{connection.value.at === null ? t.loading : t.live.none}</p>
      ) : (
        <ul class="calls" ref={list}>
          {rows.map((call) => (
            <LiveRow key={call.id} call={call} me={me} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Live calls, and those of them that ended a moment ago in the places they had. */
function useLingering(list: { readonly current: HTMLElement | null }): PageCall[] {
  const shown = useRef<readonly string[]>([]);
  const live = liveCalls.value;
  const all = calls.value;
  const time = Math.max(now.value, deskTime());
  const isLooked = list.current?.matches(':hover, :focus-within') ?? false;
  const known = new Set(live.map(({ id }) => id));
  const lingering = shown.current.filter((id) => {
    const call = all.get(id);
    if (known.has(id) || call?.endedAt === undefined || call.endedAt === null) return false;
    return isLooked || time - Date.parse(call.endedAt) < LINGER_MS;
  });
  const rows = [...live, ...lingering.flatMap((id) => all.get(id) ?? [])].toSorted((a, b) =>
    a.startedAt < b.startedAt ? -1 : 1,
  );
  const ids = rows.map(({ id }) => id);
  useEffect(() => {
    shown.current = ids;
  }, [ids.join(' ')]);
  return rows;
}

function LiveRow({ call, me }: { readonly call: PageCall; readonly me: Me }) {
  const t = texts.value;
  const own = ownState(call, me);
  const isMine = own !== null && isActive({ call, state: own });
  const talk = call.talks.findLast(({ until }) => until === null);
  const isOver = call.state === 'ended';
  const hold = holdNow(call);
  const a =
    talk === undefined || isOver ? call.from : partyKey(talk.b) === partyKey(call.from) ? talk.b : talk.a;
  const b =
    talk === undefined || isOver ? call.to : partyKey(talk.b) === partyKey(call.from) ? talk.a : talk.b;
  const { icon, word, tone } = stateOf(call, isMine ? own : null);
  return (
    <li class={isOver ? 'gone' : `${isMine ? 'mine' : ''} ${isCallLive(call) ? '' : 'stale'}`.trim()}>
      <span class={`what ${tone}`}>
        <Icon name={icon} />
        <span class="word vh">{word}</span>
      </span>
      <span class="a">
        <Who party={a} {...(call.direction !== 'in' && { unnamed: t.live.colleague })} />
      </span>
      <span class="b">
        <Callee call={call} party={b} isTalking={talk !== undefined} />
      </span>
      <span class="rest">
        {isOver ? (
          t.live.justNow
        ) : hold === undefined ? (
          <About call={call} />
        ) : (
          <OnHold call={call} since={hold.from} />
        )}
      </span>
      <span class="time">
        <Timer
          call={call}
          since={talk === undefined ? call.startedAt : talk.from}
          until={isOver ? call.endedAt : null}
          label={t.own.timer}
        />
      </span>
    </li>
  );
}

/** Its clock stops with all others. */
function OnHold({ call, since }: { readonly call: PageCall; readonly since: string }) {
  return <>{texts.value.live.hold(clock(liveTime(call) - Date.parse(since)))}</>;
}

/** While it rings: whose telephones; then with whom the caller talks. Nothing while that is not known. */
function Callee({
  call,
  party,
  isTalking,
}: {
  readonly call: PageCall;
  readonly party: Party;
  readonly isTalking: boolean;
}) {
  const t = texts.value;
  const rung = call.legs.filter(({ answeredAt, endedAt }) => answeredAt === null && endedAt === null);
  const isRinging = !isTalking && call.direction === 'in' && rung.length > 0;
  if (!isRinging && !isCalleeKnown(call, party)) return null;
  return (
    <>
      <Icon name="to" />
      <span class="vh">{t.live.to} </span>
      {isRinging ? (
        <Rung parties={rung.map(({ party: one }) => one)} />
      ) : (
        <Who
          party={party}
          isOurs={!isTalking && call.direction === 'in' && party.number !== null}
          unnamed={t.live.colleague}
        />
      )}
    </>
  );
}

/** The telephones that ring. */
function Rung({ parties }: { readonly parties: readonly Party[] }) {
  const t = texts.value;
  const [first, ...others] = parties;
  if (first !== undefined && others.length === 0) return <Who party={first} />;
  const names = partyNames(parties, t.live.colleague);
  return (
    <span class="who">
      <Icon name="line" />
      <span class="vh">{t.live.ringing} </span>
      <span class="t" title={names}>
        {names}
      </span>
    </span>
  );
}

/** The shipments that it is about, or the company. */
function About({ call }: { readonly call: PageCall }) {
  const t = texts.value;
  const shipments = linked(call, 'shipment');
  const number = outsider(call)?.number ?? null;
  const named = number === null ? null : nameFor(number).value;
  if (shipments.length === 0) {
    if (named?.isKnown === true && named.kind === 'unknown') return <>{t.live.unknown}</>;
    return <>{named?.kind === 'courier' ? named.company : ''}</>;
  }
  return (
    <>
      {shipments.slice(0, 2).map((code, index) => (
        <span key={code}>
          {index > 0 && ', '}
          <a href={`/shipments/${code}`}>
            <span class="vh">{t.live.shipment} </span>
            {code}
          </a>
        </span>
      ))}
      {named?.kind === 'recipient' &&
        named.company !== null &&
        shipments.length === 1 &&
        `, ${named.company}`}
      {shipments.length > 2 && `, ${t.live.more(shipments.length - 2)}`}
    </>
  );
}

function stateOf(call: PageCall, own: string | null): { icon: IconName; word: string; tone: string } {
  const { live } = texts.value;
  if (call.state === 'ended') {
    return call.missed
      ? { icon: 'missed', word: live.givenUp, tone: '' }
      : { icon: 'over', word: live.over, tone: '' };
  }
  if (call.state === 'ringing') {
    const word = own === 'ringing' ? live.ringingYou : own === 'calling' ? live.callingYou : live.ringing;
    return { icon: 'ring', word, tone: '' };
  }
  if (holdNow(call) !== undefined) return { icon: 'hold', word: live.onHold, tone: 'warn' };
  return { icon: 'phone', word: own === 'talking' ? live.talkingYou : live.talking, tone: 'ok' };
}
