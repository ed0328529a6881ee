import { cancelConnecting, connectingOf, dismiss } from '../../calls/connecting.ts';
import { connectionOf, ownTelephone } from '../../calls/connection.ts';
import type { Me, PageCall } from '../../calls/page-call.ts';
import { handFocusOn } from '../../parts/focus.ts';
import { deskTime } from '../../live/clock.ts';
import { Notice, Refused, useAction } from '../../parts/action.tsx';
import { Icon } from '../../parts/icon.tsx';
import { liveTime, Timer } from '../../parts/timer.tsx';
import { texts } from '../../text/text.ts';

/**
 * How the connection stands that was asked for at one place of the card; null when nothing is to be said of it. Calls
 * `liveTime`, and so ticks.
 */
export function connectionAt(place: string, call: PageCall, me: Me) {
  const asked = connectingOf(call);
  return asked?.place === place ? connectionOf(call, asked, me, liveTime(call)) : null;
}

/** The button stands where the one was that puts the call through. */
const DOUBLE_CLICK_MS = 700;

interface ConnectionProps {
  readonly place: string;
  readonly call: PageCall;
  readonly me: Me;
}

/** Somebody is being rung for the caller, who can be taken back; or why nobody came, and that the caller comes back. */
export function ConnectionStatus({ place, call, me }: ConnectionProps) {
  const t = texts.value;
  const cancelling = useAction();
  const connection = connectionAt(place, call, me);
  if (connection === null) return null;
  if (connection.state === 'failed') {
    const { outcome, ringsBack } = connection;
    // That it failed is all that a failed line tells.
    const isClear = outcome !== null && outcome !== 'failed';
    const why = t.act.notConnected(isClear ? t.legOutcomes[outcome] : '');
    return (
      <Notice
        icon="busy"
        text={ringsBack ? `${why} ${t.act.comesBack}` : why}
        onClose={(button) => {
          handFocusOn(button);
          dismiss(call);
        }}
      />
    );
  }
  // Drawn anew each second.
  const isTooSoon = deskTime() - (connectingOf(call)?.at ?? 0) < DOUBLE_CLICK_MS;
  return (
    <>
      <div class="act busy">
        <span class="what" role="status">
          <Icon name="ring" />
          {t.act.calling}
        </span>
        <Timer call={call} since={new Date(connection.since).toISOString()} label={t.act.calling} />
        {ownTelephone(call, me) !== null && (
          <button
            type="button"
            class="btn"
            aria-disabled={isTooSoon || cancelling.isBusy.value}
            onClick={({ currentTarget }) => {
              if (isTooSoon) return;
              cancelling.run(async () => {
                await cancelConnecting(call, me);
                handFocusOn(currentTarget);
              });
            }}
          >
            {t.act.cancel}
          </button>
        )}
      </div>
      <Refused action={cancelling} />
    </>
  );
}
