import type { CallersReport } from './callers.ts';

const COLUMNS = [
  'started',
  'in time',
  'routed',
  'from snapshot',
  'ERROR',
  'closed',
  'refused',
  'unanswered',
  'slowest ms',
] as const;

/** Without an answer of the server: closed or refused, which the dialplan's preset reads as ERROR, or worse. */
export function unanswered({ started, answered }: CallersReport): number {
  return started - answered;
}

/** What came of the calls in each case, for people to read. */
export class OutcomeTable {
  readonly #rows: string[][] = [['case', ...COLUMNS]];

  add(name: string, report: CallersReport): void {
    const cells = [
      report.started,
      report.started - report.late,
      report.routed,
      report.fromSnapshot,
      report.errors,
      report.closed,
      report.refused,
      unanswered(report),
      report.slowestMs,
    ];
    this.#rows.push([name, ...cells.map(String)]);
  }

  print(): void {
    const widths = this.#rows[0]?.map((_, column) =>
      Math.max(...this.#rows.map((row) => row[column]?.length ?? 0)),
    );
    const lines = this.#rows.map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths?.[0] ?? 0) : cell.padStart(widths?.[column] ?? 0),
        )
        .join('  '),
    );
    process.stdout.write(`\n${lines.join('\n')}\n\n`);
  }
}
