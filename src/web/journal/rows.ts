import type { PageCall } from '../calls/page-call.ts';

/** A time that nobody followed. */
export interface Gap {
  readonly asterisk: string;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
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
