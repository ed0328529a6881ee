import { isMe, partyKey, type Me, type PageCall } from '../../calls/page-call.ts';
import { holdNow } from '../../calls/facts.ts';
import type { OwnCall } from '../../calls/own-call.ts';
import { callAsOf, isCallLive } from '../../live/liveness.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { Timer } from '../../parts/timer.tsx';
import { nameOf, partyName } from '../../parts/who.tsx';
import { phone } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';

/** How the call stands: the strongest colour of any page, while it rings and while it is talked. */
export function CardHead({
  own,
  me,
  headingId,
}: {
  readonly own: OwnCall;
  readonly me: Me;
  readonly headingId?: string;
}) {
  const t = texts.value;
  const { call, state } = own;
  const isOver = call.state === 'ended' || state === 'elsewhere' || state === 'over' || state === 'missed';
  const isStale = !isCallLive(call) && !isOver;
  const asOf = isStale ? callAsOf(call) : null;
  const tone = isStale ? 'lost' : isOver ? 'over' : state === 'talking' ? 'talking' : 'ringing';
  const since = state === 'talking' ? (firstTalkOf(call, me) ?? call.startedAt) : call.startedAt;
  return (
    <div class={`state ${tone}`}>
      <Icon name={isStale ? 'warn' : isOver ? 'over' : iconOf(own)} />
      <div class="line">
        <span class="word" id={headingId}>
          {isStale ? staleWord(own) : stateWord(own, me)}
        </span>
        {isStale ? (
          <span class="our">{asOf !== null && t.own.staleAt(formats.value.exact(asOf))}</span>
        ) : (
          <OurNumber call={call} />
        )}
        {!isStale && call.recordings.some((one) => one.state === 'recording') && (
          <span class="n">
            <svg aria-hidden="true" class="rec">
              <use href="#i-rec" />
            </svg>{' '}
            <span class="recw">{t.own.recording}</span>
          </span>
        )}
      </div>
      <Timer call={call} since={since} until={isOver ? endFor(call, me) : null} label={t.own.timer} />
    </div>
  );
}

function iconOf({ call, state }: OwnCall): IconName {
  if (state !== 'talking') return 'ring';
  return holdNow(call) === undefined ? 'phone' : 'hold';
}

function OurNumber({ call }: { readonly call: PageCall }) {
  const t = texts.value;
  if (call.direction !== 'in' || call.to.number === null) return null;
  return (
    <span class="our">
      {t.own.ourNumber} <span class="n">{phone(call.to.number)}</span>
    </span>
  );
}

/** How an own call stands, in words. */
export function stateWord({ call, state }: OwnCall, me: Me): string {
  const t = texts.value;
  switch (state) {
    case 'ringing':
      return t.own.ringing;
    case 'calling':
      return t.own.calling;
    case 'talking':
      return holdNow(call) === undefined ? t.own.talking : t.own.hold;
    case 'missed':
      return t.own.missed;
    case 'elsewhere':
      return t.own.elsewhere(answerer(call) ?? '…');
    case 'over':
      return overWord(call, me);
  }
}

function staleWord({ state }: OwnCall): string {
  const { stale } = texts.value.own;
  return state === 'talking' ? stale.talking : state === 'calling' ? stale.calling : stale.ringing;
}

function overWord(call: PageCall, me: Me): string {
  const t = texts.value;
  if (call.state !== 'ended') {
    const now = call.talks.find(({ until }) => until === null);
    const other =
      now === undefined ? null : [now.a, now.b].find((party) => partyKey(party) !== partyKey(call.from));
    const wasTalking = call.talks.some(({ a, b }) => isMe(a, me) || isMe(b, me));
    if (other === undefined || other === null) return t.own.movedOn;
    return wasTalking
      ? t.own.passedOn(partyName(other, nameOf(other)))
      : t.own.elsewhere(partyName(other, nameOf(other)));
  }
  if (call.outcome !== null && call.outcome !== 'answered') return t.outcomes[call.outcome];
  const isOurs = (call.endedBy === 'callee') === (call.direction === 'in');
  if (call.endedBy === 'system' || call.endedBy === null) return t.own.over;
  return isOurs ? t.own.overBy.us : t.own.overBy.them;
}

/** Who talks with the caller, or did so last. */
export function answerer(call: PageCall): string | null {
  const talk = call.talks.findLast(({ until }) => until === null) ?? call.talks.at(-1);
  if (talk === undefined) return null;
  const other = partyKey(talk.a) === partyKey(call.from) ? talk.b : talk.a;
  return partyName(other, nameOf(other));
}

function firstTalkOf(call: PageCall, me: Me): string | null {
  return call.talks.find(({ a, b }) => isMe(a, me) || isMe(b, me))?.from ?? null;
}

function endFor(call: PageCall, me: Me): string {
  const leg = call.legs.findLast(({ party, endedAt }) => isMe(party, me) && endedAt !== null);
  return leg?.endedAt ?? call.endedAt ?? call.startedAt;
}
