import { execFileSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';

/** A database server of the test's own, on loopback. */
export interface DatabaseServer {
  /** Such as `MariaDB 10.11.14`. */
  readonly version: string;
  readonly host: string;
  readonly port: number;
  /** As this machine sees it. */
  readonly socketPath: string;
  /** The server process. */
  readonly pid: number;
  /** The URL of a database on it, as its administrator. */
  url(database: string): string;
  /** Runs statements, separated by `;`, as the administrator. Rows are those of the last one that has any. */
  sql(statements: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * The words that run a client program of the server's own, such as `mysqldump`, as the administrator;
   * further options and arguments go behind them.
   */
  client(program: string): readonly string[];
  /** Stops the process in its tracks, as a machine does that swaps, or a network that drops everything. */
  freeze(): void;
  thaw(): void;
  /** Comes back when the process has ended by itself, as after the statement `SHUTDOWN`. */
  ended(): Promise<void>;
  /** Ends it at once and removes its data. May be called twice, and when it has ended by itself. */
  stop(): Promise<void>;
}

export type Row = Record<string, unknown>;

export interface StartedProcess {
  /** Ends when the server ends. */
  readonly child: ChildProcess;
  readonly port: number;
  /** Holds its data, `socket` and `pid`; removed at the end. */
  readonly folder: string;
  /** The words to put before a command that may signal the server and remove its data. */
  readonly become: readonly string[];
  /** The words to put before a client program: it may live in another root than the tests. */
  readonly clients: readonly string[];
  /** The folder stays at the end: another server is to be started on it. */
  readonly keepFolder?: boolean;
}

/** Starting takes about a second. The limit leaves room for a busy machine. */
const START_TIMEOUT_MS = 60_000;

/** Waits until a server process answers. `administrator` comes in through its socket, without a password. */
export async function awaitServer(started: StartedProcess, administrator: string): Promise<DatabaseServer> {
  const { child, port, folder, become, clients, keepFolder = false } = started;
  const socketPath = join(folder, 'socket');
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));

  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const exit = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const end = async (pid: number | undefined) => {
    if (!hasEnded() && pid !== undefined) {
      // A frozen process takes no other signal than this one. Its data is thrown away anyway.
      run([...become, 'kill', '-KILL', String(pid)]);
      await exit;
    }
    if (!keepFolder) run([...become, 'rm', '-rf', folder]);
  };

  let administration: Connection | undefined;
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (administration === undefined) {
    administration = await connect(socketPath, administrator).catch(() => undefined);
    if (administration !== undefined) break;
    const problem = hasEnded() ? 'ended' : Date.now() > deadline ? 'did not answer in time' : undefined;
    if (problem !== undefined) {
      await end(child.pid);
      throw new Error(`The database server ${problem}:\n${log}`);
    }
    await sleep(50);
  }
  const connection = administration;
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  const [versions] = await connection.query('select version() as version');

  return {
    version: nameVersion(JSON.stringify(versions)),
    host: '127.0.0.1',
    port,
    socketPath,
    pid,
    url: (database) => `mysql://${administrator}@127.0.0.1:${port}/${database}`,
    sql: async (statements, values = []) => lastRows((await connection.query(statements, [...values]))[0]),
    client: (program) => [
      ...clients,
      program,
      '--no-defaults',
      '--host=127.0.0.1',
      `--port=${port}`,
      `--user=${administrator}`,
    ],
    freeze: () => {
      run([...become, 'kill', '-STOP', String(pid)]);
      awaitStop(pid);
    },
    thaw: () => run([...become, 'kill', '-CONT', String(pid)]),
    ended: async () => {
      await exit;
      connection.destroy();
    },
    stop: async () => {
      connection.destroy();
      await end(pid);
    },
  };
}

function run([file = '', ...args]: readonly string[]): void {
  execFileSync(file, args, { stdio: 'ignore' });
}

async function connect(socketPath: string, user: string): Promise<Connection> {
  const connection = await createConnection({
    socketPath,
    user,
    multipleStatements: true,
    connectTimeout: 2000,
  });
  // A server that is stopped under its administrator is no reason to end the tests.
  connection.on('error', () => {});
  return connection;
}

function nameVersion(text: string): string {
  const number = /\d+\.\d+\.\d+/.exec(text)?.[0] ?? '?';
  return `${/mariadb/i.test(text) ? 'MariaDB' : 'MySQL'} ${number}`;
}

/** mysql2 gives one result for one statement, and a list of results for several. */
function lastRows(results: unknown): Row[] {
  if (!Array.isArray(results)) return [];
  if (results.every(isPlainRow)) return results;
  const last: unknown = results.findLast((result) => Array.isArray(result));
  return Array.isArray(last) ? last.filter(isPlainRow) : [];
}

function isPlainRow(row: unknown): row is Row {
  return typeof row === 'object' && row !== null && !Array.isArray(row) && !('affectedRows' in row);
}

/** How long the threads of a process may take to notice that it is stopped. */
const STOP_TIMEOUT_MS = 1000;

/** A signal reaches thread after thread: until the last one has stopped, one may still answer. */
function awaitStop(pid: number): void {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  const states = () =>
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
      // proc(5): the state follows the name in parentheses, which may hold spaces.
      return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    });
  while (states().some((state) => state !== 'T')) {
    if (performance.now() > deadline) throw new Error(`Process ${pid} goes on after SIGSTOP.`);
  }
}
