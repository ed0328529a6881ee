import type { JournalCall } from '../journal/call.row.ts';
import type { CallPage } from '../journal/journal.store.ts';

/** Calls that are looked through for one that may be seen: those that go on, which alone are hidden, are few. */
const LOOK_AHEAD = 20;

export interface ShownOptions {
  /** As `JournalStore.list` does. */
  readonly list: (limit: number, before: number | null) => Promise<CallPage>;
  readonly isShown: (call: JournalCall) => boolean;
}

/**
 * A page of the calls that somebody may see at all. Those that are hidden leave no trace: neither a shorter page nor a next
 * one without anything on it tells of them.
 */
export async function shownPage(
  { list, isShown }: ShownOptions,
  limit: number,
  before: number | null,
): Promise<CallPage> {
  const calls: JournalCall[] = [];
  for (let from = before; ;) {
    const page = await list(limit - calls.length, from);
    calls.push(...page.calls.filter(isShown));
    from = page.next;
    if (from === null) return { calls, next: null };
    if (calls.length === limit)
      return { calls, next: (await isAnyShown({ list, isShown }, from)) ? from : null };
  }
}

async function isAnyShown({ list, isShown }: ShownOptions, before: number): Promise<boolean> {
  for (let from: number | null = before; from !== null;) {
    const page = await list(LOOK_AHEAD, from);
    if (page.calls.some(isShown)) return true;
    from = page.next;
  }
  return false;
}
