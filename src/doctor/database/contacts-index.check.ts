import { sql } from 'kysely';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import { fail, ok, skipped, warn, type Finding } from '../check.ts';
import { textOf, type Questions } from './questions.ts';

/** An index that begins with another column does not help to find a VALUE. */
const INDEXES = sql`select index_name as indexName, column_name as columnName, sub_part as prefix
  from information_schema.statistics
  where table_schema = database() and lower(table_name) = 'contacts' and seq_in_index = 1`;

/** Every call looks for one `contacts.VALUE`: without an index it reads the whole table. */
export async function checkContactsIndex(questions: Questions): Promise<Finding> {
  const indexes = await questions.ask(INDEXES.compile(mysqlBuilder()));
  if (indexes.length === 0) {
    return skipped({
      en: 'The indexes of contacts are not visible, as with a view: the look-up below tells more.',
      ru: 'Индексы contacts не видны, как у представления: больше скажет проверка look-up ниже.',
    });
  }
  const ofValue = indexes.filter((row) => textOf(row, 'columnName').toUpperCase() === 'VALUE');
  const index = ofValue.find((row) => textOf(row, 'prefix') === '') ?? ofValue[0];
  if (index !== undefined) {
    const name = textOf(index, 'indexName');
    const prefix = textOf(index, 'prefix');
    if (prefix !== '') return onlyPrefix(name, prefix);
    return ok({
      en: `contacts.VALUE has the index ${name}.`,
      ru: `У contacts.VALUE есть индекс ${name}.`,
    });
  }
  return fail(
    {
      en: 'contacts.VALUE has no index: every call reads the whole table.',
      ru: 'У contacts.VALUE нет индекса: каждый звонок читает таблицу целиком.',
    },
    {
      en: 'Ask the vendor for it, or as the administrator: CREATE INDEX value_idx ON contacts (VALUE)',
      ru: 'Попросите поставщика или выполните от имени администратора: CREATE INDEX value_idx ON contacts (VALUE)',
    },
  );
}

/** Look-ups are quick with it, and the table has no order by VALUE. */
function onlyPrefix(name: string, prefix: string): Finding {
  return warn(
    {
      en: `contacts.VALUE has the index ${name} of its first ${prefix} characters only: a snapshot cannot be read in its order, and takes longer.`,
      ru: `У contacts.VALUE есть только индекс ${name} по первым ${prefix} символам: снимок нельзя читать в его порядке, и он делается дольше.`,
    },
    {
      en: 'Ask the vendor for an index of the whole column, or as the administrator: CREATE INDEX value_all ON contacts (VALUE)',
      ru: 'Попросите у поставщика индекс по всему столбцу или выполните от имени администратора: CREATE INDEX value_all ON contacts (VALUE)',
    },
  );
}
