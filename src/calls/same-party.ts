import type { Party } from './call.ts';

/**
 * Whether two ends are the same telephone. What Asterisk said of them decides only where neither is a number: a trunk may
 * be given a number in another spelling than it was dialled in.
 */
export function isSameParty(a: Party, b: Party): boolean {
  if (a.extension !== null || b.extension !== null) return a.extension === b.extension;
  if (a.number !== null || b.number !== null) return a.number === b.number;
  return a.raw === b.raw;
}
