import { PlayedAsterisk } from '../../../../src/simulator/ami/played-asterisk.ts';
import { ACCOUNT, playedCall } from './played-calls.ts';

/*
 * A played Asterisk in a process of its own. It tells its port, plays calls when it is told how many and how fast, and
 * then how far it is, every second. It begins no call while the desk leaves much unread.
 */

export interface Order {
  /** All calls until this one, from the last one on. */
  readonly until: number;
  /** At most. */
  readonly perSecond: number;
}

export interface Progress {
  readonly port: number;
  readonly started: number;
  readonly ended: number;
  readonly events: number;
  /** The call that ended last, and when, in ms since 1970. */
  readonly newest: { readonly call: number; readonly at: number } | null;
}

const TICK_MS = 10;
const TELL_MS = 1000;
/** A tenth of a second of events, about. */
const MUCH_UNREAD_BYTES = 300_000;
/** A desk that has no processor for a while is no subject here: it is waited for. */
const MAX_UNREAD_BYTES = 200_000_000;

const asterisk = new PlayedAsterisk({
  host: '127.0.0.1',
  port: 0,
  account: ACCOUNT,
  maxUnreadBytes: MAX_UNREAD_BYTES,
});
await asterisk.start();

let order: Order = { until: 0, perSecond: 0 };
let started = 0;
let ended = 0;
let events = 0;
let newest: Progress['newest'] = null;
let credit = 0;
let lastTick = performance.now();

function begin(): void {
  const call = started;
  started += 1;
  const script = playedCall(asterisk.ids, call);
  events += script.length;
  void asterisk.play(script).then(() => {
    ended += 1;
    newest = { call, at: Date.now() };
    return undefined;
  });
}

setInterval(() => {
  const now = performance.now();
  // What was missed while it stood still is not made up for.
  credit = Math.min(credit + ((now - lastTick) / 1000) * order.perSecond, order.perSecond / 10);
  lastTick = now;
  if (asterisk.unreadBytes > MUCH_UNREAD_BYTES) return;
  for (; credit >= 1 && started < order.until; credit -= 1) begin();
}, TICK_MS);

const tell = () => process.send?.({ port: asterisk.port, started, ended, events, newest } satisfies Progress);
tell();
setInterval(tell, TELL_MS);
process.on('message', (next: Order) => {
  order = next;
});
process.on('disconnect', () => process.exit());
