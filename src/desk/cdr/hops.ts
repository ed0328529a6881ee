import { localOf, rowsBehind } from './local-channels.ts';
import type { TimedRow } from './timed-row.ts';

/** Somebody rang somebody, whatever Local channels lay between them. */
export interface Hop {
  /** Has who rang: a telephone or a trunk, or a half of a Local channel that the server made. */
  readonly from: TimedRow;
  /** Has the telephone that was rung: the same row, but behind a Local channel. */
  readonly to: TimedRow;
  /** When the two heard each other; null when they did not. */
  readonly talk: HopTalk | null;
}

/** In ms since 1970. */
export interface HopTalk {
  readonly from: number;
  readonly until: number;
  /** To the second, as Asterisk counts it: `until` is cut to seconds by itself. */
  readonly ms: number;
}

/** Who rang whom in the rows of one call, each pair once. */
export function hopsOf(rows: readonly TimedRow[]): Hop[] {
  const dialled = dialledLocals(rows);
  const behind = rowsBehind(rows);

  const follow = (row: TimedRow, seen: ReadonlySet<string>): Hop[] => {
    const direct = { from: row, to: row, talk: talkOf(row) };
    const name = localOf(row.dstchannel, '1');
    if (name === undefined || seen.has(name)) return [direct];
    const inner = behind.get(name) ?? [];
    const rung = inner.filter(({ dstchannel }) => dstchannel !== '');
    // A machine of ours picked up behind it, such as a mailbox.
    if (rung.length === 0 && inner.length > 0 && row.disposition === 'ANSWERED') return [];
    if (rung.length === 0) return [direct];
    return rung
      .flatMap((one) => follow(one, new Set([...seen, name])))
      .map(({ to, talk }) => ({ from: row, to, talk: common(direct.talk, talk) }));
  };

  return rows
    .filter(({ channel, dstchannel }) => dstchannel !== '' && !dialled.has(localOf(channel, '2') ?? ''))
    .flatMap((row) => follow(row, new Set()));
}

/** Local channels that somebody dialled; every other one the server made. */
export function dialledLocals(rows: readonly TimedRow[]): ReadonlySet<string> {
  return new Set(rows.flatMap(({ dstchannel }) => localOf(dstchannel, '1') ?? []));
}

function talkOf({ disposition, answer, end, billsec }: TimedRow): HopTalk | null {
  return disposition === 'ANSWERED' && answer !== null && billsec > 0
    ? { from: answer, until: Math.max(answer, end), ms: billsec * 1000 }
    : null;
}

/** What two that lie one behind the other have in common: whoever rings hears nothing before both are answered. */
export function common(one: HopTalk | null, other: HopTalk | null): HopTalk | null {
  if (one === null || other === null) return null;
  const from = Math.max(one.from, other.from);
  const until = Math.min(one.until, other.until);
  const ms = Math.min(one.from + one.ms, other.from + other.ms) - from;
  return until > from && ms > 0 ? { from, until, ms } : null;
}
