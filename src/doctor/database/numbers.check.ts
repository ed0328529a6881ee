import { sql } from 'kysely';
import { mysqlBuilder } from '../../directory/mysql/mysql.directory.ts';
import { SOURCE_CODE_TYPE } from '../../directory/tables.ts';
import { normaliseNumber } from '../../phone/number.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import { textOf, type Questions } from './questions.ts';

/** Enough to tell a habit from an accident, and read in a moment. */
const SAMPLE = 20_000;

/** A share below this is somebody's slip of the pen. */
const TOLERATED_SHARE = 0.01;

const VALUES = sql`select VALUE as value from contacts
  where SourceCodeType in (${sql.join(Object.values(SOURCE_CODE_TYPE).map((type) => sql.lit(type)))})
  limit ${sql.lit(SAMPLE)}`;

/** How many numbers are written in a way that no look-up finds? Only counts leave this function. */
export async function checkNumbers(questions: Questions, country: string): Promise<Finding> {
  const rows = await questions.ask(VALUES.compile(mysqlBuilder()));
  return judgeNumbers(
    rows.map((row) => textOf(row, 'value')),
    country,
  );
}

export function judgeNumbers(values: readonly string[], country: string): Finding {
  let numbers = 0;
  let hidden = 0;
  for (const value of values) {
    const number = normaliseNumber(value, country);
    // Mail addresses and the like: no number, whatever one does.
    if (number.kind === 'invalid') continue;
    numbers += 1;
    if (number.digits !== value.trim()) hidden += 1;
  }
  if (numbers === 0)
    return skipped('contacts holds no number of a courier, client, recipient or contact person.');
  const sample = values.length < SAMPLE ? `${numbers} numbers` : `the first ${numbers} numbers`;
  if (hidden === 0) return ok(`All of ${sample} are digits, as a look-up needs them.`);
  const share = ((hidden / numbers) * 100).toFixed(hidden / numbers < 0.1 ? 1 : 0);
  const message = `${hidden} of ${sample} (${share} %) are not normalised: these people are not recognised.`;
  return warn(
    message,
    hidden / numbers <= TOLERATED_SHARE
      ? 'Correct them in the office system when they call: 79161234567, digits alone with the country.'
      : `Ask the vendor to normalise contacts.VALUE: digits alone with the country. Is numbers.country (${country}) right?`,
  );
}
