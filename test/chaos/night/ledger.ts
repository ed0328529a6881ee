import type { Call } from '../../../src/calls/call.ts';
import type { DeskProcess } from '../../lab/desk-process.ts';
import type { PlayedCall } from './calls.ts';

interface Gap {
  readonly from: number;
  readonly until: number;
}

/** What became of the calls of a night. */
export interface Ledger {
  readonly whole: readonly Call[];
  /** In the journal, but not seen from beginning to end. */
  readonly partial: number;
  /** Not in the journal, while a gap is told that they touch. */
  readonly inGaps: number;
  /** Calls that are missing, there twice, not over, or not whole, and no gap is told; behind them the gaps. */
  readonly wrong: readonly string[];
  readonly gapSeconds: number;
}

/** Clocks of two processes, and the half second in which late events are waited for. */
const SLACK_MS = 1500;

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 23);

/** @param played calls that are over */
export async function takeStock(desk: DeskProcess, played: readonly PlayedCall[]): Promise<Ledger> {
  const rows = new Map<string, Call[]>();
  let cursor = '';
  do {
    const { body } = await desk.get(`/api/calls?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
    for (const call of body['calls'] as Call[]) {
      const number = call.from.number ?? '';
      rows.set(number, [...(rows.get(number) ?? []), call]);
    }
    cursor = (body['next'] as string | null) ?? '';
  } while (cursor !== '');
  const { body } = await desk.get('/api/gaps');
  const gaps = (body['gaps'] as { from: string; until: string }[]).map(({ from, until }): Gap => ({
    from: Date.parse(from),
    until: Date.parse(until),
  }));
  const touchesGap = ({ from, until }: PlayedCall): boolean =>
    gaps.some((gap) => from < gap.until + SLACK_MS && until > gap.from - SLACK_MS);

  const whole: Call[] = [];
  const wrong: string[] = [];
  let [partial, inGaps] = [0, 0];
  const blame = ({ number, from, until }: PlayedCall, why: string): void => {
    wrong.push(`${number} ${why}, played from ${timeOf(from)} until ${timeOf(until)}`);
  };
  for (const call of played) {
    const [row, ...more] = rows.get(call.number) ?? [];
    if (more.length > 0) blame(call, `is there ${more.length + 1} times`);
    else if (row !== undefined && row.state !== 'ended') blame(call, `is ${row.state}`);
    else if (row?.completeness === 'whole') whole.push(row);
    else if (!touchesGap(call)) blame(call, row === undefined ? 'is missing' : `is ${row.completeness}`);
    else if (row === undefined) inGaps += 1;
    else partial += 1;
  }
  const gapSeconds = gaps.reduce((sum, { from, until }) => sum + (until - from) / 1000, 0);
  if (wrong.length > 0)
    wrong.push(...gaps.map(({ from, until }) => `gap from ${timeOf(from)} until ${timeOf(until)}`));
  return { whole, partial, inGaps, wrong, gapSeconds };
}
