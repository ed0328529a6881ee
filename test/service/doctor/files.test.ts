import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig, parseConfig } from '../../../src/config/load.ts';
import { checkFiles as checkFilesIn } from '../../../src/doctor/files.check.ts';
import type { ServiceUser } from '../../../src/doctor/service-user.ts';
import { closedAbove } from '../../../src/doctor/way.ts';
import { selfSigned } from '../../lab/certificate.ts';
import { inEnglish } from './in-english.ts';

const checkFiles = inEnglish(checkFilesIn);

let real: Awaited<ReturnType<typeof selfSigned>>;
let folder: string;
let owner: ServiceUser;
const stranger: ServiceUser = { name: 'courier-agi', uid: 54_321, gids: [54_321] };

beforeAll(async () => {
  real = await selfSigned('desk.test');
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-doctor-'));
  chmodSync(folder, 0o755);
  owner = { name: 'owner', uid: statSync(folder).uid, gids: [] };
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @returns the path of a file with that text */
function write(name: string, text = 'secret', mode = 0o640): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
  return path;
}

function examine(sections: object, user = owner) {
  const config = parseConfig(JSON.stringify(sections), 'test');
  return checkFiles({ config, file: null, databasePassword: undefined }, user);
}

const asterisk = () => ({ secretFile: write('ami-secret') });

describe('a file that is named and not there', () => {
  const gone = '/nowhere/file';
  const openId = {
    publicUrl: 'https://desk.example',
    openId: { issuer: 'https://login.example', clientId: 'desk', clientSecretFile: gone },
  };

  test.each([
    ['asterisk.0.secretFile', { asterisk: { secretFile: gone } }],
    ['asterisk.0.cdrPasswordFile', { asterisk: { cdrPasswordFile: gone } }],
    ['journal.passwordFile', { journal: { passwordFile: gone } }],
    ['desk.tls.certFile', { desk: { tls: { certFile: gone, keyFile: gone } } }],
    ['desk.openId.clientSecretFile', { desk: openId }],
    ['desk.database.passwordFile', { desk: { database: { url: 'mysql://u@h/d', passwordFile: gone } } }],
    ['feeds.0.secretFile', { feeds: [{ url: 'https://crm.example', secretFile: gone }] }],
    ['recordings.caFile', { recordings: { source: 'ftps://u@h/', caFile: gone } }],
    [
      'door.accounts.0.secretFile',
      { door: { enabled: true, accounts: [{ username: 'a', allow: ['127.0.0.1'], secretFile: gone }] } },
    ],
  ])('%s fails', (key, sections) => {
    expect(examine({ asterisk: asterisk(), ...sections })).toMatchObject({
      state: 'fail',
      message: expect.stringContaining(`${key} ${gone}`),
    });
  });

  test('is of no importance where nothing reads it', () => {
    const accounts = [{ username: 'a', allow: ['127.0.0.1'], secretFile: gone }];
    expect(examine({ asterisk: asterisk(), door: { accounts } })).toMatchObject({ state: 'ok' });
    // Without an Asterisk there is no desk.
    expect(examine({ journal: { passwordFile: gone } })).toMatchObject({ state: 'ok' });
  });

  test('is none that the desk makes itself', () => {
    expect(examine({ asterisk: asterisk(), desk: { usersFile: gone, tokensFile: gone } })).toMatchObject({
      state: 'ok',
    });
  });
});

describe('a certificate', () => {
  const tls = (cert: string, key: string) => ({
    certFile: write('desk.crt', cert),
    keyFile: write('desk.key', key),
  });
  const account = () => ({ username: 'a', allow: ['127.0.0.1'], secretFile: write('door-secret') });

  test.each([
    ['that is one is in order', {}, 'ok'],
    ['that is none fails', { cert: 'no certificate' }, 'fail'],
    ['whose key is none fails', { key: 'no key' }, 'fail'],
    ['that is empty fails', { cert: '' }, 'fail'],
  ])('%s', (_what, changes, state) => {
    const { cert, key } = { ...real, ...changes };
    expect(examine({ asterisk: asterisk(), desk: { tls: tls(cert, key) } })).toMatchObject({ state });
    const door = { enabled: true, accounts: [account()], tls: tls(cert, key) };
    expect(examine({ asterisk: asterisk(), door })).toMatchObject({ state });
  });
});

test.each([
  ['', 'holds no secret'],
  ['whsec_!', 'is no base64'],
])('a secret of a feed that is %j signs nothing', (secret, problem) => {
  const feeds = [{ url: 'https://crm.example', secretFile: write('feed-secret', secret) }];
  expect(examine({ asterisk: asterisk(), feeds })).toMatchObject({
    state: 'fail',
    message: expect.stringContaining(problem),
  });
});

describe('a folder above that the service may not enter', () => {
  test('is found however far up, and behind a link', () => {
    const path = write('archive/desk/cert.pem');
    mkdirSync(join(folder, 'live'));
    symlinkSync(path, join(folder, 'live', 'cert.pem'));
    expect(closedAbove(join(folder, 'live', 'cert.pem'), stranger)).toBeUndefined();
    chmodSync(join(folder, 'archive'), 0o700);
    expect(closedAbove(join(folder, 'live', 'cert.pem'), stranger)).toBe(join(folder, 'archive'));
    expect(closedAbove(join(folder, 'archive', 'not', 'yet'), stranger)).toBe(join(folder, 'archive'));
    expect(closedAbove(path, owner)).toBeUndefined();
  });

  test('of a certificate stays closed: a copy is what helps', () => {
    const tls = {
      certFile: write('live/desk/fullchain.pem', real.cert, 0o644),
      keyFile: write('live/desk/privkey.pem', real.key, 0o644),
    };
    chmodSync(join(folder, 'live'), 0o700);
    const secretFile = write('ami-secret', 'secret', 0o644);
    expect(examine({ asterisk: { secretFile }, desk: { tls } }, stranger)).toMatchObject({
      state: 'warn',
      message: `User courier-agi, whom the server runs as, may not read ${folder}/live.`,
      remedy: expect.stringMatching(/^Copy them .*fullchain\.pem .*renewal-hooks\/deploy/),
    });
  });
});

describe('a file with a secret', () => {
  test.each([
    [0o644, 'mysql://agi:geheim@db/courier', 'warn'],
    [0o644, 'mariadb://agi:geheim@db/courier', 'warn'],
    [0o640, 'mysql://agi:geheim@db/courier', 'ok'],
    [0o644, 'mysql://agi@db/courier', 'ok'],
    [0o644, 'demo:', 'ok'],
  ])('such as the configuration with mode %o and %s is %s', (mode, url, state) => {
    const file = write('courier-agi.yaml', JSON.stringify({ database: { url } }), mode);
    const finding = checkFiles(loadConfig(file, {}), owner);
    expect(finding.state).toBe(state);
    expect(JSON.stringify(finding)).not.toContain('geheim');
  });

  test('that the service may not read gets the commands that let it', () => {
    const passwordFile = write('password', 'secret', 0o600);
    const database = { url: 'mysql://agi@db/courier', passwordFile };
    expect(examine({ database }, stranger)).toMatchObject({
      state: 'warn',
      message: `User courier-agi, whom the server runs as, may not read ${passwordFile}.`,
      remedy: `chgrp courier-agi ${passwordFile}; chmod 640 ${passwordFile}`,
    });
    chmodSync(folder, 0o700);
    chmodSync(passwordFile, 0o644);
    expect(examine({ database }, stranger).remedy).toBe(`chgrp courier-agi ${folder}; chmod 750 ${folder}`);
  });

  test('that others may read is told of, whatever it is for', () => {
    const [secretFile, passwordFile, cdrPasswordFile] = [
      'ami-secret',
      'journal-password',
      'cdr-password',
    ].map((name) => write(name, 'secret', 0o644));
    const { message } = examine({ asterisk: { secretFile, cdrPasswordFile }, journal: { passwordFile } });
    for (const file of [secretFile, passwordFile, cdrPasswordFile]) expect(message).toContain(file);
  });

  test('that others may read is no matter when the password is in $COURIER_AGI_DATABASE_URL instead', () => {
    const url = 'mysql://agi:geheim@db/courier';
    const open = (text: string) => {
      const file = write('courier-agi.yaml', text, 0o644);
      return checkFiles(loadConfig(file, { COURIER_AGI_DATABASE_URL: url }), owner).state;
    };
    expect(open('{}')).toBe('ok');
    expect(open(`database: { url: '${url}' }`)).toBe('warn');
  });
});
