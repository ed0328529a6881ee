import { toRawText } from '../sql/values.ts';
import type { Row } from './connection.ts';
import type { QueryPool } from './query.pool.ts';

/** The statements of a look-up, as this database wants them. */
export interface LookupStatements {
  /** The values of `contacts.VALUE` that mean this number; as many for each number. */
  readonly valuesOf: (number: string) => readonly string[];
  readonly one: LookupStatement;
  /** For several numbers at most; the smaller one first. */
  readonly several: readonly LookupStatement[];
  /** For one number with more rows than `one` reads. */
  readonly crowded: string;
  /** @param main the value that most rows of the number have */
  readonly crowdedParameters: (values: readonly string[], main: string) => string[];
  /** Numbers that have more rows than that, as far as they are known, and the value that most of them have. */
  readonly crowdedNumbers: Map<string, string>;
}

export interface LookupStatement {
  /** Its parameters are the values of its numbers. */
  readonly sql: string;
  readonly numbers: number;
  /** An answer with so many rows may lack some. */
  readonly mostRows: number;
}

const MAX_CROWDED_NUMBERS = 1000;

/** Before the schema is known. */
export const NO_STATEMENTS: LookupStatements = {
  valuesOf: () => [],
  one: { sql: '', numbers: 1, mostRows: 0 },
  several: [],
  crowded: '',
  crowdedParameters: () => [],
  crowdedNumbers: new Map(),
};

/** How many numbers a statement holds. */
export function mostTogether({ several }: Pick<LookupStatements, 'several'>): number {
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

async function lookUpOne(
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
