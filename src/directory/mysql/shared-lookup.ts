import { toRawText } from '../sql/values.ts';
import type { Row } from './connection.ts';
import type { LookupStatements } from './lookup-statements.ts';
import type { QueryPool } from './query.pool.ts';
import { lookUpOne } from './single-lookup.ts';

/**
 * Looks several numbers up in one statement.
 *
 * @param numbers each of them once, no more than `mostTogether`
 * @returns rows by number; null when they are to be looked up one by one, since the answer may lack some of them
 * @throws as `QueryPool.run` does
 */
export async function lookUpTogether(
  pool: Pick<QueryPool, 'run'>,
  statements: LookupStatements,
  numbers: readonly string[],
  budgetMs: number,
): Promise<ReadonlyMap<string, Row[]> | null> {
  const [first = ''] = numbers;
  const shared = statements.several.find((statement) => statement.numbers >= numbers.length);
  if (numbers.length === 1 || shared === undefined) {
    return new Map([[first, await lookUpOne(pool, statements, first, budgetMs)]]);
  }
  const values = numbers.map((number) => statements.valuesOf(number));
  const parameters = values.flat();
  // A number that is asked for twice is found once.
  for (let spare = shared.numbers - numbers.length; spare > 0; spare--) parameters.push(...(values[0] ?? []));
  const rows = await pool.run(shared.sql, parameters, budgetMs);
  const shares = rows.length < shared.mostRows ? shareOut(rows, numbers, values) : null;
  // A crowded number has the same answer as alone, whoever calls at the same time.
  const isCrowded = [...(shares?.values() ?? [])].some((share) => share.length >= statements.one.mostRows);
  return isCrowded ? null : shares;
}

/** @returns null when a row is nobody's: the database takes a value for the same that is written in another way */
function shareOut(
  rows: readonly Row[],
  numbers: readonly string[],
  values: readonly (readonly string[])[],
): ReadonlyMap<string, Row[]> | null {
  const byNumber = new Map<string, Row[]>(numbers.map((number) => [number, []]));
  const byValue = ownersOf([...byNumber.values()], values);
  for (const row of rows) {
    const written = toRawText(row['number']);
    // A fixed-width column has spaces after the number.
    const owners = byValue.get(written) ?? byValue.get(written.trim());
    if (owners === undefined) return null;
    for (const own of owners) own.push(row);
  }
  return byNumber;
}

/** @param values of each share, by its place */
function ownersOf(
  shares: readonly Row[][],
  values: readonly (readonly string[])[],
): ReadonlyMap<string, readonly Row[][]> {
  const owners = new Map<string, Row[][]>();
  for (const [place, rows] of shares.entries()) {
    for (const value of values[place] ?? []) {
      const known = owners.get(value);
      if (known === undefined) owners.set(value, [rows]);
      else if (!known.includes(rows)) known.push(rows);
    }
  }
  return owners;
}
