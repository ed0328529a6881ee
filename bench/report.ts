import type { Contender } from './contenders/contender.ts';
import type { Verdict } from './judge.ts';
import type { PhaseName, Slice } from './slice.ts';
import { medianOf, type Figure } from './statistics.ts';

export interface ColdFigures {
  readonly contender: Contender['key'];
  /** From the start of the process to its first accepted connection. */
  readonly startMs: number;
  /** Of a process that has just been started. */
  readonly process: HundredCalls;
  /** With a database that has just been started; null for one that does without. */
  readonly database: HundredCalls | null;
}

/** A hundred calls at 50 calls/s, in ms. */
export interface HundredCalls {
  readonly p50: number;
  readonly max: number;
  readonly lost: number;
}

const COLUMNS: readonly { readonly title: string; readonly phase: PhaseName; readonly figure: Figure }[] = [
  { title: 'calls/s ×1', phase: 'closed 1', figure: (slice) => slice.callsPerSecond },
  { title: '×10', phase: 'closed 10', figure: (slice) => slice.callsPerSecond },
  { title: '×50', phase: 'closed 50', figure: (slice) => slice.callsPerSecond },
  { title: 'p50 ms @100', phase: 'open 100', figure: (slice) => slice.latencyMs.p50 },
  { title: 'p99 @100', phase: 'open 100', figure: (slice) => slice.latencyMs.p99 },
  { title: 'p50 @500', phase: 'open 500', figure: (slice) => slice.latencyMs.p50 },
  { title: 'p99 @500', phase: 'open 500', figure: (slice) => slice.latencyMs.p99 },
  { title: 'calls/s @sat.', phase: 'saturation', figure: (slice) => slice.callsPerSecond },
  { title: 'p99 @sat.', phase: 'saturation', figure: (slice) => slice.latencyMs.p99 },
  { title: 'CPU µs/call', phase: 'closed 50', figure: (slice) => slice.cpuUs.server },
  { title: 'database µs', phase: 'closed 50', figure: (slice) => slice.cpuUs.database },
  { title: 'peak MB', phase: 'closed 50', figure: (slice) => slice.memoryMb.peak },
];

/** Medians over the rounds, as a Markdown table. */
export function table(contenders: readonly Contender[], slices: readonly Slice[]): string {
  const rows = contenders.map(({ key, name }) => [
    `(${key}) ${name}`,
    ...COLUMNS.map(({ phase, figure }) => shown(medianOf(slices, key, phase, figure))),
  ]);
  return markdown([['', ...COLUMNS.map(({ title }) => title)], ...rows]);
}

export function coldTable(cold: readonly ColdFigures[]): string {
  return markdown([
    ['cold', 'ready after ms', 'new process: p50 ms', 'worst', 'new database: p50 ms', 'worst', 'lost'],
    ...cold.map(({ contender, startMs, process, database }) => [
      `(${contender})`,
      shown(startMs),
      shown(process.p50),
      shown(process.max),
      shown(database?.p50 ?? Number.NaN),
      shown(database?.max ?? Number.NaN),
      String(process.lost + (database?.lost ?? 0)),
    ]),
  ]);
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  return markdown([
    ['ratio, median of the rounds', 'measured', 'to reach', ''],
    ...verdicts.map(({ name, ratio, target, reached }) => [
      name,
      ratio.toFixed(3),
      target,
      reached ? 'reached' : 'MISSED',
    ]),
  ]);
}

/** Calls that were lost, skipped or answered wrongly: speed means nothing beside them. */
export function faults(slices: readonly Slice[]): string[] {
  return slices.flatMap(({ round, phase, contender, calls }) => {
    const { lost, skipped, wrong } = calls;
    if (lost + skipped + wrong === 0) return [];
    return [`(${contender}) ${phase}, round ${round}: ${lost} lost, ${skipped} skipped, ${wrong} wrong`];
  });
}

export function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_cell, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function shown(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
