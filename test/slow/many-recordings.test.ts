import { afterEach, expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChannelsStore } from '../../src/recordings/channels.store.ts';
import { FolderSource } from '../../src/recordings/sources/folder.source.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { spokenChannel, startRecorder } from '../lab/recordings/recorder.ts';
import { toneFile } from '../lab/recordings/wav.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

test('a source with 10,000 files gives each to its call, once', async () => {
  const count = 10_000;
  const monitor = mkdtempSync(join(tmpdir(), 'courier-agi-monitor-'));
  cleanups.add(() => rm(monitor, { recursive: true, force: true }));
  const sound = toneFile(440, 0.01);
  for (let index = 0; index < count; index++)
    writeFileSync(join(monitor, `courier-1768204800.${index}.wav`), sound);
  const { recordings, ready, told, stop } = await startRecorder(new FolderSource(monitor));
  cleanups.add(stop);
  recordings.add(Array.from({ length: count / 5 }, (_, index) => spokenChannel(index * 5)));
  await eventually('all are ready', () => ready.length >= count / 5, 60_000);
  expect(new Set(ready).size).toBe(count / 5);
  expect(told).toEqual([]);
}, 90_000);

test('after days without a source the oldest calls get theirs, too, though most calls have none', async () => {
  const count = 20_100;
  const monitor = mkdtempSync(join(tmpdir(), 'courier-agi-monitor-'));
  cleanups.add(() => rm(monitor, { recursive: true, force: true }));
  writeFileSync(join(monitor, 'courier-1768204800.1.wav'), toneFile(440, 0.01));
  let isFollowing = false;
  const options = { isFollowing: () => isFollowing };
  const { recordings, store, ready, stop } = await startRecorder(new FolderSource(monitor), options);
  cleanups.add(stop);
  const channels = new ChannelsStore(store.connections);
  await channels.keepChannels(Array.from({ length: count }, (_, index) => spokenChannel(index)));
  isFollowing = true;
  await eventually('the second one is ready', () => ready.length === 1, 30_000);
  expect(ready).toEqual([spokenChannel(1).call]);
  expect(recordings.problem).toBeUndefined();
}, 90_000);
