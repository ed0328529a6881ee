import type { LookupShape } from '../../directory/sql/shape.ts';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import {
  checkSchema,
  compileColumnsQuery,
  compileIndexesQuery,
  SchemaError,
  toColumnRow,
  toIndexRow,
  type SchemaSettings,
} from '../../directory/sql/schema.ts';
import { verbatim, type Text } from '../../util/language.ts';
import { fail, ok, warn, type Finding } from '../check.ts';
import type { Questions } from './questions.ts';

export interface ColumnsFinding extends Finding {
  /** The look-up that this schema allows; null when it allows none. */
  readonly shape: LookupShape | null;
}

/** Is every column there that the look-up reads, and visible to this user? */
export async function checkColumns(questions: Questions, settings: SchemaSettings): Promise<ColumnsFinding> {
  const rows = await questions.ask(compileColumnsQuery(mysqlBuilder()));
  const indexes = await questions.ask(compileIndexesQuery(mysqlBuilder()));
  try {
    const { shape, warnings } = checkSchema(rows.map(toColumnRow), indexes.map(toIndexRow), settings);
    if (warnings.length === 0) return { ...ok(describeComplete(shape)), shape };
    const columns = warnings.map(({ feature, column }) => `${column} (${feature})`);
    const finding = warn(
      {
        en: `Some features are off for want of a column: ${columns.join(', ')}.`,
        ru: `Без этих столбцов часть возможностей выключена: ${columns.join(', ')}.`,
      },
      verbatim(warnings.map(({ message }) => message).join(' ')),
    );
    return { ...finding, shape };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const finding = fail(
      {
        en: `The look-up lacks ${error.missing.join(', ')}.`,
        ru: `Для запроса не хватает ${error.missing.join(', ')}.`,
      },
      {
        en: 'Is this the courier database? A column without GRANT SELECT looks as if it were missing: see deploy/grants.sql.',
        ru: 'Это точно база courier? Столбец без GRANT SELECT выглядит как отсутствующий: см. deploy/grants.sql.',
      },
    );
    return { ...finding, shape: null };
  }
}

function describeComplete({ manager }: LookupShape): Text {
  const numbers = (['kurier', 'clients'] as const).filter((table) => manager[table].compare === 'as-text');
  if (numbers.length === 0) {
    return {
      en: 'Every column that a look-up reads is there.',
      ru: 'Все столбцы, которые читает запрос, на месте.',
    };
  }
  const columns = numbers.map((table) => `${table}.manager`).join(', ');
  return {
    en: `Every column that a look-up reads is there. Numbers stand in ${columns}, and text in users.user: they are compared as text, and 0 is nobody.`,
    ru: `Все столбцы, которые читает запрос, на месте. В ${columns} числа, а в users.user текст: они сравниваются как текст, 0 — никто.`,
  };
}
