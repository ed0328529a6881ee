import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../../../src/accounts/client.ts';
import { createApi } from '../../../src/api/api.ts';
import { readRange } from '../../../src/api/range.ts';
import { JournalStoreError } from '../../../src/journal/errors.ts';
import { FolderSource } from '../../../src/recordings/sources/folder.source.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { answeredCall, inside, outside, time } from '../../lab/journal/sample-calls.ts';
import { spokenChannel, startRecorder, type Recorder } from '../../lab/recordings/recorder.ts';
import { toneFile } from '../../lab/recordings/wav.ts';
import { client, deskApi, tokenAccounts } from './desk-api.ts';

const TOKEN = 'a-token-of-at-least-twenty-characters';
const SOUND = toneFile(440, 1);
const ANNA = '79161234567';

/** 101 answers, and hands the call on to 102. */
const CALL = answeredCall(1, ANNA, {
  talks: [
    { a: outside(ANNA), b: inside('101', 'olga'), from: time(6000), until: time(16_000) },
    { a: outside(ANNA), b: inside('102', 'pavel'), from: time(17_000), until: time(30_000) },
  ],
});

const supervisor = client({ role: 'supervisor', name: 'Ирина' });
const person = (user: string, extension: string): Client =>
  client({ kind: 'session', name: user, user, extensions: [extension] });

const cleanups = new Cleanups();
afterEach(cleanups.run);
let recorder: Recorder;
let monitor: string;
let id: string;

async function ask(path: string, who: Client, headers: Record<string, string> = {}, method = 'GET') {
  const api = createApi(
    deskApi({
      journal: { store: recorder.store } as never,
      recordings: recorder.recordings,
      accounts: tokenAccounts(() => who),
    }),
  );
  const env = { incoming: { socket: { remoteAddress: '192.0.2.7' } } };
  const init = { method, headers: { authorization: `Bearer ${TOKEN}`, ...headers } };
  const response = await api.request(path, init, env);
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}
const hear = (who: Client, headers?: Record<string, string>) => ask(`/api/recordings/${id}`, who, headers);

async function listenings(): Promise<unknown[]> {
  const { status, bytes } = await ask(`/api/calls/${CALL.id}/listenings`, supervisor);
  expect(status).toBe(200);
  return JSON.parse(bytes.toString()).listenings;
}

