import { sql } from 'kysely';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import { textOf, type Questions } from './questions.ts';

/** What an index of contacts begins with. */
const BEGINNINGS = sql`select index_name as indexName, column_name as columnName
  from information_schema.statistics
  where table_schema = database() and lower(table_name) = 'contacts' and seq_in_index <= 2
  order by index_name, seq_in_index`;

/**
 * A call that is asked for by the code of a shipment looks for `contacts.Source` of one `SourceCodeType`: without an index it
 * reads the whole table, and may be refused for want of time.
 *
 * @param isCalled calls are asked for by codes
 */
export async function checkCodesIndex(questions: Questions, isCalled: boolean): Promise<Finding> {
  const columns = new Map<string, string[]>();
  for (const row of await questions.ask(BEGINNINGS.compile(mysqlBuilder()))) {
    const name = textOf(row, 'indexName');
    columns.set(name, [...(columns.get(name) ?? []), textOf(row, 'columnName').toUpperCase()]);
  }
  if (columns.size === 0) {
    return skipped({
      en: 'The indexes of contacts are not visible, as with a view.',
      ru: 'Индексы contacts не видны, как у представления.',
    });
  }
  const [name] = [...columns].find(([, beginning]) => leadsToCodes(beginning)) ?? [];
  if (name !== undefined) {
    return ok({
      en: `contacts.Source, the codes of shipments, has the index ${name}.`,
      ru: `У contacts.Source, где коды отправлений, есть индекс ${name}.`,
    });
  }
  if (!isCalled) {
    return skipped({
      en: 'contacts.Source has no index. Calls by the code of a shipment would need one; there is no section calls.',
      ru: 'У contacts.Source нет индекса. Он нужен для звонков по коду отправления; раздела calls нет.',
    });
  }
  return warn(
    {
      en: 'contacts.Source has no index: each call by the code of a shipment reads the whole table, and may be refused for want of time (database_away).',
      ru: 'У contacts.Source нет индекса: каждый звонок по коду отправления читает таблицу целиком и может получить отказ, не уложившись во время (database_away).',
    },
    {
      en: 'Ask the vendor for it, or as the administrator: CREATE INDEX source_idx ON contacts (Source, SourceCodeType)',
      ru: 'Попросите поставщика или выполните от имени администратора: CREATE INDEX source_idx ON contacts (Source, SourceCodeType)',
    },
  );
}

/** The type alone parts a table into four. */
function leadsToCodes([first, second]: readonly string[]): boolean {
  return first === 'SOURCE' || (first === 'SOURCECODETYPE' && second === 'SOURCE');
}
