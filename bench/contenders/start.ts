import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../src/config/load.ts';
import { freeTcpPort } from '../../test/lab/free-port.ts';
import type { Contender, ContenderEnvironment, ContenderKey } from './contender.ts';

const START_TIMEOUT_MS = 10_000;
const SNAPSHOT_TIMEOUT_MS = 300_000;
/**
 * A contender's clock goes on while it is stopped, so that it would be refreshing its snapshot nearly
 * always when it is measured: with as many times the seconds it does so as often as a server that is never stopped.
 */
const REFRESH_SECONDS = parseConfig('', 'the defaults').snapshot.refreshSeconds;

/** The repository's root, from where this file runs when it is compiled: `.lab/bench/bench/contenders`. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export interface StartOptions {
  /** Configurations and logs go there. */
  readonly folder: string;
  readonly databaseUrl: string;
  readonly statement: string;
  /** How many are measured: each is stopped while another one is. */
  readonly count: number;
  /** Compiled entry of this server. */
  readonly serverMain: string;
  /** A folder for CPU profiles. */
  readonly profile: string | undefined;
}

export class Contenders {
  readonly #options: StartOptions;
  readonly #processes: ChildProcess[] = [];

  constructor(options: StartOptions) {
    this.#options = options;
  }

  bare(): Promise<Contender> {
    return this.#node('a', 'bare limit', 'bare.js');
  }

  dingDong(): Promise<Contender> {
    return this.#node('b', 'ding-dong, three queries', 'ding-dong.js');
  }

  dingDongStoppingEarly(): Promise<Contender> {
    return this.#node('s', 'ding-dong, stops when found', 'ding-dong.js', { BENCH_STOP_EARLY: 'yes' });
  }

  /** @throws when Debian's python3-pymysql is missing */
  async forked(): Promise<Contender> {
    const python = '/usr/bin/python3';
    const check = spawn(python, ['-c', 'import pymysql'], { stdio: 'ignore' });
    const status = await new Promise((resolve) => {
      check.once('error', resolve).once('close', resolve);
    });
    if (status !== 0) throw new Error('needs Debian packages: sudo apt-get install python3 python3-pymysql');
    const scripts = join(ROOT, 'bench', 'contenders');
    const port = await freeTcpPort();
    const command = [python, join(scripts, 'forker.py'), join(scripts, 'route.py')];
    const started = await this.#start('e', command, port, this.#environment(port));
    return { key: 'e', name: 'forked Python script', ...started, forks: true, decides: false, small: false };
  }

  /** Waits until it has a snapshot, as a server that has been up for a minute. */
  async server(
    key: 'c' | 'd' | 't',
    name: string,
    { url = this.#options.databaseUrl, snapshotFile }: { url?: string; snapshotFile?: string } = {},
  ): Promise<Contender> {
    const { folder, serverMain, count } = this.#options;
    const [port, http] = [await freeTcpPort(), await freeTcpPort()];
    const config = join(folder, `${key}.yaml`);
    const file = snapshotFile === undefined ? '' : `, file: ${snapshotFile}`;
    // Everything else is as it comes.
    await writeFile(
      config,
      `listen: { port: ${port} }\nhttp: { port: ${http} }\ndatabase: { url: "${url}" }\n` +
        `snapshot: { refreshSeconds: ${REFRESH_SECONDS * count}${file} }\n`,
    );
    const command = [process.execPath, ...this.#profiler(key), serverMain, 'serve', '--config', config];
    const started = await this.#start(key, command, port, {});
    await this.#logged(key, /"msg":"snapshot (taken|read)/);
    return { key, name, ...started, forks: false, decides: true, small: key === 't' };
  }

  /** SIGTERM, so that a profile is written, and waits for the end. */
  async stop(pid?: number): Promise<void> {
    for (const child of this.#processes.filter((one) => pid === undefined || one.pid === pid)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await ended;
    }
  }

  async #node(key: ContenderKey, name: string, script: string, more = {}): Promise<Contender> {
    const port = await freeTcpPort();
    const path = fileURLToPath(new URL(script, import.meta.url));
    const command = [process.execPath, ...this.#profiler(key), path];
    const started = await this.#start(key, command, port, { ...this.#environment(port), ...more });
    return { key, name, ...started, forks: false, decides: false, small: false };
  }

  #environment(port: number): ContenderEnvironment {
    const { databaseUrl, statement } = this.#options;
    return { BENCH_PORT: String(port), BENCH_DATABASE_URL: databaseUrl, BENCH_STATEMENT: statement };
  }

  #profiler(key: ContenderKey): string[] {
    const { profile } = this.#options;
    return profile === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${key}.cpuprofile`];
  }

  async #start(
    key: ContenderKey,
    command: readonly string[],
    port: number,
    environment: object,
  ): Promise<{ port: number; pid: number; startMs: number }> {
    const output = openSync(this.#log(key), 'w');
    const startedAt = performance.now();
    // It dies with this process.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      stdio: ['ignore', output, output],
      env: { ...process.env, ...environment },
    });
    this.#processes.push(child);
    while (!(await accepts(port))) {
      if (child.exitCode !== null || performance.now() - startedAt > START_TIMEOUT_MS) {
        throw new Error(`Contender ${key} did not start:\n${await readFile(this.#log(key), 'utf8')}`);
      }
      await sleep(5);
    }
    return { port, pid: child.pid ?? 0, startMs: performance.now() - startedAt };
  }

  async #logged(key: ContenderKey, pattern: RegExp): Promise<void> {
    for (const end = performance.now() + SNAPSHOT_TIMEOUT_MS; performance.now() < end; await sleep(100)) {
      if (pattern.test(await readFile(this.#log(key), 'utf8'))) return;
    }
    throw new Error(`Contender ${key} logged no ${String(pattern)}.`);
  }

  #log(key: ContenderKey): string {
    return join(this.#options.folder, `${key}.log`);
  }
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.end();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
