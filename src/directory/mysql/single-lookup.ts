import { toRawText } from '../sql/values.ts';
import type { Row } from './connection.ts';
import type { LookupStatements } from './lookup-statements.ts';
import type { QueryPool } from './query.pool.ts';

const MAX_CROWDED_NUMBERS = 1000;

/**
 * Looks one number up. One with very many rows has a statement of its own, which does not read them all.
 *
 * @throws as `QueryPool.run` does
 */
export async function lookUpOne(
  pool: Pick<QueryPool, 'run'>,
  { valuesOf, one, crowded, crowdedParameters, crowdedNumbers }: LookupStatements,
  number: string,
  budgetMs: number,
): Promise<Row[]> {
  const deadline = performance.now() + budgetMs;
  const values = valuesOf(number);
  let main = crowdedNumbers.get(number);
  if (main === undefined) {
    const rows = await pool.run(one.sql, values, budgetMs);
    if (rows.length < one.mostRows) return rows;
    main = mostFrequent(rows);
    if (crowdedNumbers.size >= MAX_CROWDED_NUMBERS) crowdedNumbers.clear();
    crowdedNumbers.set(number, main);
  }
  return pool.run(crowded, crowdedParameters(values, main), Math.max(1, deadline - performance.now()));
}

function mostFrequent(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const written = toRawText(row['number']);
    counts.set(written, (counts.get(written) ?? 0) + 1);
  }
  const [[value] = ['']] = [...counts].toSorted(([, a], [, b]) => b - a);
  return value;
}
