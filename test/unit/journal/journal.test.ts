import { describe, expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../../src/calls/call.ts';
import { Journal, type JournalOptions } from '../../../src/journal/journal.ts';
import type { JournalStore } from '../../../src/journal/journal.store.ts';
import { answeredCall } from '../../lab/journal/sample-calls.ts';

const ANNA = '79161234567';

/** A store in memory that can be away. The real one has tests of its own; here only what the writer does counts. */
class FakeStore {
  away: string | undefined;
  readonly saved: Call[][] = [];
  readonly joined: unknown[] = [];
  readonly gaps: unknown[] = [];
  closed = false;

  #check(): void {
    if (this.away !== undefined) throw new Error(this.away);
  }
  /** Refuses calls with this word in their id, as a database does. */
  refused = 'never';
  async save(calls: readonly Call[]): Promise<readonly string[]> {
    await sleep(5);
    this.#check();
    if (calls.some(({ id }) => id.includes(this.refused)))
      throw Object.assign(new Error('Data too long'), { code: 'ER_DATA_TOO_LONG', sqlState: '22001' });
    this.saved.push([...calls]);
    return [];
  }
  async join(joined: unknown): Promise<void> {
    this.#check();
    this.joined.push([joined, this.saved.flat().map(({ id }) => id)]);
  }
  async addGap(gap: unknown): Promise<void> {
    this.#check();
    this.gaps.push(gap);
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

function setUp(options: Partial<JournalOptions> = {}) {
  const store = new FakeStore();
  const told: string[] = [];
  const onLost = jest.fn();
  const onRefused = jest.fn();
  const journal = new Journal({
    open: async () => store as unknown as JournalStore,
    onProblem: (problem) => told.push(problem),
    onBack: () => told.push('back'),
    onLost,
    onRefused,
    collectMs: 1,
    maxPauseMs: 20,
    ...options,
  });
  return { store, told, onLost, onRefused, journal };
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !condition(); turn++) await sleep(5);
  expect(condition()).toBe(true);
}

describe('the writer of the journal', () => {
  test('writes of each call the newest version, together', async () => {
    const { store, journal } = setUp();
    journal.add(answeredCall(1, ANNA, { state: 'ringing' }));
    journal.add(answeredCall(2, ANNA));
    journal.add(answeredCall(1, ANNA));
    await eventually(() => journal.waiting === 0);
    expect(store.saved).toHaveLength(1);
    expect(store.saved[0]?.map(({ state }) => state)).toEqual(['ended', 'ended']);
  });

  test('writes again what changed while it was being written', async () => {
    const { store, journal } = setUp();
    journal.add(answeredCall(1, ANNA, { state: 'talking' }));
    await sleep(4);
    journal.add(answeredCall(1, ANNA));
    await eventually(() => journal.waiting === 0);
    expect(store.saved.at(-1)?.[0]?.state).toBe('ended');
  });

  test('keeps 10,000 calls while the store is away, tells it once, and writes them later', async () => {
    const { store, told, onLost, journal } = setUp();
    store.away = 'disk full';
    for (let id = 0; id < 10_000; id++) journal.add(answeredCall(id, ANNA));
    journal.addGap({ asterisk: 'main', from: 1, until: 2, reason: 'test' });
    await eventually(() => told.length > 0);
    await sleep(60);
    expect(told).toEqual(['disk full']);
    expect(journal.problem).toBe('disk full');
    store.away = undefined;
    await eventually(() => journal.waiting === 0);
    expect(store.saved.flat()).toHaveLength(10_000);
    expect(store.gaps).toHaveLength(1);
    expect(told).toEqual(['disk full', 'back']);
    expect(onLost).not.toHaveBeenCalled();
  });

  test('never holds more than it may, and says what it lost', async () => {
    const onGap = jest.fn();
    const { store, onLost, journal } = setUp({ maxWaiting: 10, onGap });
    store.away = 'gone';
    for (let id = 0; id < 25; id++) journal.add(answeredCall(id, ANNA));
    expect(journal.waiting).toBe(10);
    expect(onLost).toHaveBeenCalledTimes(15);
    expect(journal.lost).toBe(15);
    store.away = undefined;
    await eventually(() => store.gaps.length > 0);
    expect(store.gaps).toEqual([
      {
        asterisk: 'main',
        from: Date.parse(answeredCall(0, ANNA).startedAt),
        until: Date.parse(answeredCall(14, ANNA).endedAt ?? ''),
        reason: 'The journal was away for too long: 15 calls could not be kept.',
      },
    ]);
    expect(onGap.mock.calls).toEqual([store.gaps]);
    await journal.stop(100);
  });

  test('opens a store that could not be opened at first', async () => {
    const store = new FakeStore();
    const open = jest
      .fn(async () => store as unknown as JournalStore)
      .mockRejectedValueOnce(new Error('no server'));
    const { journal, told } = setUp({ open });
    expect(() => journal.store).toThrow('being opened');
    journal.add(answeredCall(1, ANNA));
    await eventually(() => store.saved.length === 1);
    expect(told).toEqual(['no server', 'back']);
    expect(journal.store).toBe(store);
  });

  test('does not write a call any more that became a part of another one', async () => {
    const { store, journal } = setUp();
    journal.add(answeredCall(1, ANNA));
    const [gone, into] = [answeredCall(1, ANNA).id, answeredCall(2, ANNA).id];
    journal.join(gone, into);
    journal.add(answeredCall(2, ANNA));
    await eventually(() => journal.waiting === 0 && store.joined.length > 0);
    expect(store.saved.flat().map(({ id }) => id)).toEqual([answeredCall(2, ANNA).id]);
    // What hangs on the one goes over to the other, so that one is written first.
    expect(store.joined).toEqual([[{ gone, into }, [into]]]);
  });

  test('gives up the one call that the store will never take, tells it once, and writes all others', async () => {
    const { store, told, onRefused, journal } = setUp();
    for (let id = 0; id < 30; id++) journal.add(answeredCall(id, ANNA));
    journal.add(answeredCall(7, ANNA, { id: 'never' }));
    journal.addGap({ asterisk: 'main', from: 1, until: 2, reason: 'test' });
    await eventually(() => journal.waiting === 0 && store.gaps.length === 1);
    expect(store.saved.flat()).toHaveLength(30);
    expect(onRefused.mock.calls).toEqual([['never', 'Data too long']]);
    expect(journal.refused).toBe(1);
    expect(told).toEqual([]);
  });

  test('writes what waits when it is stopped, at once', async () => {
    const { store, journal } = setUp({ collectMs: 60_000 });
    journal.add(answeredCall(1, ANNA));
    await journal.stop(1000);
    expect(store.saved.flat()).toHaveLength(1);
    expect(store.closed).toBe(true);
  });

  test('says what it could not write any more at the end', async () => {
    const { store, onLost, journal } = setUp({ collectMs: 60_000 });
    store.away = 'disk full';
    journal.add(answeredCall(1, ANNA));
    journal.add(answeredCall(2, ANNA));
    await journal.flush(1000);
    await journal.stop(0);
    expect(onLost.mock.calls).toEqual([[2]]);
    expect(journal.lost).toBe(2);
  });

  test('ends in time although the store hangs', async () => {
    const { journal } = setUp({
      open: () => new Promise(() => {}),
    });
    journal.add(answeredCall(1, ANNA));
    await sleep(5);
    const startedAt = performance.now();
    await journal.stop(50);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('tells no gap without an end once another desk follows, which has told it', async () => {
    let isOvertaken = false;
    const { store, journal } = setUp({ isOvertaken: async () => isOvertaken });
    const gap = { asterisk: 'main', from: 1000, until: 1000, reason: 'It stood still.' };
    journal.addGap(gap);
    await eventually(() => store.gaps.length === 1);
    isOvertaken = true;
    journal.addGap({ ...gap, from: 2000, until: 2000 });
    journal.addGap({ ...gap, until: 3000 });
    await eventually(() => store.gaps.length === 2);
    expect(store.gaps).toEqual([gap, { ...gap, until: 3000 }]);
  });
});
