import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { selfSigned } from '../lab/certificate.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { makeDeskHome } from '../lab/desk-process.ts';
import { startListeningProcess, type ListeningProcess } from '../lab/listening-process.ts';
import { buildProgram } from '../lab/build-program.ts';

/*
 * The real desk as a process: sign-in over the network, and beside it the command line that makes users. That nobody
 * answers as Asterisk makes no difference to it.
 */

// Each command is a process of its own.
jest.setTimeout(120_000);

const cleanups = new Cleanups();
afterEach(cleanups.run);

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Asking {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

async function startDesk(section: Readonly<Record<string, unknown>>, ca?: string) {
  const main = await buildProgram();
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  const path = (name: string): string => join(home.folder, name);
  await writeFile(path('ami-secret'), 'secret');
  const config = path('desk.yaml');
  await writeFile(
    config,
    JSON.stringify({
      database: { url: 'demo:' },
      http: { enabled: false },
      asterisk: { port: 1, secretFile: path('ami-secret') },
      journal: { url: `sqlite:${path('journal.db')}` },
      desk: { port: 0, tokensFile: path('tokens.json'), usersFile: path('users.json'), ...section },
    }),
  );
  const command = (...args: string[]) => run([main, 'desk', '--config', config, ...args]);
  const process: ListeningProcess = await startListeningProcess([main, 'desk', '--config', config]);
  cleanups.add(async () => {
    process.signal('SIGKILL');
    await process.ended;
  });

  const ask = ({ method = 'GET', path: where, headers = {}, body }: Asking): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options: RequestOptions & { ca?: string } = {
        host: '127.0.0.1',
        port: process.port,
        method,
        path: where,
        agent: false,
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(ca !== undefined && { ca, servername: 'desk.test' }),
      };
      const asked = (ca === undefined ? request : secureRequest)(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      });
      asked.on('error', reject);
      // Text would be written together with the headers, and change their bytes.
      asked.end(body === undefined ? undefined : Buffer.from(JSON.stringify(body)));
    });
  const signIn = (name: string, password: string, headers: Record<string, string> = {}) =>
    ask({ method: 'POST', path: '/api/session', headers, body: { name, password } });
  const logged = (line: RegExp) => eventually(String(line), () => line.test(process.log()));
  return { ask, signIn, command, log: process.log, logged };
}

async function run(args: readonly string[]): Promise<{ status: number | null; out: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
  }
  const status = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { status, out };
}

const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

test('the command line makes users who sign in, and ends their sessions, while the desk runs', async () => {
  const { ask, signIn, command, log, logged } = await startDesk({});
  const { out } = await command('user', 'add', 'olga', '--role', 'supervisor', '--json');
  const { name, password }: { name: string; password: string } = JSON.parse(out);
  expect(name).toBe('olga');
  expect((await command('user', 'add', 'Olga')).status).not.toBe(0);
  expect((await command('user', 'add', 'x', '--extension', '1&2')).out).toMatch(/is no extension/);

  const signed = await signIn('olga', password);
  // Her telephones are those of the demo company.
  expect(JSON.parse(signed.body)).toMatchObject({
    user: { name: 'olga', role: 'supervisor', login: 'olga', extensions: ['101', '102'] },
  });
  const cookie = cookieOf(signed);
  const session = () => ask({ path: '/api/session', headers: { cookie } });
  expect((await session()).status).toBe(200);
  const list = JSON.parse((await command('user', 'list', '--json')).out);
  expect(list).toEqual([
    {
      name: 'olga',
      role: 'supervisor',
      login: null,
      extensions: [],
      createdAt: expect.any(String),
      hasPassword: true,
    },
  ]);

  expect((await command('user', 'change', 'olga', '--role', 'operator')).status).toBe(0);
  expect(JSON.parse((await session()).body)).toMatchObject({
    user: { role: 'operator', extensions: ['101', '102'] },
  });

  const changed = await command('user', 'password', 'olga');
  expect(changed.out.trim()).toMatch(/^(\w{4}-){3}\w{4}$/);
  expect((await session()).status).toBe(401);
  expect((await signIn('olga', password)).status).toBe(401);
  const again = await signIn('olga', changed.out.trim());
  expect(again.status).toBe(200);
  expect((await command('user', 'remove', 'olga')).status).toBe(0);
  expect((await ask({ path: '/api/session', headers: { cookie: cookieOf(again) } })).status).toBe(401);

  // The log knows who came, who was refused and from where; never a password.
  await logged(/"user":"olga","address":"127\.0\.0\.1"[^\n]*"msg":"signed in"/);
  await logged(/"address":"127\.0\.0\.1"[^\n]*"msg":"request refused: wrong_password"/);
  expect(log()).not.toContain(password);
});

