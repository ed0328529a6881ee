import type { Row } from './connection.ts';
import type { QueryPool } from './query.pool.ts';

/** The statements of a look-up, as this database wants them. */
export interface LookupStatements {
  /** Its parameter is the number. */
  readonly one: string;
  /** For so many numbers at most; the rows tell their `number`. The smaller one first. */
  readonly several: readonly SharedStatement[];
}

interface SharedStatement {
  readonly sql: string;
  /** How many parameters it has. */
  readonly numbers: number;
  /** An answer with so many rows may lack some. */
  readonly mostRows: number;
}

/** How many numbers a statement holds. */
export function mostTogether({ several }: LookupStatements): number {
  return several.at(-1)?.numbers ?? 1;
}

/**
 * Looks several numbers up in one statement.
 *
 * @param numbers each of them once, no more than `mostTogether`
 * @returns rows by number; null when they are to be looked up one by one, since the answer may lack some of them
 * @throws as `QueryPool.run` does
 */
export async function lookUpTogether(
  pool: Pick<QueryPool, 'run'>,
  { one, several }: LookupStatements,
  numbers: readonly string[],
  budgetMs: number,
): Promise<ReadonlyMap<string, Row[]> | null> {
  const [first = ''] = numbers;
  const shared = several.find((statement) => statement.numbers >= numbers.length);
  if (numbers.length === 1 || shared === undefined) {
    return new Map([[first, await pool.run(one, [first], budgetMs)]]);
  }
  // A number that is asked for twice is found once.
  const padded = [...numbers, ...Array<string>(shared.numbers - numbers.length).fill(first)];
  const rows = await pool.run(shared.sql, padded, budgetMs);
  if (rows.length >= shared.mostRows) return null;
  const byNumber = new Map<string, Row[]>(numbers.map((number) => [number, []]));
  for (const row of rows) {
    // A fixed-width column has spaces after the number.
    const own = byNumber.get(String(row['number']).trim());
    // The database takes a number for the same that is written in another way.
    if (own === undefined) return null;
    own.push(row);
  }
  return byNumber;
}
