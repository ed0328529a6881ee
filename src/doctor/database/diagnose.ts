import type { LoadedConfig } from '../../config/load.ts';
import { parseDatabaseUrl } from '../../directory/mysql/database-url.ts';
import { check, CHECK_NAMES, skipped, type CheckName, type CheckResult } from '../check.ts';
import { checkColumns, type ColumnsFinding } from './columns.check.ts';
import { checkContactsIndex } from './contacts-index.check.ts';
import { checkDatabase } from './database.check.ts';
import { checkContactTypes, checkStates } from './dictionaries.check.ts';
import { checkGrants } from './grants.check.ts';
import { checkNumbers } from './numbers.check.ts';
import { DatabaseQuestions } from './questions.ts';
import { checkSample } from './sample.check.ts';

const DATABASE_CHECKS = CHECK_NAMES.slice(CHECK_NAMES.indexOf('database'), CHECK_NAMES.indexOf('dialling'));

/**
 * The checks that ask the database.
 *
 * @param onNumber told of a number in contacts that a call can be tried with
 */
export async function* diagnoseDatabase(
  { config, databasePassword }: LoadedConfig,
  onNumber: (number: string) => void,
): AsyncGenerator<CheckResult> {
  const { url = 'demo:', inHandStates } = config.database;
  if (url === 'demo:') {
    yield* skipAll(DATABASE_CHECKS, 'The demo database is in use.');
    return;
  }

  const address = parseDatabaseUrl(url, databasePassword);
  const questions = new DatabaseQuestions(address);
  try {
    const reachable = await check('database', () => checkDatabase(questions, address));
    yield reachable;
    if (reachable.state === 'fail') {
      yield* skipAll(DATABASE_CHECKS.slice(1), 'The database cannot be asked.');
      return;
    }
    yield await check('grants', () => checkGrants(questions));
    let columns: ColumnsFinding | undefined;
    yield await check('columns', async () => {
      columns = await checkColumns(questions, config.database);
      return columns;
    });
    const shape = columns?.shape ?? null;
    yield await check('contacts index', () => checkContactsIndex(questions));
    yield await check('states', () => checkStates(questions, inHandStates));
    yield await check('contact types', () => checkContactTypes(questions));
    if (shape === null) {
      yield* skipAll(['numbers', 'look-up'], 'No look-up is possible.');
      return;
    }
    yield await check('numbers', () => checkNumbers(questions, config.numbers.country));
    yield await check('look-up', async () => {
      const { number, ...finding } = await checkSample(questions, shape, config);
      if (number !== null) onNumber(number);
      return finding;
    });
  } finally {
    await questions.close();
  }
}

function* skipAll(names: readonly CheckName[], why: string): Generator<CheckResult> {
  for (const name of names) yield { name, ...skipped(why) };
}
