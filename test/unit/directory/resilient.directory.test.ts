import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  DirectoryBusyError,
  DirectoryTimeoutError,
  DirectoryUnavailableError,
  type DirectoryAnswer,
  type ManagedDirectory,
} from '../../../src/directory/directory.ts';
import type { Match } from '../../../src/directory/match.ts';
import { ResilientDirectory } from '../../../src/directory/resilient.directory.ts';
import { SnapshotRefresher } from '../../../src/directory/snapshot/refresher.ts';
import { SchemaError } from '../../../src/directory/sql/schema.ts';
import { eventually } from '../../lab/eventually.ts';

const NUMBERS = Array.from({ length: 10 }, (_, index) => `791${index}`);
const LIVE: DirectoryAnswer = { matches: [], source: 'live', ageSeconds: 0 };
const MATCH: Match = { kind: 'courier', courier: 11, branch: null, manager: null };
const LOCKED = new DirectoryTimeoutError('contacts is locked');
const AWAY = new DirectoryUnavailableError('nobody answers');

function freshCopyOf(error: Error): Error {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all of them are made of a message
  const Kind = error.constructor as new (message: string) => Error;
  return new Kind(error.message);
}

const PROBED = '0';

/**
 * A stand-in for a database, whose look-ups and schema check do what the test says. That the real one does the same
 * under the breaker is tested in test/integration/directory-outage.test.ts.
 */
class FakeDatabase implements ManagedDirectory {
  failure: Error | undefined;
  /** This number alone fails. */
  heavy: string | undefined;
  schemaError: Error | undefined;
  asked: string[] = [];
  starts = 0;
  problem: string | null = null;
  sharesErrors = false;
  budgets: number[] = [];
  async start() {
    this.starts += 1;
    if (this.schemaError !== undefined) throw this.schemaError;
    const state = this.problem === null ? ('ready' as const) : ('unavailable' as const);
    return { state, version: null, warnings: [], problem: this.problem };
  }
  async find(number: string, budgetMs: number): Promise<DirectoryAnswer> {
    this.asked.push(number);
    if (number !== PROBED) this.budgets.push(budgetMs);
    if (number === this.heavy) throw freshCopyOf(LOCKED);
    // Each look-up has an error of its own, unless it shares its statement with others.
    if (this.failure !== undefined) throw this.sharesErrors ? this.failure : freshCopyOf(this.failure);
    return LIVE;
  }
  stats() {
    return { size: 0, used: 0, waiting: 0 };
  }
  async close() {}
}

