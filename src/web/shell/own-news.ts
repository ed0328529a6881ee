import { isActive, ownState, type OwnCall, type OwnState } from '../calls/own-call.ts';
import type { Me, PageCall } from '../calls/page-call.ts';

/**
 * Own calls whose state is another one than was last told. What was over before the page knew of it is no news.
 *
 * @param told states by the id of the call
 */
export function newsOf(
  told: ReadonlyMap<string, OwnState>,
  calls: ReadonlyMap<string, PageCall>,
  me: Me,
): OwnCall[] {
  return [...calls.values()].flatMap((call) => {
    const state = ownState(call, me);
    const before = told.get(call.id);
    if (state === null || state === before) return [];
    const own = { call, state };
    return before === undefined && !isActive(own) ? [] : [own];
  });
}
