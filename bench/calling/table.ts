export interface Row {
  readonly name: string;
  readonly calls: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** That p99 must not be over. */
  readonly goalMs: number;
}

/** Whether it is reached. */
export function goal({ p99, goalMs }: Row): boolean {
  return p99 <= goalMs;
}

/** What is missing counts as endless. */
export function percentiles(values: readonly number[]): Omit<Row, 'name' | 'goalMs'> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { calls: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

export function printTable(rows: readonly Row[]): void {
  const lines = rows.map((row) => {
    const { name, calls, p50, p90, p99, max, goalMs } = row;
    const figures = [calls, p50, p90, p99, max].join(' | ');
    return `| ${name} | ${figures} | ≤ ${goalMs} | ${goal(row) ? 'reached' : 'MISSED'} |`;
  });
  const head = '| ms | calls | p50 | p90 | p99 | max | p99 to reach | |\n|---|---|---|---|---|---|---|---|';
  process.stdout.write(`\n${head}\n${lines.join('\n')}\n`);
}
