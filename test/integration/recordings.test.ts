import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSource, type SourceOptions } from '../../src/recordings/sources/address.ts';
import { PATIENCE, type Patience } from '../../src/recordings/sources/deadline.ts';
import { SmallDisk } from '../chaos/parts/small-disk.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { startTcpProxy } from '../lab/databases/tcp-proxy.ts';
import { eventually } from '../lab/eventually.ts';
import { answeredCall, MORNING } from '../lab/journal/sample-calls.ts';
import { makeCertificate, startFtpServer, type FtpServer } from '../lab/recordings/ftp-server.ts';
import { startPureFtpd, type PureFtpd } from '../lab/recordings/pure-ftpd.ts';
import { spokenChannel, startRecorder, type Recorder } from '../lab/recordings/recorder.ts';
import { startSftpServer, type SftpServer } from '../lab/recordings/sftp-server.ts';
import { toneFile } from '../lab/recordings/wav.ts';

/*
 * The desk's recordings from real servers: vsftpd, plain and with TLS, pure-ftpd, and OpenSSH's SFTP. What a folder of the same
 * machine can do is in test/service/recordings.
 */

const TEN_SECONDS = toneFile(440, 10);
/** Short, since servers that stand still are waited for to the end. */
const SHORT = { stepMs: 1500, listMs: 10_000 };

const cleanups = new Cleanups();
afterEach(cleanups.run);

type RecorderOptions = NonNullable<Parameters<typeof startRecorder>[1]>;

interface Server {
  readonly folder: string;
  readonly options: () => SourceOptions;
  readonly password?: string;
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
  readonly freeze: () => void;
  readonly thaw: () => void;
}

async function collect(
  server: Server,
  options: Omit<RecorderOptions, 'source'> & { source?: Partial<SourceOptions>; patience?: Patience } = {},
): Promise<Recorder> {
  const source = openSource(
    { ...server.options(), ...options.source },
    server.password,
    options.patience ?? SHORT,
  );
  const { source: _source, patience: _patience, ...rest } = options;
  const recorder = await startRecorder(source, rest);
  cleanups.add(recorder.stop);
  return recorder;
}

