import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Match } from '../../../src/directory/match.ts';
import { SnapshotRefresher, type SnapshotEvent } from '../../../src/directory/snapshot/refresher.ts';
import type { PagedDirectory } from '../../../src/directory/snapshot/page.ts';

const MATCH: Match = { kind: 'courier', courier: 11, branch: null, manager: null };

/** Two pages of two matches each; the second one waits until it is let go. */
function slowSource() {
  let letGo = (): void => {};
  const waited = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let reached = (): void => {};
  const atSecond = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const entries = [['7916', MATCH] as const, ['7985', MATCH] as const];
  const source: PagedDirectory = {
    async readPage(after) {
      if (after === '') return { entries, next: '7985' };
      reached();
      await waited;
      return { entries, next: null };
    },
  };
  return { source, atSecond, letGo: () => letGo() };
}

function refresherOn(source: PagedDirectory, origin = '') {
  const events: SnapshotEvent[] = [];
  const refresher = new SnapshotRefresher(source, {
    origin,
    refreshSeconds: 3600,
    maxAgeSeconds: 3600,
    readOnly: false,
    onEvent: (event) => events.push(event),
    progressSeconds: 0,
  });
  return { refresher, events };
}

describe('a snapshot that is being taken', () => {
  test('tells how far it has come, until it is there', async () => {
    const { source, atSecond, letGo } = slowSource();
    const { refresher, events } = refresherOn(source);
    expect(refresher.progress()).toBeNull();
    const done = refresher.refresh();
    await atSecond;
    expect(refresher.progress()).toEqual({ matches: 2, seconds: expect.any(Number) });
    letGo();
    await done;
    expect(refresher.progress()).toBeNull();
    expect(events.map(({ kind }) => kind)).toEqual(['progress', 'progress', 'taken']);
    expect(events[1]).toMatchObject({ matches: 4 });
    await refresher.stop();
  });

  test('goes unmentioned in the log while there is one to use', async () => {
    const { source, letGo } = slowSource();
    letGo();
    const { refresher, events } = refresherOn(source);
    await refresher.refresh();
    events.length = 0;
    await refresher.refresh();
    expect(events.map(({ kind }) => kind)).toEqual(['taken']);
    await refresher.stop();
  });
});

describe('a snapshot', () => {
  const HOUR_MS = 3_600_000;
  const now = Date.now();
  const entries = [['7916', MATCH] as const];

  afterEach(() => {
    jest.useRealTimers();
  });

  test.each([
    ['as old as may be', HOUR_MS, true],
    ['older than that', HOUR_MS + 1000, false],
    ['from a moment ahead, since clocks are set right', -59_000, true],
    ['from the future', -61_000, false],
  ])('%s', async (_what, ageMs, isUsable) => {
    const { refresher } = refresherOn({ readPage: async () => ({ entries, next: null }) });
    jest.useFakeTimers({ now, doNotFake: ['performance', 'setImmediate', 'nextTick'] });
    await refresher.refresh();
    expect(refresher.current(now + ageMs) !== null).toBe(isUsable);
    await refresher.stop();
  });

  test('is taken anew soon after the clock was set back, and not before the next one is due otherwise', async () => {
    jest.useFakeTimers({ now, doNotFake: ['setImmediate', 'nextTick'] });
    let taken = 0;
    const { refresher } = refresherOn({
      readPage: async () => {
        taken += 1;
        return { entries, next: null };
      },
    });
    refresher.start();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(taken).toBe(1);
    jest.setSystemTime(now - HOUR_MS);
    expect(refresher.current()).toBeNull();
    await jest.advanceTimersByTimeAsync(1000);
    expect(taken).toBe(2);
    expect(refresher.current()).not.toBeNull();
    await jest.advanceTimersByTimeAsync(3_595_000);
    expect(taken).toBe(2);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(taken).toBe(3);
    await refresher.stop();
  });

  test('is inherited by one that replaces it for the same database, and taken anew when it is due', async () => {
    jest.useFakeTimers({ now, doNotFake: ['setImmediate', 'nextTick'] });
    let taken = 0;
    const source = {
      readPage: async () => {
        taken += 1;
        return { entries, next: null };
      },
    };
    const { refresher: old } = refresherOn(source);
    await old.refresh();
    const { refresher } = refresherOn(source);
    expect(refresher.inherit(old)).toBe(true);
    expect(refresher.current()).toBe(old.current());
    refresher.start();
    await jest.advanceTimersByTimeAsync(3_500_000);
    expect(taken).toBe(1);
    await jest.advanceTimersByTimeAsync(110_000);
    expect(taken).toBe(2);
    await Promise.all([old.stop(), refresher.stop()]);
  });

  test('of another database is not inherited', async () => {
    const { refresher: old } = refresherOn({ readPage: async () => ({ entries, next: null }) });
    await old.refresh();
    const { refresher } = refresherOn({ readPage: async () => ({ entries, next: null }) }, 'another');
    expect(refresher.inherit(old)).toBe(false);
    expect(refresher.current()).toBeNull();
    await old.stop();
  });
});
