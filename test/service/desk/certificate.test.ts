import { afterEach, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pino } from 'pino';
import type { Config } from '../../../src/config/config.ts';
import { ConfigError, parseConfig } from '../../../src/config/load.ts';
import { followCertificates, readDeskTls, readDoorTls } from '../../../src/desk/certificate.ts';
import { assembleDesk } from '../../../src/desk/open-desk.ts';
import { warnOfPlainHttp } from '../../../src/desk/site.ts';
import type { Door } from '../../../src/door/door.ts';
import { HttpListener } from '../../../src/net/http-listener.ts';
import { selfSigned } from '../../lab/certificate.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { startDoor } from '../door/parts.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function shownCertificate(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return raw.toString('base64');
}

/** Two files, which hold a pair at first. */
async function files(pair: { readonly cert: string; readonly key: string }) {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-certificate-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await writeFile(tls.certFile, pair.cert);
  await writeFile(tls.keyFile, pair.key);
  return tls;
}

async function startPages({ desk }: Config): Promise<{ port: number; bearer: HttpListener }> {
  const bearer = new HttpListener({
    section: 'desk',
    host: '127.0.0.1',
    port: 0,
    allow: ['127.0.0.1'],
    tls: readDeskTls(desk),
    maxConnections: 10,
    onRequest: jest.fn(),
    onRefused: jest.fn(),
    onListenerError: jest.fn(),
  });
  cleanups.add(() => bearer.stop(() => undefined));
  return { port: (await bearer.start()).port, bearer };
}

async function startGuard({ door }: Config): Promise<{ port: number; bearer: Door }> {
  const { door: bearer, port } = await startDoor(cleanups, { tls: readDoorTls(door) });
  return { port, bearer };
}

const nobody = { renew: () => undefined };

test.each(['desk', 'door'] as const)(
  'a certificate of the %s that is renewed on the disk is used, and one without its key is told',
  async (section) => {
    const [old, renewed] = await Promise.all([selfSigned('desk.test'), selfSigned('desk.test')]);
    const tls = await files(old);
    const config = parseConfig(JSON.stringify({ [section]: { tls } }), 'test');
    const { port, bearer } = await (section === 'desk' ? startPages(config) : startGuard(config));
    const before = await shownCertificate(port);

    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    const bearers = { http: nobody, door: undefined, [section === 'desk' ? 'http' : 'door']: bearer };
    const unfollow = followCertificates(config, bearers, logger, 10);
    cleanups.add(async () => unfollow());
    await writeFile(tls.certFile, renewed.cert);
    await eventually('the lack of its key is told', () => lines.join('').includes('cannot be renewed'));
    expect(await shownCertificate(port)).toBe(before);
    await writeFile(tls.keyFile, renewed.key);
    await eventually('the new one is shown', async () => (await shownCertificate(port)) !== before);
    expect(lines.join('')).toContain(`the certificate of ${section}.tls has been renewed`);
  },
);

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

const NONE = '-----BEGIN NOTHING-----\nx\n-----END NOTHING-----\n';

test.each([
  ['desk', 'an empty certificate', { cert: '' }],
  ['desk', 'an empty key', { key: '' }],
  ['desk', 'no certificate', { cert: NONE }],
  ['door', 'an empty certificate', { cert: '' }],
  ['door', 'an empty key', { key: '' }],
  ['door', 'no certificate', { cert: NONE }],
  ['door', 'no key', { key: NONE }],
] as const)('%s.tls with %s is told with the key and the file', async (section, _what, change) => {
  const tls = await files({ ...(await selfSigned('desk.test')), ...change });
  const config = parseConfig(JSON.stringify({ [section]: { tls } }), 'test');
  const read = () => (section === 'desk' ? readDeskTls(config.desk) : readDoorTls(config.door));
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(
    `${tls.certFile}: ${section}.tls: is no certificate in PEM with its key ${tls.keyFile}`,
  );
});

test('a door whose certificate is none is a mistake of the configuration, not a crash', async () => {
  const tls = await files({ ...(await selfSigned('door.test')), cert: NONE });
  const secretFile = tls.keyFile;
  const config = parseConfig(
    JSON.stringify({
      asterisk: [{ secretFile }],
      journal: { url: 'mysql://desk@127.0.0.1:1/journal' },
      door: { enabled: true, tls, accounts: [{ username: 'measoft', secretFile, allow: ['127.0.0.1'] }] },
    }),
    'test',
  );
  const assemble = () =>
    assembleDesk({ config, file: 'test', databasePassword: undefined }, pino({ level: 'silent' }));
  expect(assemble).toThrow(ConfigError);
  expect(assemble).toThrow('door.tls: is no certificate in PEM');
});
