import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openResilientDirectory } from '../../../src/directory/open.ts';
import { SnapshotWriter } from '../../../src/directory/snapshot/snapshot.file.ts';
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
