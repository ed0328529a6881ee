import type { LookupShape } from '../../directory/sql/shape.ts';
import { mysqlBuilder } from '../../directory/mysql/mysql.directory.ts';
import {
  checkSchema,
  compileColumnsQuery,
  compileIndexesQuery,
  SchemaError,
  toColumnRow,
  toIndexRow,
  type SchemaSettings,
} from '../../directory/sql/schema.ts';
import { verbatim } from '../../util/language.ts';
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
    const differing = (['kurier', 'clients'] as const)
      .filter((table) => shape.manager[table].compare === 'as-text')
      .map((table) => `${table}.manager`);
    if (warnings.length === 0)
      return {
        ...ok({
          en: `Every column that a look-up reads is there.${differing.length === 0 ? '' : ` ${differing.join(' and ')} is a number and users.user is text: they are compared as text, and 0 is nobody.`}`,
          ru: `Все столбцы, которые читает запрос, на месте.${differing.length === 0 ? '' : ` ${differing.join(' и ')} — число, а users.user — текст: они сравниваются как текст, 0 — никто.`}`,
        }),
        shape,
      };
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
