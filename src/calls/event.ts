/** An AMI event, or one row of CoreShowChannels: a message of AMI's client satisfies it. */
export interface ChannelEvent {
  /** `Newchannel`, `DialBegin`, … */
  readonly event: string | undefined;
  /** The first header of that name, spelled as Asterisk spells it. */
  get(header: string): string | undefined;
  /** Every header of that name: `ChanVariable` comes once a variable. */
  all(header: string): readonly string[];
}

/** Longer than any number, name or id of a telephone system; what is beyond is cut. */
export const MAX_TEXT = 512;

/** Asterisk's own limit is 150 (AST_MAX_UNIQUEID). */
const MAX_ID = 256;

/** Asterisk's word for a number or a name that is not there. */
export const UNKNOWN = '<unknown>';

/** A clock of Asterisk that is wrong by more is not believed. */
const MAX_DRIFT_MS = 7 * 24 * 3600 * 1000;

/**
 * When it happened, ms since 1970: by Asterisk's clock where manager.conf has `timestampevents = yes`.
 *
 * @param receivedAt by our own clock
 */
export function timeOf(event: ChannelEvent, receivedAt: number): number {
  const at = Number(event.get('Timestamp') ?? NaN) * 1000;
  return Math.abs(at - receivedAt) <= MAX_DRIFT_MS ? at : receivedAt;
}

/** A header's value, bounded; `''` when it is not there. */
export function textOf(event: ChannelEvent, header: string): string {
  const text = event.get(header) ?? '';
  return text.length > MAX_TEXT ? cutText(text) : text;
}

/** A unique id, a linked id or the id of a bridge; `''` when there is none that could be one. */
export function idOf(event: ChannelEvent, header: string): string {
  const id = event.get(header) ?? '';
  return id.length > MAX_ID || id === UNKNOWN ? '' : id;
}

/** A small whole number, such as a cause; undefined for anything else. */
export function numberOf(event: ChannelEvent, header: string): number | undefined {
  const text = event.get(header) ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** Without half a surrogate pair at its end. */
function cutText(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/, '');
}
