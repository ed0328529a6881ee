import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../src/calls/call.ts';
import { startListeningProcess } from './listening-process.ts';
import { buildProgram } from './build-program.ts';

/** The desk as a process of its own, on the demo company. */
export interface DeskProcess {
  readonly port: number;
  readonly pid: number;
  /** Of the program that asks. */
  readonly token: string;
  /** Answers of its HTTP port. */
  readonly get: (path: string) => Promise<{ status: number; body: Record<string, unknown> }>;
  /** The bytes of an answer. */
  readonly bytes: (
    path: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<{ status: number; bytes: Buffer }>;
  /** Sends a body as JSON. */
  readonly send: (
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<{ status: number; body: Record<string, unknown> }>;
  /** The calls of the journal, as it tells them: the newest first. */
  readonly calls: () => Promise<(Call & { note: string | null })[]>;
  /** Comes back when it says that it is ready. */
  readonly ready: () => Promise<void>;
  readonly terminate: () => Promise<number | NodeJS.Signals>;
  /** SIGKILL; may be called twice. */
  readonly kill: () => Promise<void>;
  readonly log: () => string;
}

/** What survives a desk: the folder of its journal and its tokens. */
export interface DeskHome {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

export async function makeDeskHome(): Promise<DeskHome> {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-desk-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface DeskSettings {
  readonly ami: { readonly port: number; readonly username: string; readonly secret: string };
  /** Default: SQLite in its folder. */
  readonly journalUrl?: string;
  /** Path of Master.csv. */
  readonly cdrFile?: string;
  readonly trunks?: readonly string[];
  /** Further sections of the configuration. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** Of the token that is asked with. Default: operator. */
  readonly role?: string;
  /** Default: a free one. Pages come back to the one they know. */
  readonly port?: number;
  /** The compiled entry. Default: compiled now, and again by whoever else starts a desk here. */
  readonly main?: string;
}

/** It takes a second, or the seven of another desk's lease, or as long as Asterisk boots; a busy machine takes longer. */
const READY_MS = 60_000;

/** Of deploy/courier-agi-desk.service. */
const UNIT_ENVIRONMENT = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' };

export async function startDeskProcess(
  home: Pick<DeskHome, 'folder'>,
  settings: DeskSettings,
): Promise<DeskProcess> {
  const { main = await buildProgram() } = settings;
  const path = (name: string): string => join(home.folder, name);
  const {
    ami,
    journalUrl = `sqlite:${path('journal.db')}`,
    cdrFile,
    trunks = [],
    sections,
    port: wanted = 0,
    role = 'operator',
  } = settings;
  await writeFile(path('ami-secret'), ami.secret);
  const name = `desk-${randomUUID().slice(0, 8)}`;
  const config = path(`${name}.yaml`);
  const cdr = cdrFile === undefined ? {} : { cdr: `file:${cdrFile}` };
  await writeFile(
    config,
    JSON.stringify({
      database: { url: 'demo:' },
      asterisk: { port: ami.port, username: ami.username, secretFile: path('ami-secret'), trunks, ...cdr },
      journal: { url: journalUrl },
      desk: { port: wanted, tokensFile: path('tokens.json'), usersFile: path('users.json') },
      ...sections,
    }),
  );
  const token = await run(main, ['desk', '--config', config, 'token', 'add', name, '--role', role]);

  const { port, pid, signal, ended, log } = await startListeningProcess(
    [main, 'desk', '--config', config],
    undefined,
    UNIT_ENVIRONMENT,
  );

  const get: DeskProcess['get'] = async (where) => {
    const response = await fetch(`http://127.0.0.1:${port}${where}`, {
      headers: { authorization: `Bearer ${token.trim()}` },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const bytes: DeskProcess['bytes'] = async (where, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${where}`, {
      headers: { authorization: `Bearer ${token.trim()}`, ...headers },
    });
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const send: DeskProcess['send'] = async (method, where, body, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${where}`, {
      method,
      headers: {
        authorization: `Bearer ${token.trim()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  return {
    port,
    pid,
    token: token.trim(),
    get,
    bytes,
    send,
    calls: async () => {
      const { body } = await get('/api/calls?limit=500');
      return body['calls'] as (Call & { note: string | null })[];
    },
    ready: async () => {
      const deadline = Date.now() + READY_MS;
      for (;;) {
        const { status, body } = await get('/ready');
        if (status === 200) return;
        if (Date.now() > deadline) throw new Error(`Not ready: ${JSON.stringify(body)}\n${log()}`);
        await sleep(50);
      }
    },
    terminate: () => {
      signal('SIGTERM');
      return ended;
    },
    kill: async () => {
      signal('SIGKILL');
      await ended;
    },
    log,
  };
}

interface ToldGap {
  /** Times in ISO 8601. */
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

/** What the journal tells of times that nobody followed, the newest first. */
export async function readGaps(home: DeskHome): Promise<readonly ToldGap[]> {
  const config = join(home.folder, 'journal-only.yaml');
  await writeFile(config, JSON.stringify({ journal: { url: `sqlite:${join(home.folder, 'journal.db')}` } }));
  const output = await run(await buildProgram(), ['journal', '--json', '--config', config]);
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const { gap }: { gap?: ToldGap } = JSON.parse(line);
    return gap === undefined ? [] : [gap];
  });
}

export async function run(main: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const status = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}`);
  return output;
}
