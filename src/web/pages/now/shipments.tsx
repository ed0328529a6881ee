import { useSignal } from '@preact/signals';
import { connectCall } from '../../calls/requests.ts';
import { courierTalk, ringSeconds, triesFor } from '../../calls/facts.ts';
import type { PageCall } from '../../calls/page-call.ts';
import { deskTime } from '../../live/clock.ts';
import { liveCalls } from '../../live/live.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { liveTime, Timer } from '../../parts/timer.tsx';
import { langOf } from '../../parts/who.tsx';
import { isLate, planText, whenLocal } from '../../parts/plan.ts';
import type { Person, Shipment } from '../../people/person.ts';
import { clock } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';
import { whyNotNow } from './why-not-now.ts';

interface ShipmentsProps {
  readonly person: Person;
  readonly tries: readonly PageCall[];
  /** The call whose caller can be connected; null when none can be. */
  readonly call: PageCall | null;
  /** Whether this user may connect it, now. */
  readonly isMine: boolean;
}

/** Open shipments in the router's order, with the courier who has each, and their attempts. */
export function Shipments({ person, tries, call, isMine }: ShipmentsProps) {
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
            call={call}
            isMine={isMine}
          />
        ))}
      </ol>
      {closed.length > 0 && <p class="muted small">{t.card.closed(closed.join(', '))}</p>}
    </section>
  );
}

/** The last shipment that has a key of its own. */
const LAST_KEY = 9;
/** Between the click and the first word of the courier's telephone, in ms. */
const UNTIL_RINGING_MS = 5000;

interface LineProps {
  readonly shipment: Shipment;
  readonly rank: number;
  readonly tries: readonly PageCall[];
  readonly call: PageCall | null;
  readonly isMine: boolean;
}

function ShipmentLine({ shipment, rank, tries, call, isMine }: LineProps) {
  const t = texts.value;
  const action = useAction();
  // Of this shipment, and not of another one, the courier is being rung.
  const askedAt = useSignal<number | null>(null);
  const { code, company, order, courier, since, plan, obstacle } = shipment;
  const talk = courier === null ? null : courierTalk(liveCalls.value, courier.code, null);
  const courierName = courier?.name ?? (courier === null ? '' : courier.code);
  const ringing = call?.legs.findLast(
    ({ party, endedAt, answeredAt }) => party.extension === null && endedAt === null && answeredAt === null,
  );
  const isCalling =
    askedAt.value !== null &&
    action.refusal.value === '' &&
    (ringing !== undefined || liveTime(call) - askedAt.value < UNTIL_RINGING_MS);
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
      {courier !== null && call !== null && askedAt.value !== null && isCalling ? (
        <div class="act busy">
          <span class="what">
            <Icon name="ring" />
            {t.act.calling}
          </span>
          <Timer
            call={call}
            since={ringing?.rangAt ?? new Date(askedAt.value).toISOString()}
            label={t.act.calling}
          />
        </div>
      ) : (
        courier !== null &&
        call !== null && (
          <div class="act">
            <button
              type="button"
              class={rank === 1 ? 'btn primary' : 'btn'}
              data-key={`Digit${rank}`}
              aria-disabled={hindrance !== null || action.isBusy.value}
              title={hindrance ?? undefined}
              onClick={() => {
                if (hindrance !== null) return;
                askedAt.value = deskTime();
                action.run(() => connectCall(call, { courier: Number(courier.code) }));
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
        )
      )}
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