describe('a directory on a database in trouble', () => {
  let database: FakeDatabase;
  let directory: ResilientDirectory;
  let told: string[];

  beforeEach(() => {
    database = new FakeDatabase();
    told = [];
  });
  afterEach(() => directory.close());

  const open = async ({ remembers, maxBudgetMs = 1500 }: { remembers: boolean; maxBudgetMs?: number }) => {
    const pages = {
      readPage: async () => ({ entries: NUMBERS.map((number) => [number, MATCH] as const), next: null }),
    };
    const options = {
      origin: '',
      refreshSeconds: 3600,
      maxAgeSeconds: 3600,
      readOnly: false,
      onEvent: () => {},
    };
    const refresher = remembers ? new SnapshotRefresher(pages, options) : null;
    await refresher?.refresh();
    directory = new ResilientDirectory({
      live: database,
      refresher,
      liveBudgetMs: 500,
      maxBudgetMs,
      onProblem: (problem) => told.push(problem),
      onBack: () => told.push('back'),
      probeEveryMs: 5,
    });
    await directory.start();
  };
  const call = (budgetMs = 1350, number = '7916') => directory.find(number, budgetMs);
  const calls = async (count: number, budgetMs = 1350) => {
    const answers = [];
    for (let index = 0; index < count; index += 1)
      answers.push(await call(budgetMs, `791${index}`).catch((error: unknown) => error));
    return answers;
  };

  test('asks it with a shorter budget when there is a snapshot to fall back on', async () => {
    await open({ remembers: true });
    await call();
    await directory.close();
    await open({ remembers: false });
    await call();
    expect(database.budgets).toEqual([500, 1350]);
  });

  test('answers from the snapshot, then without asking', async () => {
    await open({ remembers: true });
    database.failure = AWAY;
    database.problem = AWAY.message;
    const answers = await calls(5);
    const remembered = { matches: [MATCH], source: 'snapshot', ageSeconds: 0 };
    const asked = { ...remembered, liveError: 'DIRECTORY_UNAVAILABLE' };
    const notAsked = { ...remembered, liveError: 'BREAKER_OPEN' };
    expect(answers).toEqual([asked, asked, asked, notAsked, notAsked]);
    expect(database.budgets).toHaveLength(3);
    expect(told).toEqual(['nobody answers']);
    expect(directory.resilience()).toMatchObject({ breakerOpen: true, snapshot: { numbers: 10 } });
  });

  test('goes on being asked when calls that shared a statement have failed with it', async () => {
    await open({ remembers: true });
    database.failure = LOCKED;
    database.sharesErrors = true;
    await calls(5);
    expect(directory.resilience()).toMatchObject({ breakerOpen: false, problem: 'contacts is locked' });
    expect(database.budgets).toHaveLength(5);
  });

  test('goes on being asked when two statements have failed, whose calls learn of it in turn', async () => {
    await open({ remembers: true });
    database.sharesErrors = true;
    for (const number of NUMBERS.slice(0, 6)) {
      database.failure = Number(number) % 2 === 0 ? LOCKED : AWAY;
      await call(1350, number);
    }
    expect(directory.resilience()).toMatchObject({ breakerOpen: false });
    expect(database.budgets).toHaveLength(6);
  });

  test('is told of from the first failure on, until a look-up is answered', async () => {
    await open({ remembers: true });
    expect(directory.resilience()).toMatchObject({ breakerOpen: false, problem: null });
    database.failure = LOCKED;
    expect(await call()).toMatchObject({ source: 'snapshot', liveError: 'DIRECTORY_TIMEOUT' });
    expect(directory.resilience()).toMatchObject({ breakerOpen: false, problem: 'contacts is locked' });
    database.failure = undefined;
    expect(await call()).toEqual(LIVE);
    expect(directory.resilience()).toMatchObject({ breakerOpen: false, problem: null });
  });

  test('without a snapshot fails at once and says why', async () => {
    await open({ remembers: false });
    database.failure = AWAY;
    database.problem = AWAY.message;
    await calls(3);
    await expect(call()).rejects.toThrow(/no snapshot that is new enough.*nobody answers/);
    expect(database.budgets).toHaveLength(3);
  });

  test('is not fooled by a database whose schema can be read while look-ups fail, and tells each change once', async () => {
    await open({ remembers: true });
    database.failure = LOCKED;
    await calls(3);
    await eventually('many probes', () => database.asked.filter((number) => number === PROBED).length > 10);
    expect(told).toEqual(['contacts is locked']);
    // The schema is not even asked for, or each probe would tell that the database is ready.
    expect(database.starts).toBe(1);
    database.failure = undefined;
    await eventually('back', () => told.length === 2);
    expect(told).toEqual(['contacts is locked', 'back']);
    expect(database.starts).toBe(2);
    expect(directory.resilience().problem).toBeNull();
    expect(await call()).toEqual(LIVE);
  });

  test('that comes back with another schema is not asked', async () => {
    await open({ remembers: true });
    database.failure = LOCKED;
    await calls(3);
    database.schemaError = new SchemaError('kurier.manager is missing', ['kurier.manager']);
    database.failure = undefined;
    await eventually('told', () => told.length >= 3);
    expect(told.slice(0, 3)).toEqual(['contacts is locked', 'back', 'kurier.manager is missing']);
  });

  test('tells when it fails for another reason than before', async () => {
    await open({ remembers: true });
    database.failure = LOCKED;
    await calls(3);
    database.failure = AWAY;
    await eventually('told', () => told.length === 2);
    expect(told).toEqual(['contacts is locked', 'nobody answers']);
  });

  test('is told of once for each reason, whatever the figures and however often they change', async () => {
    await open({ remembers: true });
    database.failure = new DirectoryTimeoutError('no answer within 490 ms');
    await calls(3);
    for (const failure of [AWAY, new DirectoryTimeoutError('no answer within 500 ms'), AWAY]) {
      database.failure = failure;
      const probes = database.asked.length;
      await eventually('two probes more', () => database.asked.length >= probes + 2);
    }
    expect(told).toEqual(['no answer within 490 ms', 'nobody answers']);
  });

  test('is not shut to everybody for one number that takes too long', async () => {
    await open({ remembers: true });
    database.heavy = '7916';
    for (let index = 0; index < 20; index += 1) {
      expect(await call()).toMatchObject({ source: 'snapshot', liveError: 'DIRECTORY_TIMEOUT' });
      await new Promise(setImmediate);
    }
    expect(await call(1350, '7915')).toEqual(LIVE);
    expect(told).toEqual([]);
  });

  test('is shut when nobody but one number calls, and the probe fails as well', async () => {
    await open({ remembers: true });
    database.failure = LOCKED;
    for (let index = 0; index < 3; index += 1) await call();
    await eventually('told', () => told.length > 0);
    expect(told).toEqual(['contacts is locked']);
  });

  test('that lacks a column at the start is not asked, as long as there is a snapshot', async () => {
    database.schemaError = new SchemaError('kurier.manager is missing', ['kurier.manager']);
    await open({ remembers: true });
    expect(told).toEqual(['kurier.manager is missing']);
    expect(await call()).toMatchObject({ source: 'snapshot', liveError: 'BREAKER_OPEN' });
    expect(directory.resilience()).toMatchObject({ breakerOpen: true, problem: 'kurier.manager is missing' });
    await directory.close();
    await expect(open({ remembers: false })).rejects.toThrow(SchemaError);
  });

  test.each([
    ['a look-up that had hardly any time', new DirectoryTimeoutError('too late'), 100],
    ['more calls than it manages', new DirectoryBusyError('busy'), 1350],
  ])('does not blame it for %s', async (_case, failure, budgetMs) => {
    await open({ remembers: true });
    database.failure = failure;
    await calls(10, budgetMs);
    expect(database.budgets).toHaveLength(10);
    expect(told).toEqual([]);
  });

  test('is blamed for a look-up that had half of the longest budget, be it shorter than liveBudgetMs', async () => {
    await open({ remembers: false, maxBudgetMs: 400 });
    database.failure = LOCKED;
    await calls(3, 199);
    expect(told).toEqual([]);
    await calls(3, 200);
    expect(told).toEqual(['contacts is locked']);
  });

  test('is not asked with so little time that the answer would come too late', async () => {
    await open({ remembers: true });
    expect(await call(19)).toMatchObject({ source: 'snapshot', liveError: 'DIRECTORY_TIMEOUT' });
    await directory.close();
    await open({ remembers: false });
    await expect(call(19)).rejects.toThrow('Only 19 ms are left for the look-up.');
    expect(database.budgets).toEqual([]);
  });

  test('that is away at the start is not asked by callers', async () => {
    database.problem = 'nobody answers';
    database.failure = AWAY;
    await open({ remembers: true });
    expect(await call()).toMatchObject({ source: 'snapshot' });
    expect(told).toEqual(['nobody answers']);
  });
});
