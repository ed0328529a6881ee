import { sql } from 'kysely';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import type { Row } from '../../directory/mysql/query.pool.ts';
import { joined } from '../../util/language.ts';
import { ok, warn, type Finding } from '../check.ts';
import { textOf, type Questions } from './questions.ts';

/** What a user who only looks numbers up has. */
const HARMLESS = new Set(['USAGE', 'SELECT', 'SHOW VIEW', 'SHOW DATABASES']);

const REMEDY = {
  en: 'Give the server a user of its own: deploy/grants.sql grants what it reads, and nothing else.',
  ru: 'Заведите серверу отдельного пользователя: deploy/grants.sql даёт право на то, что он читает, и ни на что больше.',
};

/** Columns with secrets: the vendor keeps passwords beside what is needed. */
const SECRET_COLUMN = /pass|pwd|secret|token/i;

const db = mysqlBuilder();

const COLUMN_PRIVILEGES =
  sql`select table_name as tableName, column_name as columnName, privileges as privileges
  from information_schema.columns where table_schema = database()`.compile(db);

/** Too few rights show as missing columns; these are those that are too many. */
export async function checkGrants(questions: Questions): Promise<Finding> {
  const grants = await questions.ask(sql`show grants`.compile(db));
  const columns = await questions.ask(COLUMN_PRIVILEGES);
  return judgeGrants(
    grants.map((row) => textOf(row, Object.keys(row)[0] ?? '')),
    columns,
  );
}

/**
 * @param grants lines of `SHOW GRANTS`
 * @param columns of information_schema.columns, whose PRIVILEGES are those of the one who asks
 */
export function judgeGrants(grants: readonly string[], columns: readonly Row[]): Finding {
  const excess = [...new Set(grants.flatMap(privilegesOf))].filter((name) => !HARMLESS.has(name));
  const secrets = columns
    .filter((row) => SECRET_COLUMN.test(textOf(row, 'columnName')))
    .filter((row) => /\bselect\b/i.test(textOf(row, 'privileges')))
    .map((row) => `${textOf(row, 'tableName')}.${textOf(row, 'columnName')}`);

  const problems = [
    ...(excess.length > 0
      ? [
          {
            en: `may do more than read: ${excess.join(', ')}`,
            ru: `может не только читать: ${excess.join(', ')}`,
          },
        ]
      : []),
    ...(secrets.length > 0
      ? [
          {
            en: `can read passwords: ${secrets.join(', ')}`,
            ru: `видит пароли: ${secrets.join(', ')}`,
          },
        ]
      : []),
  ];
  if (problems.length === 0) {
    return ok({
      en: 'The database user may read, and reads no password.',
      ru: 'Пользователь базы может только читать и не видит паролей.',
    });
  }
  const { en, ru } = { en: joined(problems, '; it ').en, ru: joined(problems, '; он ').ru };
  return warn({ en: `The database user ${en}.`, ru: `Пользователь базы ${ru}.` }, REMEDY);
}

/**
 * The names in `GRANT SELECT (code, manager), INSERT ON …`; none for a granted role, whose own line follows
 * or shows in the columns.
 */
function privilegesOf(grant: string): string[] {
  const [, list = '', rest = ''] = /^GRANT (.+?) ON (.*)$/is.exec(grant) ?? [];
  // A fresh MariaDB lets everybody do everything in databases named test.
  if (/^`test(?:\\_%)?`\./.test(rest)) return [];
  const names = list.replaceAll(/\([^)]*\)/g, '').split(',');
  if (/WITH GRANT OPTION/i.test(rest)) names.push('GRANT OPTION');
  return names.map((name) => name.trim().toUpperCase()).filter((name) => name !== '' && name !== 'PROXY');
}
