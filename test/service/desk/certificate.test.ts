import { afterEach, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { parseConfig } from '../../../src/config/load.ts';
import { followCertificate, readTls, warnOfPlainHttp } from '../../../src/desk/site.ts';
import { HttpListener } from '../../../src/net/http-listener.ts';
import { selfSigned } from '../../lab/certificate.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function shownCertificate(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return raw.toString('base64');
}

test('a certificate that is renewed on the disk is used, and one without its key is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-certificate-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const [old, renewed] = await Promise.all([selfSigned('desk.test'), selfSigned('desk.test')]);
  await writeFile(tls.certFile, old.cert);
  await writeFile(tls.keyFile, old.key);
  const { desk } = parseConfig(JSON.stringify({ desk: { tls } }), 'test');
  const http = new HttpListener({
    section: 'desk',
    host: '127.0.0.1',
    port: 0,
    allow: ['127.0.0.1'],
    tls: readTls(desk),
    maxConnections: 10,
    onRequest: jest.fn(),
    onRefused: jest.fn(),
    onListenerError: jest.fn(),
  });
  const { port } = await http.start();
  cleanups.add(() => http.stop(() => undefined));
  const before = await shownCertificate(port);

  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const unfollow = followCertificate(desk, http, logger, 10);
  cleanups.add(async () => unfollow());
  await writeFile(tls.certFile, renewed.cert);
  await eventually('the lack of its key is told', () => lines.join('').includes('cannot be renewed'));
  expect(await shownCertificate(port)).toBe(before);
  await writeFile(tls.keyFile, renewed.key);
  await eventually('the new one is shown', async () => (await shownCertificate(port)) !== before);
  expect(lines.join('')).toContain('has been renewed');
});

test.each([
  [{}, false],
  [{ host: '::1' }, false],
  [{ host: '0.0.0.0' }, true],
  [{ host: '10.0.0.5' }, true],
  [{ host: '0.0.0.0', publicUrl: 'https://desk.example' }, false],
  [{ host: '0.0.0.0', publicUrl: 'http://desk.example' }, true],
])('%j is warned of: %p', (section, isWarned) => {
  const lines: string[] = [];
  const { desk } = parseConfig(JSON.stringify({ desk: section }), 'test');
  warnOfPlainHttp(desk, pino({}, { write: (line: string) => void lines.push(line) }));
  expect(lines).toHaveLength(isWarned ? 1 : 0);
});

test.each(['cert', 'key'] as const)('an empty file of the %s is no certificate', async (which) => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-certificate-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const pair = { ...(await selfSigned('desk.test')), [which]: '' };
  await writeFile(tls.certFile, pair.cert);
  await writeFile(tls.keyFile, pair.key);
  const { desk } = parseConfig(JSON.stringify({ desk: { tls } }), 'test');
  expect(() => readTls(desk)).toThrow(/desk\.tls: is no certificate/);
});
