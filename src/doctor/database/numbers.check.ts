import { sql } from 'kysely';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import type { Row } from '../../directory/mysql/query.pool.ts';
import { tableOf } from '../../directory/sql/selection.ts';
import type { LookupShape } from '../../directory/sql/shape.ts';
import { SOURCE_CODE_TYPE } from '../../directory/sql/tables.ts';
import { isNormalised } from '../../phone/number.ts';
import { createSpellings, type Spellings } from '../../phone/spellings.ts';
import type { Text } from '../../util/language.ts';
import { plural } from '../../util/plural.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import { textOf, type Question, type Questions } from './questions.ts';

/** Enough to tell a habit from an accident, and read in a moment. */
const SAMPLE = 20_000;

/** A share below this is somebody's slip of the pen. */
const TOLERATED_SHARE = 0.01;

const MAX_EXAMPLES = 3;

/** One row of contacts, of a kind that the look-up knows. */
export interface Contact {
  /** `contacts.Source` and `contacts.SourceCodeType`, such as `70001/3`: names a row without its number. */
  readonly row: string;
  readonly value: string;
}

/** Which rows were read: all, some of everywhere, or those that come first. */
export type Extent = 'all' | 'random' | 'first';

const db = mysqlBuilder();

const ROWS = sql`select table_rows as estimate from information_schema.tables
  where table_schema = database() and lower(table_name) = 'contacts'`.compile(db);

/** How many numbers are written in a way that no look-up finds? Only counts and codes leave this function. */
export async function checkNumbers(
  questions: Questions,
  shape: LookupShape,
  country: string,
): Promise<Finding> {
  const [table] = await questions.ask(ROWS);
  // An estimate, and 0 where the server has not counted yet, or for a view.
  const estimate = Number(textOf(table, 'estimate'));
  if (estimate > SAMPLE) {
    const share = SAMPLE / estimate;
    const rows = await questions
      .ask(contactsWhere(shape, sql`rand() < ${sql.lit(share)}`, 2 * SAMPLE))
      .catch(() => []);
    // The whole table may have taken too long to read; its beginning does not.
    if (rows.length > 0) return judgeNumbers(rows.map(toContact), country, 'random');
  }
  const rows = await questions.ask(contactsWhere(shape, sql`true`, SAMPLE));
  return judgeNumbers(rows.map(toContact), country, rows.length < SAMPLE ? 'all' : 'first');
}

function contactsWhere(shape: LookupShape, condition: ReturnType<typeof sql>, limit: number): Question {
  const types = Object.values(SOURCE_CODE_TYPE).map((type) => sql.lit(type));
  return sql`select Source as source, SourceCodeType as type, VALUE as value
    from ${tableOf(shape, 'contacts')} where SourceCodeType in (${sql.join(types)}) and ${condition}
    limit ${sql.lit(limit)}`.compile(db);
}

function toContact(row: Row): Contact {
  return {
    row: `${textOf(row, 'source')}/${textOf(row, 'type')}`,
    value: textOf(row, 'value'),
  };
}

export function judgeNumbers(contacts: readonly Contact[], country: string, extent: Extent): Finding {
  const phones = contacts.filter(({ value }) => looksLikePhone(value));
  if (phones.length === 0)
    return skipped({
      en: 'contacts holds no number of a courier, client, recipient or contact person.',
      ru: 'В contacts нет номеров курьеров, клиентов, получателей и контактных лиц.',
    });
  const spellings = createSpellings(country);
  const hidden = phones.filter((contact) => !canBeFound(contact, spellings, country));
  const read = describeExtent(phones.length, extent);
  if (hidden.length === 0) {
    return ok({
      en: `All of ${read.en} are written so that a look-up finds them.`,
      ru: `Проверено номеров: ${read.ru}. Все записаны так, что поиск их найдёт.`,
    });
  }
  const examples = [...new Set(hidden.map(({ row }) => row))].slice(0, MAX_EXAMPLES);
  const share = hidden.length / phones.length;
  const message = {
    en:
      `${hidden.length} of ${read.en} (${percent(share).en}) are not normalised: these people are not recognised. ` +
      `Such as contacts.Source/SourceCodeType ${examples.join(', ')}.`,
    ru:
      `Проверено номеров: ${read.ru}. Из них ${hidden.length} (${percent(share).ru}) записаны не по правилам, этих людей не узнают. ` +
      `Например, contacts.Source/SourceCodeType ${examples.join(', ')}.`,
  };
  return warn(
    message,
    share <= TOLERATED_SHARE
      ? {
          en: 'Correct them in the office system when they call: 79161234567, digits alone with the country.',
          ru: 'Исправьте их в офисной программе, когда эти люди позвонят: 79161234567, только цифры с кодом страны.',
        }
      : {
          en: `Ask the vendor to normalise contacts.VALUE: one number a row, digits alone with the country. Is numbers.country (${country}) right?`,
          ru: `Попросите поставщика привести contacts.VALUE к одному виду: в строке один номер, только цифры с кодом страны. Верно ли указано numbers.country (${country})?`,
        },
  );
}

function describeExtent(count: number, extent: Extent): Text {
  const en = plural(count, 'number');
  const ru = String(count);
  switch (extent) {
    case 'all':
      return { en, ru };
    case 'random':
      return { en: `${en} picked at random`, ru: `${ru} (наугад)` };
    case 'first':
      return { en: `the first ${en}`, ru: `${ru} (с начала таблицы)` };
  }
}

/** contacts holds mail addresses, sites and names in messengers, too. */
const OTHERS = /@|:\/\/|[a-zа-я]\.[a-zа-я]{2,}/i;

/** The digits of the shortest numbers that have an area code or need none, with what is written between them. */
const SEVEN_DIGITS = /\d(?:[^\p{L}\d]{0,3}\d){6}/u;

function looksLikePhone(value: string): boolean {
  return SEVEN_DIGITS.test(value) && !OTHERS.test(value);
}

/** The look-up knows the ways in which people write what our normaliser makes of a caller's number. */
function canBeFound({ value }: Contact, spellings: Spellings, country: string): boolean {
  return spellings.meaning(value).some((number) => isNormalised(number, country));
}

function percent(share: number): Text {
  if (share < 0.001) return { en: 'less than 0.1 %', ru: 'меньше 0,1 %' };
  const en = `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  return { en, ru: en.replace('.', ',') };
}
