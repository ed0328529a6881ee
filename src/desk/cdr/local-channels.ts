import { dialledParty, type PartyOptions } from '../../calls/parties.ts';
import type { Party } from '../../calls/call.ts';

/*
 * A Local channel leads from a Dial() or a Queue() back into the dialplan. Its halves are called alike,
 * `Local/102@office-00000001;1` and `;2`: the first is what was dialled, the second runs the dialplan and dials on. So
 * Asterisk writes two records of one talk, each with one half of it.
 */
const HALF = /^(Local\/.+);([12])$/s;

/** The Local channel that this is a half of; undefined when it is none, or the other half. */
export function localOf(channel: string, half: '1' | '2'): string | undefined {
  const [, name, found] = HALF.exec(channel) ?? [];
  return found === half ? name : undefined;
}

/** The rows that the second half of a Local channel calls in, by the channel's name. */
export function rowsBehind<Row extends { readonly channel: string }>(
  rows: readonly Row[],
): Map<string, Row[]> {
  const behind = new Map<string, Row[]>();
  for (const row of rows) {
    const name = localOf(row.channel, '2');
    if (name !== undefined) behind.set(name, [...(behind.get(name) ?? []), row]);
  }
  return behind;
}

export function isLocal(channel: string): boolean {
  return channel.startsWith('Local/');
}

/** Whom a Local channel was to reach, where no record says who rang behind it: `102` of `Local/102@office-00000001;1`. */
export function partyBehind(channel: string, options: PartyOptions): Party {
  const [exten = ''] = channel.slice('Local/'.length).split('@');
  return dialledParty(exten, options);
}
