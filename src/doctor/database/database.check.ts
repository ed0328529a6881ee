import { sql } from 'kysely';
import { describeAddress, type DatabaseAddress } from '../../directory/mysql/database-url.ts';
import { mysqlBuilder } from '../../directory/mysql/builder.ts';
import { type AdvisedCode, DatabaseProblemError } from '../../directory/mysql/mysql.errors.ts';
import { readServerVersion } from '../../directory/mysql/server-version.ts';
import { messageOf } from '../../util/errors.ts';
import { joined, type Text } from '../../util/language.ts';
import { databaseAdvice } from './advice.text.ts';
import { fail, ok, warn, type Finding } from '../check.ts';
import { textOf, type Questions } from './questions.ts';

/** The oldest versions that the look-up is made for. */
const OLDEST = { MariaDB: [10, 0], MySQL: [5, 7] } as const;

/**
 * Does the database answer, and as what?
 *
 * @param passwordFile `database.passwordFile`
 */
export async function checkDatabase(
  questions: Questions,
  address: DatabaseAddress,
  passwordFile?: string,
): Promise<Finding> {
  const startedAt = performance.now();
  try {
    const [row] = await questions.ask(sql`select version() as version`.compile(mysqlBuilder()));
    const ms = (performance.now() - startedAt).toFixed(0);
    return judgeVersion(textOf(row, 'version'), describeAddress(address), ms);
  } catch (error) {
    return judgeFailure(error, address, passwordFile);
  }
}

/** @param version such as `10.11.14-MariaDB-0+deb12u2` or `8.0.36-log` */
export function judgeVersion(version: string, where: string, ms: string): Finding {
  const { product, number } = readServerVersion(version);
  const [major = 0, minor = 0] = number.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST[product];
  const message = {
    en: `${product} ${number} at ${where} answers (${ms} ms).`,
    ru: `${product} ${number} отвечает (${where}, ${ms} мс).`,
  };
  return major > oldMajor || (major === oldMajor && minor >= oldMinor)
    ? ok(message)
    : warn(message, {
        en: `${product} ${oldMajor}.${oldMinor} or later is what it is tested for.`,
        ru: `Проверено с ${product} ${oldMajor}.${oldMinor} и новее.`,
      });
}

const MEANWHILE = {
  en: 'Until the database answers, calls get the snapshot, or ERROR and with it the operators.',
  ru: 'Пока база не отвечает, на звонки отвечает снимок, а без него — ERROR, то есть операторы.',
};

/** @param error of the driver, with what is to be done about it, or any other */
export function judgeFailure(error: unknown, address: DatabaseAddress, passwordFile?: string): Finding {
  const { problem, advice } =
    error instanceof DatabaseProblemError ? error : { problem: messageOf(error), advice: [] };
  const [, host] = /Access denied for user '[^']*'@'([^']*)'/.exec(problem) ?? [];
  const isLeft = (code: AdvisedCode) =>
    host === undefined || code === 'PERHAPS_SSL' || (code === 'NO_PASSWORD' && passwordFile === undefined);
  const remedies = [
    ...(host === undefined ? [] : [whyDenied(address, host, passwordFile)]),
    ...advice.filter(isLeft).map(databaseAdvice),
  ];
  const sentence = /[.!?]$/.test(problem) ? problem : `${problem}.`;
  return fail({ en: sentence, ru: `База не отвечает: ${sentence}` }, joined([...remedies, MEANWHILE]));
}

/** What the server's own words do not tell. @param host where the server sees us connect from */
function whyDenied({ user, password, socketPath }: DatabaseAddress, host: string, file?: string): Text {
  if (password === '' && file !== undefined) {
    return {
      en: `${file} is empty: write the password of ${user} into it.`,
      ru: `Файл ${file} пуст: впишите в него пароль пользователя ${user}.`,
    };
  }
  if (socketPath !== undefined) {
    return {
      en: `Through a socket ${user} comes from localhost. Is there a user '${user}'@'localhost'? In deploy/grants.sql write localhost for 127.0.0.1, and run it again.`,
      ru: `Через сокет ${user} приходит с localhost. Есть ли пользователь '${user}'@'localhost'? В deploy/grants.sql замените 127.0.0.1 на localhost и выполните его ещё раз.`,
    };
  }
  return {
    en: `The server sees ${user} come from ${host}. Is the password right, and is there a user '${user}'@'${host}'? deploy/grants.sql makes one.`,
    ru: `Сервер видит, что ${user} приходит с ${host}. Верен ли пароль и есть ли пользователь '${user}'@'${host}'? Его создаёт deploy/grants.sql.`,
  };
}
