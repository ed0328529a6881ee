import type { PageCall } from '../calls/page-call.ts';

/** Where a call stands in the journal. */
export type Place = Pick<PageCall, 'startedAt' | 'id'>;

/** Whether the one stands above the other: by their beginnings, and where these are the same by their ids. */
export function isAbove(one: Place, other: Place): boolean {
  return one.startedAt === other.startedAt ? one.id > other.id : one.startedAt > other.startedAt;
}

/** The list, the newest first, with one more call at its place. The others keep their order. */
export function inserted(calls: readonly PageCall[], call: PageCall): readonly PageCall[] {
  const at = calls.findIndex((other) => isAbove(call, other));
  return at === -1 ? [...calls, call] : calls.toSpliced(at, 0, call);
}
