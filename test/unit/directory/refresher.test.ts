import { describe, expect, test } from '@jest/globals';
import type { Match } from '../../../src/directory/match.ts';
import { SnapshotRefresher, type SnapshotEvent } from '../../../src/directory/snapshot/refresher.ts';
import type { PagedDirectory } from '../../../src/directory/snapshot/page.ts';

const MATCH: Match = { kind: 'courier', courier: 11, manager: null };

/** Two portions of two matches each; the second one waits until it is let go. */
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
    async portion(after) {
      if (after === '') return { entries, next: '7985' };
      reached();
      await waited;
      return { entries, next: null };
    },
  };
  return { source, atSecond, letGo: () => letGo() };
}

function keeperOn(source: PagedDirectory) {
  const events: SnapshotEvent[] = [];
  const keeper = new SnapshotRefresher(source, {
    origin: '',
    refreshSeconds: 3600,
    maxAgeSeconds: 3600,
    readOnly: false,
    onEvent: (event) => events.push(event),
    progressSeconds: 0,
  });
  return { keeper, events };
}

describe('a snapshot that is being taken', () => {
  test('tells how far it has come, until it is there', async () => {
    const { source, atSecond, letGo } = slowSource();
    const { keeper, events } = keeperOn(source);
    expect(keeper.taking()).toBeNull();
    const done = keeper.refresh();
    await atSecond;
    expect(keeper.taking()).toEqual({ matches: 2, seconds: expect.any(Number) });
    letGo();
    await done;
    expect(keeper.taking()).toBeNull();
    expect(events.map(({ kind }) => kind)).toEqual(['progress', 'progress', 'taken']);
    expect(events[1]).toMatchObject({ matches: 4 });
    await keeper.stop();
  });

  test('goes unmentioned in the log while there is one to use', async () => {
    const { source, letGo } = slowSource();
    letGo();
    const { keeper, events } = keeperOn(source);
    await keeper.refresh();
    events.length = 0;
    await keeper.refresh();
    expect(events.map(({ kind }) => kind)).toEqual(['taken']);
    await keeper.stop();
  });
});