describe('over TLS', () => {
  test('the cookie is for encrypted connections of this host alone', async () => {
    const { key, cert } = await selfSigned('desk.test');
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    const tls = { certFile: join(home.folder, 'cert.pem'), keyFile: join(home.folder, 'key.pem') };
    await writeFile(tls.certFile, cert);
    await writeFile(tls.keyFile, key);
    const { ask, signIn, command, logged } = await startDesk({ tls }, cert);
    const { password }: { password: string } = JSON.parse(
      (await command('user', 'add', 'anna', '--json')).out,
    );
    const signed = await signIn('anna', password);
    expect(signed.headers['set-cookie']?.[0]).toMatch(
      /^__Host-courier-agi-desk=[\w-]{43}; Max-Age=57600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const cookie = cookieOf(signed);
    expect((await ask({ path: '/api/session', headers: { cookie } })).status).toBe(200);

    const signOut = { method: 'DELETE', path: '/api/session' };
    const foreign = await ask({ ...signOut, headers: { cookie, origin: 'https://evil.example' } });
    expect(JSON.parse(foreign.body).error.code).toBe('foreign_origin');
    await logged(/"msg":"request refused: foreign_origin"/);
    const origin = 'https://desk.test:8573';
    const left = await ask({ ...signOut, headers: { cookie, origin, host: 'desk.test:8573' } });
    expect(left.status).toBe(204);
    expect((await ask({ path: '/api/session', headers: { cookie } })).status).toBe(401);
  });

  test('a key of another certificate is told at the start', async () => {
    const [one, other] = await Promise.all([selfSigned('desk.test'), selfSigned('desk.test')]);
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    const tls = { certFile: join(home.folder, 'cert.pem'), keyFile: join(home.folder, 'key.pem') };
    await writeFile(tls.certFile, one.cert);
    await writeFile(tls.keyFile, other.key);
    await expect(startDesk({ tls })).rejects.toThrow(/desk\.tls: is no certificate in PEM with its key/);
  });
});

test('a proxy says who somebody is, and for whom it asks; a stranger who says so is nobody', async () => {
  const { ask, command, logged } = await startDesk({
    publicUrl: 'https://desk.example',
    proxyUser: { header: 'Remote-User', from: ['127.0.0.1'] },
  });
  await command('user', 'add', 'Мария', '--no-password', '--role', 'admin');
  const headers = {
    'remote-user': Buffer.from('Мария').toString('latin1'),
    'x-forwarded-for': '203.0.113.9, 198.51.100.7',
  };
  const { body } = await ask({ path: '/api/session', headers });
  expect(JSON.parse(body)).toMatchObject({ user: { name: 'Мария', role: 'admin' } });
  // What a page of another site makes the browser send comes with the header as well.
  const forged = await ask({
    method: 'POST',
    path: '/api/tokens',
    headers,
    body: { name: 'x', role: 'admin' },
  });
  expect(JSON.parse(forged.body).error.code).toBe('foreign_origin');
  await logged(/"address":"198\.51\.100\.7"[^\n]*foreign_origin/);
  const unknown = await ask({ path: '/api/session', headers: { ...headers, 'remote-user': 'nobody' } });
  expect(unknown.status).toBe(401);

  const elsewhere = await startDesk({ proxyUser: { header: 'Remote-User', from: ['192.0.2.1'] } });
  await elsewhere.command('user', 'add', 'Мария', '--no-password');
  expect((await elsewhere.ask({ path: '/api/session', headers })).status).toBe(401);
});
