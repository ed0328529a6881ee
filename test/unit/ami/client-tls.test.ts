import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { AmiClientOptions } from '../../../src/ami/options.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { FakeAmi, type FakeAmiOptions } from './fake-ami.ts';
import { WatchedClient } from './watched-client.ts';

const cleanups = new Cleanups();
let folder: string;
let tls: { readonly key: string; readonly cert: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-tls-'));
  const files = [join(folder, 'key.pem'), join(folder, 'cert.pem')] as const;
  const certificate = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  const name = ['-subj', '/CN=asterisk.test', '-addext', 'subjectAltName=DNS:asterisk.test'];
  await promisify(execFile)('openssl', [
    'req',
    ...certificate,
    ...name,
    '-keyout',
    files[0],
    '-out',
    files[1],
  ]);
  tls = { key: await readFile(files[0], 'utf8'), cert: await readFile(files[1], 'utf8') };
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(cleanups.run);

async function watch(server: FakeAmiOptions, options: Partial<AmiClientOptions>): Promise<WatchedClient> {
  const ami = await new FakeAmi(server).start();
  cleanups.add(() => ami.stop());
  const watched = new WatchedClient(ami.port, options);
  cleanups.add(() => watched.client.stop());
  return watched;
}

test('a certificate that it was given', async () => {
  const watched = await watch({ tls }, { tls: { ca: tls.cert, serverName: 'asterisk.test' } });
  await watched.ready();
  expect((await watched.client.action('Ping')).get('Ping')).toBe('Pong');
});

test('a certificate that nobody vouches for', async () => {
  const { code, message } = await (await watch({ tls }, { tls: { serverName: 'asterisk.test' } })).problem();
  expect(code).toBe('AMI_TLS');
  expect(message).toMatch(/signed by itself: give it to the client as authority/);
});

test('a certificate of another name', async () => {
  const { code, message } = await (await watch({ tls }, { tls: { ca: tls.cert } })).problem();
  expect(code).toBe('AMI_TLS');
  expect(message).toMatch(/made out to another name/);
});

test('the plain port in place of that of TLS', async () => {
  const { code, message } = await (await watch({}, { tls: { ca: tls.cert } })).problem();
  expect(code).toBe('AMI_TLS');
  expect(message).toMatch(/tlsbindaddr/);
});

test('the port of TLS in place of the plain one', async () => {
  const { code, message } = await (await watch({ tls }, { timing: { greetingMs: 50 } })).problem();
  expect(code).toBe('AMI_TIMEOUT');
  expect(message).toMatch(/switch tls on/);
});
