import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { RawPeer } from '../unit/agi/raw-peer.ts';
import { startCallers } from './parts/callers.ts';
import { buildPrograms } from './parts/programs.ts';
import { Served } from './parts/served.ts';

const COURIER = '79161000011';
const ENVIRONMENT = `agi_network: yes\nagi_request: agi://127.0.0.1/route\nagi_channel: PJSIP/gsm-1\nagi_uniqueid: 1.1\nagi_callerid: ${COURIER}\n\n`;
/** A defect at the push of a button. */
const DEFECT = `data:text/javascript,process.on('SIGUSR2',()=>setImmediate(()=>{throw new Error('a defect')}));process.on('SIGWINCH',()=>void Promise.reject(new Error('another')))`;
/** What the calls in progress get, and a second for a busy machine. */
const GRACE_MS = 6_000;

/** A server whose stdout is a pipe that is read when the test reads it, and never otherwise. */
class PipedServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #pipe: number;
  #log = '';

  private constructor(child: ChildProcess, port: number, pipe: number) {
    this.#child = child;
    this.port = port;
    this.#pipe = pipe;
  }

  static async start(folder: string, { isFull = false, deadlineMs = 1500 } = {}): Promise<PipedServer> {
    const { server } = await buildPrograms();
    const port = await freeTcpPort();
    const config = join(folder, 'courier-agi.yaml');
    writeFileSync(
      config,
      `listen: { port: ${port} }\nhttp: { enabled: false }\ndatabase: { url: "demo:" }\nrouting: { deadlineMs: ${deadlineMs} }\n`,
    );
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const stdout = openSync(fifo, 'w');
    if (isFull) fill(pipe);
    const node = [process.execPath, '--import', DEFECT, server, 'serve', '--config', config];
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...node], {
      stdio: ['ignore', stdout, 'inherit'],
    });
    closeSync(stdout);
    const piped = new PipedServer(child, port, pipe);
    await eventually('the server listens', () => piped.answers());
    return piped;
  }

  /** All that has come through the pipe so far. */
  get log(): string {
    const buffer = Buffer.alloc(65_536);
    try {
      for (;;) this.#log += buffer.toString('utf8', 0, readSync(this.#pipe, buffer));
    } catch {
      // EAGAIN: it is empty.
    }
    return this.#log;
  }

  logged(message: string): number {
    return this.log.split(`"msg":"${message}"`).length - 1;
  }

  fillPipe(): void {
    fill(this.#pipe);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Whether its port takes a connection. */
  async answers(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    const [result] = await Promise.race([
      once(socket, 'connect').then(() => [true]),
      once(socket, 'error').then(() => [false]),
    ]).catch(() => [false]);
    socket.destroy();
    return result === true;
  }

  /** @returns the exit status, or the signal that ended it; `alive` when it does not end in time */
  async exit(withinMs = GRACE_MS): Promise<number | NodeJS.Signals | 'alive'> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? 'alive';
    const ended = once(this.#child, 'exit').then(([code, signal]): number | NodeJS.Signals => code ?? signal);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'alive'>((resolve) => {
      timer = setTimeout(() => resolve('alive'), withinMs);
    });
    const status = await Promise.race([ended, late]);
    clearTimeout(timer);
    return status;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exit();
    closeSync(this.#pipe);
  }
}

/** To the last byte, so that not one more goes in. */
function fill(pipe: number): void {
  for (const size of [4096, 1]) {
    try {
      for (;;) writeSync(pipe, Buffer.alloc(size, '\n'));
    } catch {
      // EAGAIN: it is full.
    }
  }
}

