import type { LoadedConfig } from '../../config/load.ts';
import { parseDatabaseUrl } from '../../directory/mysql/database-url.ts';
import type { LookupShape } from '../../directory/sql/shape.ts';
import type { Text } from '../../util/language.ts';
import { check, CHECK_NAMES, skipped, type CheckName, type CheckResult } from '../check.ts';
import { checkCodesIndex } from './codes-index.check.ts';
import { checkColumns, type ColumnsFinding } from './columns.check.ts';
import { checkContactsIndex } from './contacts-index.check.ts';
import { checkDatabase } from './database.check.ts';
import { checkContactTypes, checkStates } from './dictionaries.check.ts';
import { checkGrants } from './grants.check.ts';
import { checkNumbers } from './numbers.check.ts';
import { checkClients, checkCouriers, checkManagers, extensionsOf } from './people.check.ts';
import { countParcels, readPeople, type People } from './people.ts';
import { DatabaseQuestions, type Questions } from './questions.ts';
import { checkSample } from './sample.check.ts';

const DATABASE_CHECKS = CHECK_NAMES.slice(CHECK_NAMES.indexOf('database'), CHECK_NAMES.indexOf('dialling'));

/** What the database tells those who look elsewhere. */
export interface Discoveries {
  /** A number in contacts that a call can be tried with. */
  number: string | null;
  /** Every extension of `users.extPhone`; null when they could not be read. */
  extensions: readonly string[] | null;
}

/** The checks that ask the database. @param discoveries is filled as they go on */
export async function* diagnoseDatabase(
  { config, databasePassword }: LoadedConfig,
  discoveries: Discoveries,
): AsyncGenerator<CheckResult> {
  const { url = 'demo:', inHandStates, passwordFile } = config.database;
  if (url === 'demo:') {
    yield* skipAll(DATABASE_CHECKS, { en: 'The demo database is in use.', ru: 'Используется демо-база.' });
    return;
  }

  const address = parseDatabaseUrl(url, databasePassword);
  const questions = new DatabaseQuestions(address);
  try {
    const reachable = await check('database', () => checkDatabase(questions, address, passwordFile));
    yield reachable;
    if (reachable.state === 'fail') {
      yield* skipAll(DATABASE_CHECKS.slice(1), {
        en: 'The database cannot be asked.',
        ru: 'База недоступна.',
      });
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
    yield await check('codes index', () => checkCodesIndex(questions, config.calls !== undefined));
    yield await check('states', () => checkStates(questions, inHandStates));
    yield await check('contact types', () => checkContactTypes(questions));
    if (shape === null) {
      yield* skipAll(['numbers', 'couriers', 'managers', 'clients', 'look-up'], {
        en: 'No look-up is possible.',
        ru: 'Поиск невозможен.',
      });
      return;
    }
    yield await check('numbers', () => checkNumbers(questions, shape, config.numbers.country));
    yield* diagnosePeople(questions, shape, config, discoveries);
    yield await check('look-up', async () => {
      const { number, ...finding } = await checkSample(questions, shape, config);
      discoveries.number = number;
      return finding;
    });
  } finally {
    await questions.close();
  }
}

async function* diagnosePeople(
  questions: Questions,
  shape: LookupShape,
  config: LoadedConfig['config'],
  discoveries: Discoveries,
): AsyncGenerator<CheckResult> {
  let people: People | null = null;
  yield await check('couriers', async () => {
    people = await readPeople(questions, shape);
    discoveries.extensions = extensionsOf(people, config.numbers);
    return checkCouriers(people, await countParcels(questions, shape), config);
  });
  if (people === null) {
    yield* skipAll(['managers', 'clients'], {
      en: 'kurier, users or clients cannot be read.',
      ru: 'Таблицы kurier, users или clients не читаются.',
    });
    return;
  }
  const read: People = people;
  yield await check('managers', () => checkManagers(read, config));
  yield await check('clients', () => checkClients(read));
}

function* skipAll(names: readonly CheckName[], why: Text): Generator<CheckResult> {
  for (const name of names) yield { name, ...skipped(why) };
}
