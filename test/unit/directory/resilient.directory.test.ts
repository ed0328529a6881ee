import { setTimeout as sleep } from 'node:timers/promises';
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

const LIVE: DirectoryAnswer = { matches: [], source: 'live', ageSeconds: 0 };
const MATCH: Match = { kind: 'courier', courier: 11, manager: null };
const LOCKED = new DirectoryTimeoutError('contacts is locked');
const AWAY = new DirectoryUnavailableError('nobody answers');

function freshCopyOf(error: Error): Error {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all of them are made of a message
  const Kind = error.constructor as new (message: string) => Error;
  return new Kind(error.message);
}

/** A database whose look-ups and schema check do what the test says, and that counts the look-ups. */
class FakeDatabase implements ManagedDirectory {
  failure: Error | undefined;
  problem: string | null = null;
  sharesErrors = false;
  budgets: number[] = [];
  async start() {
    const state = this.problem === null ? ('ready' as const) : ('unavailable' as const);
    return { state, version: null, warnings: [], problem: this.problem };
  }
  async find(_number: string, budgetMs: number): Promise<DirectoryAnswer> {
    this.budgets.push(budgetMs);
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

  const open = async ({ remembers }: { remembers: boolean }) => {
    const portions = { portion: async () => ({ entries: [['7916', MATCH] as const], next: null }) };
    const options = {
      origin: '',
      refreshSeconds: 3600,
      maxAgeSeconds: 3600,
      readOnly: false,
      onEvent: () => {},
    };
    const keeper = remembers ? new SnapshotRefresher(portions, options) : null;
    await keeper?.refresh();
    directory = new ResilientDirectory({
      live: database,
      keeper,
      liveBudgetMs: 500,
      maxBudgetMs: 1500,
      onProblem: (problem) => told.push(problem),
      onBack: () => told.push('back'),
      probeEveryMs: 5,
    });
    await directory.start();
  };
  const call = (budgetMs = 1350) => directory.find('7916', budgetMs);
  const calls = async (count: number, budgetMs = 1350) => {
    const answers = [];
    for (let index = 0; index < count; index += 1)
      answers.push(await call(budgetMs).catch((error: unknown) => error));
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
    expect(directory.resilience()).toMatchObject({ breakerOpen: true, snapshot: { numbers: 1 } });
  });

  test('goes on being asked when calls that shared a statement have failed with it', async () => {
    await open({ remembers: true });
    database.failure = LOCKED;
    database.sharesErrors = true;
    await calls(5);
    expect(directory.resilience()).toMatchObject({ breakerOpen: false, problem: 'contacts is locked' });
    expect(database.budgets).toHaveLength(5);
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

  test('is not fooled by a database whose schema can be read while look-ups fail', async () => {
    await open({ remembers: true });
    database.failure = LOCKED;
    await calls(3);
    // Many probes: each checks the schema with success.
    while (database.budgets.length < 10) await sleep(5);
    expect(told).toEqual(['contacts is locked']);
    database.failure = undefined;
    while (told.length < 2) await sleep(5);
    expect(told).toEqual(['contacts is locked', 'back']);
    expect(directory.resilience().problem).toBeNull();
    expect(await call()).toEqual(LIVE);
  });

  test('tells when it fails for another reason than before', async () => {
    await open({ remembers: true });
    database.failure = LOCKED;
    await calls(3);
    database.problem = 'kurier.manager is missing';
    while (told.length < 2) await sleep(5);
    expect(told).toEqual(['contacts is locked', 'kurier.manager is missing']);
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
