import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NO_NUMBER } from '../../../src/directory/directory.ts';
import { openResilientDirectory } from '../../../src/directory/open.ts';
import { SnapshotWriter } from '../../../src/directory/snapshot/snapshot.file.ts';
import type { SnapshotEvent } from '../../../src/directory/snapshot/refresher.ts';
import type { SnapshotEntry } from '../../../src/directory/snapshot/snapshot.ts';

const ENTRY: SnapshotEntry = ['79161000011', { kind: 'courier', courier: 11, branch: null, manager: null }];

describe('the snapshot on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'courier-agi-open-'));
  const file = join(folder, 'snapshot');

  beforeAll(async () => {
    const writer = await SnapshotWriter.create(file, 'agi@127.0.0.1:1/courier 1 client RU', Date.now());
    await writer.add([ENTRY]);
    await writer.commit();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each<[string, { country?: string; inHandStates?: number[]; url?: string }, number | null]>([
    ['answers for the database and the settings that it was taken with', {}, 1],
    ['is not used where a national number means another one', { country: 'BY' }, null],
    ['is not used where other states mean "in hand"', { inHandStates: [1, 2] }, null],
    ['is not used for another database', { url: 'mysql://agi@127.0.0.1:1/other' }, null],
  ])('%s', async (_name, { country = 'RU', ...changed }, numbers) => {
    // Nobody listens there.
    const database = {
      url: 'mysql://agi@127.0.0.1:1/courier',
      poolSize: 1,
      contactPersonClientColumn: 'client',
      inHandStates: [1],
      ...changed,
    };
    const directory = openResilientDirectory(
      database,
      { enabled: true, file, refreshSeconds: 600, maxAgeSeconds: 600, liveBudgetMs: 100 },
      {
        country,
        maxBudgetMs: 300,
        onSnapshot: () => {},
        onProblem: () => {},
        onBack: () => {},
        readOnlySnapshot: true,
      },
    );
    await directory.start();
    expect(directory.resilience?.().snapshot?.numbers ?? null).toBe(numbers);
    await directory.close();
  });
});

describe('a snapshot file of three pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'courier-agi-damaged-'));
  const file = join(folder, 'snapshot');
  afterAll(() => rmSync(folder, { recursive: true }));

  const NUMBERS = ['79161000011', '79161000012', '79161000013'] as const;

  /** Opens it without a database. */
  async function openDamaged(damage: (lines: string[]) => string[]) {
    const writer = await SnapshotWriter.create(file, 'agi@127.0.0.1:1/courier 1 client RU', Date.now());
    for (const number of NUMBERS) await writer.add([[number, ENTRY[1]]]);
    await writer.commit();
    writeFileSync(file, damage(readFileSync(file, 'utf8').trimEnd().split('\n')).join('\n'));
    const events: SnapshotEvent[] = [];
    const directory = openResilientDirectory(
      {
        url: 'mysql://agi@127.0.0.1:1/courier',
        poolSize: 1,
        contactPersonClientColumn: 'client',
        inHandStates: [1],
      },
      { enabled: true, file, refreshSeconds: 600, maxAgeSeconds: 600, liveBudgetMs: 100 },
      {
        maxBudgetMs: 300,
        onSnapshot: (event) => events.push(event),
        onProblem: () => {},
        onBack: () => {},
        readOnlySnapshot: true,
      },
    );
    await directory.start();
    const found = await Promise.all(
      NUMBERS.map((number) =>
        directory.find(number, 300).then(
          ({ matches }) => matches.length,
          (error: { code: string }) => error.code,
        ),
      ),
    );
    return { directory, events, found };
  }

  const AWAY = 'DIRECTORY_UNAVAILABLE';

  test.each<[string, (lines: string[]) => string[], (number | string)[]]>([
    ['one of which cannot be read', (lines) => lines.with(2, '[["7916\u0000'), [1, AWAY, 1]],
    ['one of which holds something else', (lines) => lines.with(2, '[7,["79161000012",null]]'), [1, AWAY, 1]],
    ['that is cut off after two', (lines) => lines.slice(0, 3), [1, 1, AWAY]],
    ['that is cut off in the third', (lines) => [...lines.slice(0, 3), '[["79161'], [1, 1, AWAY]],
    ['one of which is gone', (lines) => lines.toSpliced(1, 1), [AWAY, 1, 1]],
  ])('%s: the others answer, and nobody is called unknown', async (_name, damage, expected) => {
    const { directory, events, found } = await openDamaged(damage);
    expect(found).toEqual(expected);
    // A call would get an answer: that there is one for some is better than none.
    expect(await directory.find(NO_NUMBER, 300)).toMatchObject({ source: 'snapshot', isPartial: true });
    expect(directory.resilience?.().snapshot).toMatchObject({ numbers: 2, isPartial: true });
    expect(events).toMatchObject([
      { kind: 'file-failed', error: { code: 'SNAPSHOT_FILE', message: expect.stringMatching(/is damaged/) } },
      { kind: 'loaded', numbers: 2 },
    ]);
    await directory.close();
  });

  test('that is whole calls a number unknown that is not in it', async () => {
    const { directory, events, found } = await openDamaged((lines) => lines);
    expect(found).toEqual([1, 1, 1]);
    expect((await directory.find('79161000014', 300)).matches).toEqual([]);
    expect(directory.resilience?.().snapshot).not.toHaveProperty('isPartial');
    expect(events.map(({ kind }) => kind)).toEqual(['loaded']);
    await directory.close();
  });

  test('of which nothing can be read is no snapshot', async () => {
    const { directory, events, found } = await openDamaged((lines) => lines.slice(0, 1));
    expect(found).toEqual([AWAY, AWAY, AWAY]);
    expect(directory.resilience?.().snapshot).toBeNull();
    expect(events.map(({ kind }) => kind)).toEqual(['file-failed']);
    await directory.close();
  });
});
