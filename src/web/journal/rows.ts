import type { PageCall } from '../calls/page-call.ts';

/** A time that nobody followed. */
export interface Gap {
  readonly asterisk: string;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

/** As the desk writes them (`src/desk/desk.ts`). */
const NOT_RUN = 'The desk did not run.';
const FILLED = / ?(\d+) calls? filled up from CDR\.$/;

export interface GapReason {
  /** Of the desk, in English, where there is more to tell than that it did not run; `''` otherwise. */
  readonly words: string;
  /** Calls that records of Asterisk have brought; null where nobody looked. */
  readonly filled: number | null;
}

export function reasonOf({ reason }: Pick<Gap, 'reason'>): GapReason {
  const filled = FILLED.exec(reason)?.[1];
  const words = reason.replace(FILLED, '');
  return { words: words === NOT_RUN ? '' : words, filled: filled === undefined ? null : Number(filled) };
}

export type Row =
  | { readonly kind: 'day'; readonly day: string; readonly at: string }
  | { readonly kind: 'call'; readonly call: PageCall }
  | { readonly kind: 'gap'; readonly gap: Gap };

/**
 * Calls and gaps at their places in time, the newest first, under the names of their days.
 *
 * @param isWhole whether no older call follows
 * @param dayKey the same for two times of one day
 */
export function rowsOf(
  calls: readonly PageCall[],
  gaps: readonly Gap[],
  isWhole: boolean,
  dayKey: (at: string) => string,
): Row[] {
  const rows: Row[] = [];
  const left = gaps.toSorted((a, b) => (a.until < b.until ? 1 : -1));
  let day = '';
  const push = (row: Row, at: string): void => {
    const its = dayKey(at);
    if (its !== day) rows.push({ kind: 'day', day: its, at });
    day = its;
    rows.push(row);
  };
  const pushGaps = (after: string): void => {
    for (let gap = left[0]; gap !== undefined && gap.until > after; gap = left[0]) {
      push({ kind: 'gap', gap }, gap.until);
      left.shift();
    }
  };
  for (const call of calls) {
    pushGaps(call.startedAt);
    push({ kind: 'call', call }, call.startedAt);
  }
  if (isWhole) pushGaps('');
  return rows;
}
