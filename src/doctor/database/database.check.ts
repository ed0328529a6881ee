import { sql } from 'kysely';
import { describeAddress, type DatabaseAddress } from '../../directory/mysql/database-url.ts';
import { mysqlBuilder } from '../../directory/mysql/mysql.directory.ts';
import { fail, ok, warn, type Finding } from '../check.ts';
import { textOf, type Questions } from './questions.ts';

/** The oldest versions that the look-up is made for. */
const OLDEST = { MariaDB: [10, 0], MySQL: [5, 7] } as const;

/** Does the database answer, and as what? */
export async function checkDatabase(questions: Questions, address: DatabaseAddress): Promise<Finding> {
  const startedAt = performance.now();
  try {
    const [row] = await questions.ask(sql`select version() as version`.compile(mysqlBuilder()));
    const ms = performance.now() - startedAt;
    return judgeVersion(textOf(row, 'version'), `${describeAddress(address)} answers (${ms.toFixed(0)} ms)`);
  } catch (error) {
    return fail(
      error instanceof Error ? error.message : String(error),
      'Until the database answers, calls get the snapshot, or ERROR and with it the operators.',
    );
  }
}

/** @param version such as `10.11.14-MariaDB-0+deb12u2` or `8.0.36-log` */
export function judgeVersion(version: string, answer: string): Finding {
  const product = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  const [number = ''] = version.split('-', 1);
  const [major = 0, minor = 0] = number.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST[product];
  const message = `${product} ${number} at ${answer}.`;
  return major > oldMajor || (major === oldMajor && minor >= oldMinor)
    ? ok(message)
    : warn(message, `${product} ${oldMajor}.${oldMinor} or later is what it is tested for.`);
}