describe('a recording of a call', () => {
  beforeEach(async () => {
    monitor = await mkdtemp(join(tmpdir(), 'courier-agi-monitor-'));
    cleanups.add(() => rm(monitor, { recursive: true, force: true }));
    recorder = await startRecorder(new FolderSource(monitor));
    cleanups.add(recorder.stop);
    await recorder.store.save([CALL]);
    await writeFile(join(monitor, 'courier-1768204800.1.wav'), SOUND);
    recorder.recordings.add([spokenChannel(1)]);
    await eventually('it is ready', () => recorder.ready.length > 0);
    id = (await recorder.store.get(CALL.id))?.recordings[0]?.id ?? '';
  });

  describe('the sound', () => {
    test('comes whole, and says what it is', async () => {
      const { status, headers, bytes } = await hear(supervisor);
      expect(status).toBe(200);
      expect(bytes).toEqual(SOUND);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'audio/wav',
        'content-length': String(SOUND.length),
        'accept-ranges': 'bytes',
        'cache-control': 'no-store',
        'content-disposition': expect.stringMatching(
          /^inline; filename="call-2026-01-12T08-00-06-\w+\.wav"$/,
        ),
      });
    });

    test('comes in parts, as a player asks that jumps', async () => {
      const { status, headers, bytes } = await hear(supervisor, { range: 'bytes=1000-1999' });
      expect(status).toBe(206);
      expect(bytes).toEqual(SOUND.subarray(1000, 2000));
      expect(headers.get('content-range')).toBe(`bytes 1000-1999/${SOUND.length}`);
      expect((await hear(supervisor, { range: `bytes=${SOUND.length}-` })).status).toBe(416);
    });

    test('is saved when somebody wants to, and when no browser plays it', async () => {
      expect(
        (await ask(`/api/recordings/${id}?download=1`, supervisor)).headers.get('content-disposition'),
      ).toMatch(/^attachment/);
      await recorder.store.db.updateTable('recordings').set({ format: 'wav49' }).execute();
      expect((await hear(supervisor)).headers.get('content-disposition')).toMatch(/^attachment; .*\.wav"$/);
    });

    test.each([
      ['of one who spoke then', person('olga', '101'), 200],
      ['of one who has had that telephone since', person('petr', '101'), 404],
      ['of one to whom the call was handed on later', person('pavel', '102'), 404],
      ['of another operator', person('igor', '103'), 404],
      ['of a program without a person', client(), 404],
      ['of a supervisor', supervisor, 200],
    ])('is there in the ears %s: %s', async (_who, who, status) => {
      expect((await hear(who)).status).toBe(status);
    });

    test('cannot be guessed', async () => {
      for (const guess of ['1', '../../etc/passwd', `${id}x`, id.toLowerCase(), CALL.id])
        expect((await ask(`/api/recordings/${encodeURIComponent(guess)}`, supervisor)).status).toBe(404);
    });

    test('that has changed, or is erased, is not there', async () => {
      await truncate(join(monitor, 'courier-1768204800.1.wav'), 100);
      expect((await hear(supervisor)).status).toBe(409);
      await recorder.recordings.eraseCall(CALL.id);
      expect((await hear(supervisor)).status).toBe(410);
    });
  });

  describe('who listens', () => {
    test('is written down once a listening, however many parts a player asks for', async () => {
      for (const range of ['bytes=0-', 'bytes=8000-', 'bytes=100-200']) await hear(supervisor, { range });
      await Promise.all([hear(person('olga', '101')), hear(person('olga', '101'), { range: 'bytes=0-1' })]);
      expect((await listenings()).toReversed()).toEqual([
        {
          recording: id,
          at: expect.any(String),
          kind: 'token',
          name: 'Ирина',
          role: 'supervisor',
          address: '192.0.2.7',
        },
        {
          recording: id,
          at: expect.any(String),
          kind: 'session',
          name: 'olga',
          role: 'operator',
          address: '192.0.2.7',
        },
      ]);
    });

    test('is not written down when nothing is heard', async () => {
      await hear(person('igor', '103'));
      await ask(`/api/recordings/${id}`, supervisor, {}, 'HEAD');
      await hear(supervisor, { range: 'bytes=999999999-' });
      expect(await listenings()).toEqual([]);
    });

    test('hears nothing when it cannot be written down', async () => {
      jest
        .spyOn(recorder.recordings, 'noteListening')
        .mockRejectedValue(new JournalStoreError('It is full.'));
      const { status, bytes } = await hear(supervisor);
      expect(status).toBe(503);
      expect(JSON.parse(bytes.toString()).error.code).toBe('journal_away');
    });

    test('is no matter of operators', async () => {
      expect((await ask(`/api/calls/${CALL.id}/listenings`, person('olga', '101'))).status).toBe(403);
    });
  });
});

test.each([
  [undefined, 'all'],
  ['bytes=0-', [0, 99]],
  ['bytes=10-19', [10, 19]],
  ['bytes=10-1000', [10, 99]],
  ['bytes=99-', [99, 99]],
  ['bytes=-10', [90, 99]],
  ['bytes=-1000', [0, 99]],
  ['bytes=-0', 'outside'],
  ['bytes=100-', 'outside'],
  ['bytes=20-10', 'all'],
  ['bytes=0-1,5-6', 'all'],
  ['bytes=-', 'all'],
  ['items=0-1', 'all'],
] as const)('of 100 bytes %s is %j', (header, expected) => {
  expect(readRange(header, 100)).toEqual(expected);
});
