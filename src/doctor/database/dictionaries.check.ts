import { sql } from 'kysely';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import { SOURCE_CODE_TYPE } from '../../directory/sql/tables.ts';
import { joined, type Text } from '../../util/language.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import { textOf, type Questions } from './questions.ts';

/** One entry of a dictionary of the vendor's. */
export interface Entry {
  readonly code: number;
  /** Everything that the row says in words. */
  readonly text: string;
}

/** `states.StateType` of the states of a shipment that was issued to a courier. */
const ISSUED_STATES = 8;

/** Names that a column with the code of an entry is known or likely to have, the likeliest first. */
const CODE_NAMES = ['code', 'state', 'id', 'value', 'num', 'type'];

const MAX_ENTRIES = 500;

const db = mysqlBuilder();

/** Which `givn.State` means "in the courier's hands"? The dictionary names them, if it can be read. */
export async function checkStates(questions: Questions, inHandStates: readonly number[]): Promise<Finding> {
  const dictionary = await readDictionary(questions, {
    schema: null,
    table: 'states',
    typeColumn: 'StateType',
  });
  if (dictionary === null) return unreadable('states', 'database.inHandStates');
  return judgeStates(dictionary, inHandStates);
}

export function judgeStates(dictionary: readonly Entry[], inHandStates: readonly number[]): Finding {
  if (dictionary.length === 0)
    return skipped({
      en: `The table states has no entry with StateType ${ISSUED_STATES}.`,
      ru: `В таблице states нет записей с StateType ${ISSUED_STATES}.`,
    });
  const unknown = inHandStates.filter((state) => !dictionary.some(({ code }) => code === state));
  if (unknown.length === 0) {
    const names = dictionary
      .filter(({ code }) => inHandStates.includes(code))
      .map(describe)
      .join(', ');
    return ok({ en: `"In the courier's hands" is ${names}.`, ru: `«На руках у курьера» — это ${names}.` });
  }
  return warn(
    {
      en: `database.inHandStates names ${unknown.join(', ')}, which the table states does not know for givn.State.`,
      ru: `В database.inHandStates указано ${unknown.join(', ')}, а в таблице states такого значения givn.State нет.`,
    },
    {
      en: `Choose among: ${dictionary.map(describe).join(', ')}`,
      ru: `Выберите из: ${dictionary.map(describe).join(', ')}`,
    },
  );
}

/** Do the types of contacts mean in this installation what the look-up takes them for? */
export async function checkContactTypes(questions: Questions): Promise<Finding> {
  const dictionary = await readDictionary(questions, {
    schema: 'schema',
    table: 'table_list',
    typeColumn: null,
  });
  if (dictionary === null) return unreadable('schema.table_list', null);
  return judgeContactTypes(dictionary);
}

const TABLE_OF_TYPE: readonly { readonly code: number; readonly table: string }[] = [
  { code: SOURCE_CODE_TYPE.courier, table: 'kurier' },
  { code: SOURCE_CODE_TYPE.client, table: 'clients' },
  { code: SOURCE_CODE_TYPE.recipient, table: 'address' },
  { code: SOURCE_CODE_TYPE.contact, table: 'fio' },
];

export function judgeContactTypes(dictionary: readonly Entry[]): Finding {
  const problems: Text[] = [];
  for (const { code, table } of TABLE_OF_TYPE) {
    const entry = dictionary.find((one) => one.code === code);
    if (entry === undefined) {
      problems.push({ en: `${code} (${table}) is not there`, ru: `нет ${code} (${table})` });
    } else if (namesAnotherTable(entry.text, table)) {
      const found = describe(entry);
      problems.push({ en: `${found} should be ${table}`, ru: `${found} вместо ${table}` });
    }
  }
  if (problems.length === 0) {
    const codes = TABLE_OF_TYPE.map(({ code }) => code);
    const names = dictionary
      .filter(({ code }) => codes.some((one) => one === code))
      .map(describe)
      .join(', ');
    return ok({ en: `The types of contacts are ${names}.`, ru: `Типы контактов: ${names}.` });
  }
  const { en, ru } = joined(problems, ', ');
  return warn(
    {
      en: `The dictionary schema.table_list says otherwise than the look-up: ${en}.`,
      ru: `Справочник schema.table_list не сходится с запросом: ${ru}.`,
    },
    {
      en: 'Callers would be taken for somebody else: ask the vendor which types the contacts have.',
      ru: 'Звонящих будут принимать за других: спросите поставщика, какие типы у контактов.',
    },
  );
}

/** The text may be a title in Russian: only the name of another of these tables is a contradiction. */
function namesAnotherTable(text: string, table: string): boolean {
  const words = text.toLowerCase().split(/[^a-z_]+/);
  return !words.includes(table) && TABLE_OF_TYPE.some((other) => words.includes(other.table));
}

interface Dictionary {
  /** null: the courier database itself. */
  readonly schema: string | null;
  readonly table: string;
  /** The column that must be `ISSUED_STATES`; null: none. */
  readonly typeColumn: string | null;
}

/**
 * The names of its other columns are not documented, and so they are found out: the code is a whole number,
 * and all columns of text make the text.
 *
 * @returns null when the table is not there, or this user may not read it
 */
async function readDictionary(
  questions: Questions,
  { schema, table, typeColumn }: Dictionary,
): Promise<Entry[] | null> {
  const columns = await questions.ask(
    sql`select column_name as name, data_type as type from information_schema.columns
      where table_schema = ${schema === null ? sql`database()` : schema} and table_name = ${table}
      order by ordinal_position`.compile(db),
  );
  const named = columns.map((row) => ({ name: textOf(row, 'name'), type: textOf(row, 'type') }));
  const type = named.find(({ name }) => name.toLowerCase() === typeColumn?.toLowerCase());
  if (typeColumn !== null && type === undefined) return null;
  const code = likeliestCode(named.filter((column) => column !== type && /int$/i.test(column.type)));
  const texts = named.filter((column) => /char|text/i.test(column.type));
  if (code === undefined || texts.length === 0) return null;

  const rows = await questions.ask(
    sql`select ${sql.id(code)} as code, concat_ws(' ', ${sql.join(texts.map(({ name }) => sql.id(name)))}) as text
      from ${schema === null ? sql.id(table) : sql.id(schema, table)}
      ${type === undefined ? sql`` : sql`where ${sql.id(type.name)} = ${sql.lit(ISSUED_STATES)}`}
      limit ${sql.lit(MAX_ENTRIES)}`.compile(db),
  );
  return rows.map((row) => ({ code: Number(textOf(row, 'code')), text: textOf(row, 'text') }));
}

function likeliestCode(columns: readonly { readonly name: string }[]): string | undefined {
  const known = CODE_NAMES.flatMap((likely) => columns.filter(({ name }) => name.toLowerCase() === likely));
  return (known[0] ?? columns[0])?.name;
}

function unreadable(table: string, key: string | null): Finding {
  return skipped(
    {
      en: `The dictionary ${table} is not there, or this user may not read it.`,
      ru: `Справочника ${table} нет, или этот пользователь не может его прочитать.`,
    },
    {
      en: `deploy/grants.sql has a line for it.${key === null ? '' : ` Or ask the vendor which codes are right for ${key}.`}`,
      ru: `Для него есть строка в deploy/grants.sql.${key === null ? '' : ` Или спросите поставщика, какие коды верны для ${key}.`}`,
    },
  );
}

/** `1 «У курьера»`: short, on one line. */
function describe({ code, text }: Entry): string {
  return `${code} «${text.replaceAll(/\s+/g, ' ').slice(0, 40)}»`;
}
