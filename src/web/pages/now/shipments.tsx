import { connect } from '../../calls/connecting.ts';
import { courierTalk, ringSeconds, triesFor } from '../../calls/facts.ts';
import type { Me, PageCall } from '../../calls/page-call.ts';
import { deskTime } from '../../live/clock.ts';
import { liveCalls } from '../../live/live.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { handFocusOn } from '../../parts/focus.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { liveTime } from '../../parts/timer.tsx';
import { langOf } from '../../parts/who.tsx';
import { isLate, planText, whenLocal } from '../../parts/plan.ts';
import type { Person, Shipment } from '../../people/person.ts';
import { clock } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';
import { connectionAt, ConnectionStatus } from './connection.tsx';
import { whyNotNow } from './why-not-now.ts';

interface ShipmentsProps {
  readonly person: Person;
  readonly tries: readonly PageCall[];
  /** The call whose caller may be connected; null when it did not come from outside. */
  readonly call: PageCall | null;
  /** Whether the buttons for that are shown. */
  readonly isOffered: boolean;
  /** Whether this user may connect it, now. */
  readonly isMine: boolean;
  readonly me: Me;
}

/** Open shipments in the router's order, with the courier who has each, and their attempts. */
export function Shipments({ person, tries, ...connecting }: ShipmentsProps) {
  const t = texts.value;
  const { shipments, closed } = person;
  return (
    <section class="part" aria-labelledby="ships">
      <h3 id="ships">
        {t.card.shipments} <span class="muted">{shipments.length}</span>
      </h3>
      {shipments.length === 0 && <p class="muted">{t.card.noShipments}</p>}
      <ol class="ships">
        {shipments.map((shipment, index) => (
          <ShipmentLine
            key={`${shipment.code} ${shipment.courier?.code ?? ''}`}
            shipment={shipment}
            rank={index + 1}
            tries={triesFor(tries, shipment)}
            {...connecting}
          />
        ))}
      </ol>
      {closed.length > 0 && <p class="muted small">{t.card.closed(closed.join(', '))}</p>}
    </section>
  );
}

/** The last shipment that has a key of its own. */
const LAST_KEY = 9;

interface LineProps extends Omit<ShipmentsProps, 'person'> {
  readonly shipment: Shipment;
  readonly rank: number;
}

function ShipmentLine({ shipment, rank, tries, call, isOffered, isMine, me }: LineProps) {
  const t = texts.value;
  const action = useAction();
  const { code, company, order, courier, since, plan, obstacle } = shipment;
  const talk = courier === null ? null : courierTalk(liveCalls.value, courier.code, null);
  const courierName = courier?.name ?? (courier === null ? '' : courier.code);
  // Of this shipment, and not of another one, the courier is being rung.
  const place = `shipment ${code}`;
  const isCalling = call !== null && connectionAt(place, call, me)?.state === 'calling';
  const hindrance = obstacleText(obstacle) ?? (call === null ? null : whyNotNow(call, isMine));
  return (
    <li>
      <span class="rank" aria-hidden="true">
        {rank}
      </span>
      <div class="line top">
        <a href={`/shipments/${code}`}>{code}</a>
        {company !== null && (
          <span dir="auto" lang="ru">
            {company}
          </span>
        )}
        {order !== null && <span class="muted">{t.card.order(order)}</span>}
        {plan !== null &&
          (isLate(plan) ? (
            <span class="chip warn">
              <Icon name="wait" />
              {t.card.late(planText(plan))}
            </span>
          ) : (
            <span class="muted">{t.card.deliver(planText(plan))}</span>
          ))}
      </div>
      <div class="has">
        {courier === null ? (
          <div class="muted">{t.card.notInHand}</div>
        ) : (
          <>
            <div class="line">
              <span class="who">
                <Icon name="courier" />
                <span class="vh">{t.kinds.courier} </span>
                <span class="t" dir="auto" lang={langOf(courier.name)}>
                  {courierName}
                </span>
              </span>
              {talk !== null && (
                <span class="chip">
                  <Icon name="phone" />
                  {t.card.talksNow(clock(liveTime(talk.call) - Date.parse(talk.since)))}
                </span>
              )}
            </div>
            <div class="muted">{obstacleText(obstacle) ?? inHandText(since)}</div>
          </>
        )}
      </div>
      {courier !== null && call !== null && isOffered && !isCalling && (
        <div class="act">
          <button
            type="button"
            class={rank === 1 ? 'btn primary' : 'btn'}
            data-key={`Digit${rank}`}
            aria-disabled={hindrance !== null || action.isBusy.value}
            title={hindrance ?? undefined}
            onClick={({ currentTarget }) => {
              if (hindrance !== null) return;
              handFocusOn(currentTarget);
              action.run(() => connect(call, { courier: Number(courier.code) }, place));
            }}
          >
            <Icon name="courier" />
            {t.act.connectCourier}
            <span class="vh">
              {' '}
              {courierName}, {t.journal.shipment} {code}
            </span>
            {rank <= LAST_KEY && (
              <>
                {' '}
                <kbd aria-hidden="true">Alt {rank}</kbd>
              </>
            )}
          </button>
        </div>
      )}
      {call !== null && <ConnectionStatus place={place} call={call} me={me} />}
      <Refused action={action} />
      {tries.length > 0 && (
        <ul class="tries" aria-label={t.card.tries}>
          {tries.slice(0, 3).map((one) => (
            <Try key={one.id} call={one} />
          ))}
        </ul>
      )}
    </li>
  );
}

const TRY_ICONS: Partial<Record<NonNullable<PageCall['outcome']>, IconName>> = {
  answered: 'good',
  busy: 'busy',
};

function Try({ call }: { readonly call: PageCall }) {
  const t = texts.value;
  const f = formats.value;
  const { outcome, seconds } = call;
  return (
    <li>
      <time dateTime={call.startedAt}>
        <a class="plain" href={`/journal/${call.id}`}>
          {f.exact(call.startedAt)}
        </a>{' '}
        <span class="muted">{f.dayBeside(call.startedAt, deskTime())}</span>
      </time>
      <span class="what">
        <Icon name={(outcome === null ? undefined : TRY_ICONS[outcome]) ?? 'none'} />
        {outcome === null ? t.live.over : t.outcomes[outcome]}
        {outcome === 'answered' && ` ${clock(seconds.talk * 1000)}`}
      </span>
      <span class="muted">
        {outcome !== 'answered' && seconds.ring > 0 && t.card.rang(ringSeconds(call))}
      </span>
    </li>
  );
}

function obstacleText(obstacle: Shipment['obstacle']): string | null {
  const { card } = texts.value;
  if (obstacle === 'courier-without-phone') return card.noPhone;
  if (obstacle === 'courier-has-left') return card.courierLeft;
  return obstacle === null ? null : card.notInHand;
}

function inHandText(since: string | null): string {
  const { card } = texts.value;
  if (since === null) return card.inHandNow;
  return card.inHand(whenLocal(since, card.since));
}