let folder: string;
let server: PipedServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-reader-'));
});
afterEach(async () => {
  await server?.kill();
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** Asterisk's part of a call that has been answered up to here or is to be. */
async function finish(peer: RawPeer): Promise<string> {
  await peer.untilText('ROUTE_STATUS=');
  peer.send('200 result=0\n');
  await peer.untilEnd();
  peer.end();
  return peer.text;
}

async function call(port: number): Promise<string> {
  const peer = await RawPeer.connect(port);
  peer.send(ENVIRONMENT);
  return finish(peer);
}

async function play(port: number) {
  const { report } = await startCallers({
    port,
    numbers: [COURIER],
    durationMs: 2000,
    pace: { connections: 8 },
    deadlineMs: 1500,
  });
  return report;
}

describe('a reader of the log who has stopped for good', () => {
  test('before the start: calls are answered, and SIGTERM ends with 0', async () => {
    server = await PipedServer.start(folder, { isFull: true });
    const report = await play(server.port);
    expect(report).toMatchObject({ routed: report.started, problems: {} });
    server.signal('SIGTERM');
    expect(await server.exit()).toBe(0);
  });

  test('under way: calls are answered, and SIGTERM ends with 0', async () => {
    server = await PipedServer.start(folder);
    expect(await call(server.port)).toContain('ROUTE_STATUS=OK');
    const report = await play(server.port);
    expect(report).toMatchObject({ routed: report.started, problems: {} });
    server.signal('SIGTERM');
    expect(await server.exit()).toBe(0);
  });

  test('before SIGTERM: the call in progress ends well, and the process with 0', async () => {
    server = await PipedServer.start(folder);
    const peer = await RawPeer.connect(server.port);
    server.fillPipe();
    server.signal('SIGTERM');
    await eventually('it takes no call', async () => !(await server?.answers()));
    peer.send(ENVIRONMENT);
    expect(await finish(peer)).toContain('ROUTE_STATUS=OK');
    expect(await server.exit()).toBe(0);
  });

  test('before it gives up: no port is left that accepts and says nothing', async () => {
    server = await PipedServer.start(folder, { deadlineMs: 60_000 });
    const peer = await RawPeer.connect(server.port);
    server.fillPipe();
    for (let count = 1; count <= 4; count += 1) {
      expect(await server.answers()).toBe(true);
      server.signal('SIGUSR2');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const gaveUpAt = performance.now();
    await eventually('it takes no call', async () => !(await server?.answers()), 1000);
    peer.send(ENVIRONMENT);
    expect(await finish(peer)).toContain('ROUTE_STATUS=OK');
    expect(await server.exit()).toBe(1);
    expect(performance.now() - gaveUpAt).toBeLessThan(GRACE_MS);
  });

  test('and comes back finds every line, whole, and on from there', async () => {
    server = await PipedServer.start(folder, { isFull: true });
    const report = await play(server.port);
    await eventually('every call is logged', () => (server?.logged('call') ?? 0) >= report.started);
    const lines = server.log.split('\n').filter((line) => line !== '');
    expect(() => lines.map((line): unknown => JSON.parse(line))).not.toThrow();
    expect(server.logged('listening')).toBe(1);
  });
});

test('a reader of the log who has gone costs no call', async () => {
  const served = await Served.start(
    '{ listen: { port: 0 }, http: { enabled: false }, database: { url: "demo:" } }',
  );
  try {
    served.closeStdout();
    const report = await play(served.port);
    expect(report).toMatchObject({ routed: report.started, problems: {} });
    served.signal('SIGTERM');
    expect(await served.exit).toBe(0);
  } finally {
    await served.kill();
  }
});

describe('an error that nobody caught', () => {
  const MESSAGE = 'unexpected error: calls go on; please report it';

  test('is logged, reaches no call, and the log goes on', async () => {
    server = await PipedServer.start(folder);
    const peer = await RawPeer.connect(server.port);
    server.signal('SIGUSR2');
    await eventually('it is logged', () => server?.logged(MESSAGE) === 1);
    peer.send(ENVIRONMENT);
    expect(await finish(peer)).toContain('ROUTE_STATUS=OK');
    await eventually('the call is logged', () => server?.logged('call') === 1);
    server.signal('SIGWINCH');
    await eventually('the rejection is logged', () => server?.logged(MESSAGE) === 2);
    expect(await call(server.port)).toContain('ROUTE_STATUS=OK');
    await eventually('the next call is logged', () => server?.logged('call') === 2);
    expect(server.log).toContain('a defect');
    server.signal('SIGTERM');
    expect(await server.exit()).toBe(0);
    expect(server.logged('stopped')).toBe(1);
  });

  test('ends the process with 1 when more than three come within a minute; who is in a call is answered', async () => {
    server = await PipedServer.start(folder);
    const peer = await RawPeer.connect(server.port);
    for (let count = 1; count <= 4; count += 1) {
      server.signal('SIGUSR2');
      await eventually('it is logged', () => server?.logged(MESSAGE) === count);
    }
    peer.send(ENVIRONMENT);
    expect(await finish(peer)).toContain('ROUTE_STATUS=OK');
    expect(await server.exit()).toBe(1);
    expect(server.logged('too many unexpected errors: ending, to be started anew')).toBe(1);
  });
});
