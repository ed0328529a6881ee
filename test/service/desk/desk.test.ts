import { expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Desk, type DeskOptions } from '../../../src/desk/desk.ts';
import type { JournalStore } from '../../../src/journal/journal.store.ts';
import type { Gap } from '../../../src/journal/journal.store.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { PlayedAsterisk } from '../../../src/simulator/ami/played-asterisk.ts';
import { deferred } from '../../../src/util/deferred.ts';
import type { Call } from '../../../src/calls/call.ts';
import { eventually } from '../../lab/eventually.ts';
import { answeredCall } from '../../lab/journal/sample-calls.ts';

/*
 * Who follows, and from when on: with a lease in memory. That of a database, and real desks on it, are held by
 * test/integration/desk.test.ts.
 */

const LONG_AGO = Date.parse('2026-01-12T08:00:00Z');

/** Nobody listens there. */
const AWAY: DeskOptions['asterisks'][number] = {
  name: 'main',
  account: { host: '127.0.0.1', port: 1, username: 'desk', secret: 'change-me' },
  trunks: [],
  numbers: { country: 'RU' },
};

type Live = Awaited<ReturnType<JournalStore['live']>>;
const NOBODY: Live = { calls: [], unreadable: [] };

function setUp(options: Partial<DeskOptions> = {}, writing: Partial<Journal> = {}) {
  const lease = {
    renewedAt: LONG_AGO,
    lastHeldAt: async () => lease.renewedAt,
    take: jest.fn(async () => {
      lease.renewedAt = Date.now();
      return true;
    }),
    release: jest.fn(async (_agoMs: number) => undefined),
  };
  const live = jest.fn(async (): Promise<Live> => NOBODY);
  const gaps: Gap[] = [];
  /** As the store has it: a gap that grows takes the place of what was known of it. */
  const addGap = (gap: Gap): void => {
    const known = gaps.findIndex(({ asterisk, from }) => asterisk === gap.asterisk && from === gap.from);
    gaps.splice(known === -1 ? gaps.length : known, 1, gap);
  };
  const store = { lease: () => lease, live, gaps: async () => [...gaps] };
  const flush = jest.fn(async (_graceMs: number) => undefined);
  const journal = { addGap, start: async () => undefined, flush, store, ...writing };
  const onRole = jest.fn();
  const desk = new Desk({
    asterisks: [],
    journal: journal as unknown as Journal,
    bindings: { findMatches: async () => [], userOf: () => null },
    normalise: () => null,
    holder: 'this one',
    onStatus: jest.fn(),
    onRole,
    onProblem: jest.fn(),
    ...options,
  });
  return { desk, lease, live, gaps, flush, onRole };
}

test('a desk that is stopped while it is about to follow does not follow', async () => {
  const { desk, lease, live, onRole } = setUp();
  const read = deferred<Live>();
  live.mockReturnValueOnce(read.promise);
  desk.start();
  await sleep(1);
  const stopped = desk.stop(1000);
  read.resolve(NOBODY);
  await stopped;
  expect(onRole).not.toHaveBeenCalled();
  expect(lease.release.mock.invocationCallOrder[0]).toBeGreaterThan(
    lease.take.mock.invocationCallOrder[0] ?? 0,
  );
});

test('its gap begins where somebody last followed, even if the first try to follow fails', async () => {
  const account = { username: 'courier-agi', secret: 'change-me' };
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account });
  await asterisk.start();
  const { desk, live, gaps } = setUp({
    asterisks: [
      {
        name: 'main',
        account: { host: '127.0.0.1', port: asterisk.port, ...account },
        trunks: [],
        numbers: { country: 'RU' },
      },
    ],
  });
  live.mockRejectedValueOnce(new Error('database is locked'));
  desk.start();
  for (let wait = 0; wait < 100 && !gaps.some(({ from, until }) => from < until); wait++) await sleep(50);
  await desk.stop(1000);
  await asterisk.stop();
  expect(gaps).toEqual([expect.objectContaining({ from: LONG_AGO, reason: 'The desk did not run.' })]);
});

test('a desk that cannot follow lets another one take over, which learns since when nobody has', async () => {
  const { desk, lease, live, gaps } = setUp({
    asterisks: [AWAY],
  });
  live.mockRejectedValue(new Error('a damaged row'));
  desk.start();
  for (let turn = 0; turn < 200 && lease.release.mock.calls.length === 0; turn++) await sleep(5);
  expect(lease.release).toHaveBeenCalledTimes(1);
  expect(desk.role).toBe('starting');
  expect(gaps).toEqual([
    { asterisk: 'main', from: LONG_AGO, until: LONG_AGO, reason: 'The desk did not run.' },
  ]);
  await desk.stop(1000);
});

test('calls of an Asterisk that is configured no more are ended, and told', async () => {
  const added = jest.fn<(call: Call) => void>();
  const onProblem = jest.fn();
  const { desk, live } = setUp({ onProblem }, { add: added });
  const lasting = answeredCall(1, '79161234567', { state: 'talking', endedAt: null });
  live.mockResolvedValue({ calls: [{ ...lasting, asterisk: 'old' }], unreadable: [] });
  desk.start();
  await eventually('they are written', () => added.mock.calls.length > 0);
  await desk.stop(1000);
  expect(added.mock.calls[0]?.[0]).toMatchObject({
    id: lasting.id,
    state: 'ended',
    endedAt: lasting.startedAt,
    completeness: 'partial',
  });
  expect(onProblem.mock.calls).toEqual([
    [expect.objectContaining({ message: expect.stringContaining('1 call of "old" had not ended.') })],
  ]);
});

test('the journal is written before another desk may take over', async () => {
  const { desk, lease, flush } = setUp();
  desk.start();
  for (let turn = 0; turn < 200 && desk.role !== 'following'; turn++) await sleep(5);
  await desk.stop(1000);
  expect(flush.mock.calls[0]?.[0]).toBeGreaterThan(0);
  const [[flushed = 0], [released = 0]] = [
    flush.mock.invocationCallOrder,
    lease.release.mock.invocationCallOrder,
  ];
  expect(flushed).toBeLessThan(released);
});

test('the lease is given back as of when nobody followed any more, however long the journal takes', async () => {
  const { desk, lease, flush } = setUp();
  flush.mockImplementation(() => sleep(300, undefined));
  desk.start();
  await eventually('it follows', () => desk.role === 'following');
  await desk.stop(5000);
  expect(lease.release.mock.calls[0]?.[0]).toBeGreaterThanOrEqual(290);
});

test('a desk that ends before it follows leaves the gap that it found', async () => {
  const { desk, live, gaps } = setUp({ asterisks: [AWAY] });
  const read = deferred<Live>();
  live.mockReturnValueOnce(read.promise);
  desk.start();
  await eventually('it is about to follow', () => live.mock.calls.length > 0);
  const stopped = desk.stop(1000);
  read.resolve(NOBODY);
  await stopped;
  expect(gaps).toEqual([
    { asterisk: 'main', from: LONG_AGO, until: LONG_AGO, reason: 'The desk did not run.' },
  ]);
});

test('a journal that never answers does not keep it from stopping', async () => {
  const { desk, live, lease } = setUp();
  live.mockReturnValue(new Promise(() => {}));
  lease.release.mockReturnValue(new Promise(() => {}));
  desk.start();
  await sleep(1);
  const startedAt = performance.now();
  await desk.stop(200);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});