function record(server: Server, name: string, bytes = TEN_SECONDS): void {
  const path = join(server.folder, name);
  cleanups.add(async () => rmSync(path, { force: true }));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

// Servers that others' work has slowed down are slow, not broken.
jest.setTimeout(180_000);

const fileOf = (id: number) => `courier-1768204800.${id}.wav`;
const callOf = (id: number) => answeredCall(id, '79161234567');

async function stateOf({ store }: Recorder, id: number): Promise<string> {
  return (await store.get(callOf(id).id))?.recordings.map(({ state }) => state).join() ?? '';
}

async function becomes(recorder: Recorder, id: number, state: string): Promise<void> {
  await eventually(
    `the recording of call ${id} is ${state}: ${recorder.told.join()}`,
    async () => (await stateOf(recorder, id)) === state,
    60_000,
  );
}

/** What a listener would get of a call. */
async function heard({ recordings, store }: Recorder, id: number): Promise<Buffer> {
  const row = await recordings.find((await store.get(callOf(id).id))?.recordings[0]?.id ?? '');
  const sound = row === undefined ? undefined : await recordings.open(row);
  if (sound === undefined) throw new Error(`Call ${id} has no sound.`);
  const bytes = await sound.file.readFile();
  await sound.file.close();
  expect(row?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  return bytes;
}

/** Bytes of the transfers that are under way. */
function partBytes({ mirrorFolder }: Recorder): number {
  const parts = join(mirrorFolder, 'parts');
  if (!existsSync(parts)) return 0;
  return readdirSync(parts).reduce((sum, name) => sum + statSync(join(parts, name)).size, 0);
}

let ftp: FtpServer;
let ftps: FtpServer;
let sftp: SftpServer;
let sftpByPassword: SftpServer;
let pureFtpd: PureFtpd;
const stops = new Cleanups();

beforeAll(async () => {
  ftp = await startFtpServer();
  stops.add(ftp.stop);
  ftps = await startFtpServer({ tls: true });
  stops.add(ftps.stop);
  sftp = await startSftpServer();
  stops.add(sftp.stop);
  sftpByPassword = await startSftpServer('пароль: 1/2 @');
  stops.add(sftpByPassword.stop);
  pureFtpd = await startPureFtpd();
  stops.add(pureFtpd.stop);
}, 300_000);
afterAll(stops.run);

const servers: Record<string, () => Server> = {
  FTP: () => ({ ...ftp, options: () => ({ source: `ftp://anonymous@127.0.0.1:${ftp.port}/files` }) }),
  FTPS: () => ({
    ...ftps,
    options: () => ({ source: `ftps://anonymous@127.0.0.1:${ftps.port}/files`, caFile: ftps.certificate }),
  }),
  SFTP: () => ({
    ...sftp,
    options: () => ({
      source: `sftp://${sftp.user}@127.0.0.1:${sftp.port}${sftp.folder}`,
      hostKey: [sftp.fingerprint()],
      keyFile: sftp.keyFile,
    }),
  }),
  'SFTP by password': () => ({
    ...sftpByPassword,
    options: () => ({
      source: `sftp://${sftpByPassword.user}@127.0.0.1:${sftpByPassword.port}${sftpByPassword.folder}`,
      hostKey: [sftpByPassword.fingerprint()],
    }),
  }),
  'FTPS of pure-ftpd, by password': () => ({
    ...pureFtpd,
    options: () => ({
      source: `ftps://${pureFtpd.user}@127.0.0.1:${pureFtpd.port}/files`,
      caFile: pureFtpd.certificate,
    }),
  }),
};

describe.each(Object.entries(servers))('%s', (name, find) => {
  let server: Server;
  beforeAll(() => {
    server = find();
  });

  test('each file goes to its call, whole, in folders and with Cyrillic names', async () => {
    const recorder = await collect(server, {
      patience: PATIENCE,
      patterns: ['courier-{uniqueid}.wav', 'Записи/{date}/{any} {uniqueid}.wav'],
    });
    await recorder.store.save([callOf(1), callOf(2), callOf(3)]);
    record(server, fileOf(1));
    record(server, 'Записи/2026-01-12/Анна, «Ёлка» 1768204800.2.wav', toneFile(880, 9));
    record(server, `${fileOf(3)}.part`);
    record(server, 'Записи/2026-01-13/Анна 1768204800.3.wav');
    recorder.recordings.add([spokenChannel(1), spokenChannel(2), spokenChannel(3)]);
    await becomes(recorder, 1, 'ready');
    await becomes(recorder, 2, 'ready');
    expect(await heard(recorder, 1)).toEqual(TEN_SECONDS);
    expect(await heard(recorder, 2)).toEqual(toneFile(880, 9));
    expect(await stateOf(recorder, 3)).toBe('');
    expect(readdirSync(join(recorder.mirrorFolder, 'parts'))).toEqual([]);
    expect(recorder.told).toEqual([]);
  });

  test('while it is down that is told once; then everything comes, once', async () => {
    const recorder = await collect(server, { patience: PATIENCE });
    await server.down();
    cleanups.add(server.up);
    await recorder.store.save([callOf(1), callOf(2)]);
    recorder.recordings.add([spokenChannel(1), spokenChannel(2)]);
    await eventually('it is told', () => recorder.told.length > 0);
    await sleep(1000);
    expect(recorder.told).toHaveLength(1);
    expect(recorder.told[0]).toMatch(/did not let us in/);
    expect(recorder.recordings.problem).toBeDefined();
    record(server, fileOf(1));
    record(server, fileOf(2));
    await server.up();
    await becomes(recorder, 1, 'ready');
    await becomes(recorder, 2, 'ready');
    expect(recorder.ready.toSorted()).toEqual([callOf(1).id, callOf(2).id]);
    expect(recorder.told.slice(1)).toEqual(['well']);
  });

  test('whose file may not be read is told, and it is taken once it may', async () => {
    // It lets us in as who runs the test, and root may read everything.
    if (name === 'SFTP' && process.getuid?.() === 0) return;
    const recorder = await collect(server);
    await recorder.store.save([callOf(1)]);
    record(server, fileOf(1));
    chmodSync(join(server.folder, fileOf(1)), 0);
    recorder.recordings.add([spokenChannel(1)]);
    await eventually('it is told', () => recorder.told.length > 0, 60_000);
    expect(recorder.told[0]).toMatch(/^This user may not read a recording: /);
    chmodSync(join(server.folder, fileOf(1)), 0o644);
    await becomes(recorder, 1, 'ready');
    const [{ id } = { id: '' }] = (await recorder.store.get(callOf(1).id))?.recordings ?? [];
    expect(await recorder.recordings.find(id)).toMatchObject({ attempts: 0 });
  });

  test('that stands still is given up after its time, and asked again', async () => {
    const recorder = await collect(server);
    await recorder.store.save([callOf(1)]);
    record(server, fileOf(1));
    server.freeze();
    cleanups.add(async () => server.thaw());
    recorder.recordings.add([spokenChannel(1)]);
    await eventually('it is told', () => recorder.told.length > 0, 60_000);
    expect(recorder.told[0]).toMatch(/did not let us in/);
    server.thaw();
    await becomes(recorder, 1, 'ready');
  });

  test('erased is what lies there, whatever it was converted to, and our copy', async () => {
    const recorder = await collect(server);
    await recorder.store.save([callOf(1)]);
    record(server, fileOf(1));
    recorder.recordings.add([spokenChannel(1)]);
    await becomes(recorder, 1, 'ready');
    rmSync(join(server.folder, fileOf(1)));
    for (const end of ['1.mp3', '1-in.wav', '10.wav']) record(server, `courier-1768204800.${end}`);
    expect(await recorder.recordings.eraseCall(callOf(1).id)).toEqual({
      recordings: 1,
      left: 0,
      unsearched: 0,
      problem: null,
    });
    const lying = readdirSync(server.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(lying.map((entry) => entry.name)).toEqual(['courier-1768204800.10.wav']);
    await expect(heard(recorder, 1)).rejects.toThrow('no sound');
    const copies = readdirSync(recorder.mirrorFolder, { recursive: true, withFileTypes: true });
    expect(copies.filter((entry) => entry.isFile())).toEqual([]);
  });
});

test.each(['SFTP by password', 'FTPS of pure-ftpd, by password'])(
  'with a wrong password nothing comes, and that is told: %s',
  async (name) => {
    const server = servers[name]?.() ?? fail();
    const recorder = await collect({ ...server, password: 'another one' });
    recorder.recordings.add([spokenChannel(1)]);
    await eventually('it is told', () => recorder.told.length > 0, 60_000);
    expect(recorder.told[0]).toMatch(/did not let us in/);
    expect(recorder.told[0]).not.toContain('another one');
  },
  180_000,
);

test.each(['FTPS', 'FTPS of pure-ftpd, by password'])(
  'of 10,000 files on a server those of our calls are taken: %s',
  async (name) => {
    const server = servers[name]?.() ?? fail();
    for (let index = 0; index < 10_000; index++)
      writeFileSync(join(server.folder, fileOf(index)), index % 100 === 0 ? toneFile(440, 0.1) : '');
    cleanups.add(async () => {
      for (let index = 0; index < 10_000; index++) rmSync(join(server.folder, fileOf(index)));
    });
    const recorder = await collect(server);
    recorder.recordings.add(Array.from({ length: 100 }, (_, index) => spokenChannel(index * 100)));
    await eventually('all are ready', () => recorder.ready.length >= 100, 150_000);
    expect(new Set(recorder.ready).size).toBe(100);
    expect(recorder.told).toEqual([]);
  },
  180_000,
);

describe('a transfer that is cut off', () => {
  const sound = toneFile(440, 30);

  test('over FTP goes on where it was', async () => {
    await ftp.down();
    await ftp.up({ rate: 200_000 });
    cleanups.add(async () => {
      await ftp.down();
      await ftp.up();
    });
    const server = servers['FTP']?.() ?? fail();
    const recorder = await collect(server);
    await recorder.store.save([callOf(1)]);
    record(server, fileOf(1), sound);
    recorder.recordings.add([spokenChannel(1, { endedAt: MORNING + 50_000 })]);
    await eventually('half of it is here', () => partBytes(recorder) > sound.length / 2);
    await ftp.down();
    const before = partBytes(recorder);
    expect(before).toBeLessThan(sound.length);
    await eventually('it is told', () => recorder.told.length > 0);
    expect(await stateOf(recorder, 1)).toBe('waiting');
    await ftp.up();
    await becomes(recorder, 1, 'ready');
    expect(await heard(recorder, 1)).toEqual(sound);
    const restarts = [...(await ftp.commands()).matchAll(/"REST (\d+)"/g)].map(([, offset]) =>
      Number(offset),
    );
    expect(Math.max(...restarts)).toBeGreaterThanOrEqual(before);
  });

  test('over FTPS of pure-ftpd likewise', async () => {
    const server = servers['FTPS of pure-ftpd, by password']?.() ?? fail();
    await pureFtpd.down();
    await pureFtpd.up({ rate: 200 });
    cleanups.add(async () => {
      await pureFtpd.down();
      await pureFtpd.up();
    });
    const recorder = await collect(server);
    await recorder.store.save([callOf(1)]);
    record(server, fileOf(1), sound);
    recorder.recordings.add([spokenChannel(1, { endedAt: MORNING + 50_000 })]);
    await eventually('half of it is here', () => partBytes(recorder) > sound.length / 2, 60_000);
    await pureFtpd.down();
    const before = partBytes(recorder);
    expect(before).toBeLessThan(sound.length);
    await eventually('it is told', () => recorder.told.length > 0);
    const seen: number[] = [];
    const watching = setInterval(() => seen.push(partBytes(recorder)), 20);
    cleanups.add(async () => clearInterval(watching));
    await pureFtpd.up({ rate: 200 });
    await becomes(recorder, 1, 'ready');
    expect(await heard(recorder, 1)).toEqual(sound);
    // Nothing of it at the end, when it has its name.
    expect(seen.filter((bytes) => bytes > 0 && bytes < before)).toEqual([]);
    expect(seen.some((bytes) => bytes > before)).toBe(true);
  }, 180_000);

  test('over SFTP likewise', async () => {
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: sftp.port });
    cleanups.add(() => proxy.stop());
    const server = servers['SFTP']?.() ?? fail();
    const source = `sftp://${sftp.user}@127.0.0.1:${proxy.port}${sftp.folder}`;
    const recorder = await collect(server, { source: { source } });
    await recorder.store.save([callOf(1)]);
    record(server, fileOf(1), sound);
    proxy.delay(20);
    recorder.recordings.add([spokenChannel(1, { endedAt: MORNING + 50_000 })]);
    await eventually('half of it is here', () => partBytes(recorder) > sound.length / 2, 60_000);
    proxy.cut();
    await eventually('it is told', () => recorder.told.length > 0);
    const before = partBytes(recorder);
    expect(before).toBeGreaterThan(sound.length / 2);
    expect(before).toBeLessThan(sound.length);
    proxy.delay(0);
    proxy.mend();
    await becomes(recorder, 1, 'ready');
    expect(await heard(recorder, 1)).toEqual(sound);
  });
});

describe('another server than before', () => {
  test('over SFTP gets nothing, and is told by its key', async () => {
    const server = servers['SFTP']?.() ?? fail();
    const known = server.options();
    await sftp.down();
    await sftp.up(true);
    const recorder = await collect(server, { source: known });
    recorder.recordings.add([spokenChannel(1)]);
    await eventually('it is told', () => recorder.told.length > 0);
    expect(recorder.told[0]).toContain(
      `has the key ${sftp.fingerprint()}, which is not in recordings.hostKey`,
    );
    const again = await collect(server, {
      source: { hostKey: [...(known.hostKey ?? []), sftp.fingerprint()] },
    });
    await again.store.save([callOf(1)]);
    record(server, fileOf(1));
    again.recordings.add([spokenChannel(1)]);
    await becomes(again, 1, 'ready');
  });

  test('over FTPS gets no password, and is told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-ca-'));
    cleanups.add(() => rm(folder, { recursive: true, force: true }));
    const caFile = join(folder, 'other.pem');
    makeCertificate(join(folder, 'key.pem'), caFile);
    const server = servers['FTPS']?.() ?? fail();
    for (const source of [{ caFile }, { caFile: undefined }]) {
      const recorder = await collect(server, { source });
      recorder.recordings.add([spokenChannel(1)]);
      await eventually('it is told', () => recorder.told.length > 0);
      expect(recorder.told[0]).toMatch(/did not let us in: .*certificate/i);
      expect((await ftps.commands()).split('CONNECT').at(-1)).not.toMatch(/command: .*"USER/);
    }
  });

  test('that does not encrypt gets no password, either', async () => {
    const server = servers['FTP']?.() ?? fail();
    const source = `ftps://anonymous:secret@127.0.0.1:${ftp.port}/files`;
    const recorder = await collect(server, { source: { source, caFile: ftps.certificate } });
    recorder.recordings.add([spokenChannel(1)]);
    await eventually('it is told', () => recorder.told.length > 0);
    expect(recorder.told[0]).toMatch(/did not let us in/);
    expect((await ftp.commands()).split('CONNECT').at(-1)).not.toMatch(/command: .*"USER/);
  });
});

test('a full disk is told, nothing half is kept, and room makes it go on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-disk-'));
  const disk = await SmallDisk.mount(folder, '1m');
  cleanups.add(async () => {
    disk.unmount();
    await rm(folder, { recursive: true, force: true });
  });
  disk.fill();
  const server = servers['FTP']?.() ?? fail();
  const recorder = await collect(server, { mirrorFolder: folder, reserve: 100_000 });
  await recorder.store.save([callOf(1), callOf(2)]);
  record(server, fileOf(1));
  recorder.recordings.add([spokenChannel(1)]);
  await eventually('it is told', () => recorder.told.length > 0);
  expect(recorder.told[0]).toMatch(/full/);
  expect(partBytes(recorder)).toBe(0);
  await sleep(500);
  expect(recorder.told).toHaveLength(1);
  disk.free();
  await becomes(recorder, 1, 'ready');
  expect(recorder.told.slice(1)).toEqual(['well']);
});

function fail(): never {
  throw new Error('There is no such server.');
}
