import { sql } from 'kysely';
import type { Config } from '../../config/config.ts';
import { compileLookup } from '../../directory/sql/lookup.query.ts';
import { tableOf } from '../../directory/sql/selection.ts';
import type { LookupShape } from '../../directory/sql/shape.ts';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import type { Row } from '../../directory/mysql/query.pool.ts';
import { SOURCE_CODE_TYPE } from '../../directory/sql/tables.ts';
import { maskNumber } from '../../phone/mask.ts';
import { isNormalised } from '../../phone/number.ts';
import type { Text } from '../../util/language.ts';
import { plural, pluralRu } from '../../util/plural.ts';
import { fail, ok, skipped, warn, type Finding } from '../check.ts';
import { textOf, type Questions } from './questions.ts';

export interface SampleFinding extends Finding {
  /** A number of contacts as a look-up needs it, to call with; null when there is none. Never shown whole. */
  readonly number: string | null;
}

/** Rows that the server may read per step before an index is missed. */
const MANY_ROWS = 1_000;
/** Numbers that are read to find one that is normalised. */
const CANDIDATES = 50;
/** The first look-up pays for preparing the statement. */
const ROUNDS = 5;

const db = mysqlBuilder();

/** Looks one number of contacts up as a call does, and asks the server how it finds it. */
export async function checkSample(
  questions: Questions,
  shape: LookupShape,
  { routing: { deadlineMs }, numbers: { country } }: Config,
): Promise<SampleFinding> {
  const number = await findNumber(questions, shape, country);
  if (number === null)
    return {
      ...skipped({ en: 'contacts holds no number to look up.', ru: 'В contacts нет номера для пробы.' }),
      number,
    };
  const lookup = compileLookup(db, shape, 1).sql;
  // The format is named, since new versions of MySQL draw a tree instead of rows.
  const plan = await questions
    .ask({ sql: `explain format=traditional ${lookup}`, parameters: [number] })
    .catch(() => null);
  const times: number[] = [];
  let matches = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    matches = (await questions.ask({ sql: lookup, parameters: [number] })).length;
    times.push(performance.now() - startedAt);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  const found = {
    en: `${maskNumber(number)} has ${plural(matches, 'match', 'matches')}, found in ${median.toFixed(1)} ms`,
    ru: `${maskNumber(number)}: ${pluralRu(matches, 'совпадение', 'совпадения', 'совпадений')}, найдено за ${median.toFixed(1)} мс`,
  };
  return { ...judgeSample(found, median, plan, deadlineMs), number };
}

/** @param plan the rows of EXPLAIN; null when it may not be asked */
export function judgeSample(
  found: Text,
  medianMs: number,
  plan: readonly Row[] | null,
  deadlineMs: number,
): Finding {
  const scanned = (plan ?? []).filter(
    (row) => /^(ALL|index)$/i.test(textOf(row, 'type')) && Number(textOf(row, 'rows')) > MANY_ROWS,
  );
  if (scanned.length > 0) {
    const tables = (unit: string): string =>
      scanned
        .map((row) => `${TABLES[textOf(row, 'table')] ?? '?'} (${textOf(row, 'rows')} ${unit})`)
        .join(', ');
    return fail(
      {
        en: `${found.en}, but each look-up reads the whole of ${tables('rows')}.`,
        ru: `${found.ru}, но каждый запрос целиком читает ${tables('строк')}.`,
      },
      {
        en: 'Ask the vendor for an index on the column that the look-up joins by: contacts.VALUE, givn.address, users.user, and code of the other tables.',
        ru: 'Попросите у поставщика индекс на столбец, по которому идёт соединение: contacts.VALUE, givn.address, users.user и code остальных таблиц.',
      },
    );
  }
  if (medianMs > deadlineMs / 2) {
    return warn(
      {
        en: `${found.en}; routing.deadlineMs is ${deadlineMs}.`,
        ru: `${found.ru}; предел routing.deadlineMs — ${deadlineMs}.`,
      },
      {
        en: 'Is the database far away or busy? A snapshot answers when it is too slow.',
        ru: 'База далеко или перегружена? Когда она не успевает, отвечает снимок.',
      },
    );
  }
  return ok(
    plan === null
      ? { en: `${found.en}: EXPLAIN is not permitted.`, ru: `${found.ru}; EXPLAIN не разрешён.` }
      : {
          en: `${found.en}: every table by an index, or small.`,
          ru: `${found.ru}: все таблицы по индексу или малы.`,
        },
  );
}

/** The look-up's aliases: see lookup.query.ts. */
const TABLES: Readonly<Record<string, string>> = {
  c: 'contacts',
  g: 'givn',
  a: 'address',
  z: 'zakaz',
  k: 'kurier',
  ku: 'users',
  km: 'kurier',
  f: 'fio',
  l: 'clients',
  lu: 'users',
  lm: 'kurier',
};

/** A recipient's rather than another's: that look-up has the most to do. */
async function findNumber(questions: Questions, shape: LookupShape, country: string): Promise<string | null> {
  for (const type of [SOURCE_CODE_TYPE.recipient, SOURCE_CODE_TYPE.client, SOURCE_CODE_TYPE.courier]) {
    const query = sql`select VALUE as value from ${tableOf(shape, 'contacts')}
      where SourceCodeType = ${sql.lit(type)} and VALUE regexp ${'^[1-9][0-9]{9,14}$'} limit ${sql.lit(CANDIDATES)}`;
    const rows = await questions.ask(query.compile(db));
    // A number such as 89162000001 is found by nobody who calls from it.
    const number = rows.map((row) => textOf(row, 'value')).find((value) => isNormalised(value, country));
    if (number !== undefined) return number;
  }
  return null;
}
