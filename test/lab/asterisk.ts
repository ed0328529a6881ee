import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asteriskConf, loggerConf, managerConf, MODULES_CONF, rtpConf } from './asterisk/base-config.ts';
import { findDescendant, heldCommand, RUN_FOLDER, visitingCommand } from './asterisk/namespace.ts';
import { freeTcpPort, freeUdpPort } from './free-port.ts';
import { howToBecomeRoot } from './packages.ts';
import { prepareRootfs } from './rootfs/prepare.ts';
import { runLogged } from './rootfs/run-logged.ts';

export interface AsteriskPorts {
  /** For the transport of pjsip.conf, UDP on 127.0.0.1. */
  readonly pjsip: number;
  /** For chan_sip, which Asterisk 16 loads beside PJSIP; UDP on 127.0.0.1. */
  readonly chanSip: number;
  /** AMI, TCP on 127.0.0.1. */
  readonly ami: number;
}

export interface AsteriskOptions {
  readonly version: 16 | 22;
  /** The configuration folder: file name to text. What is not given does not exist for this Asterisk, but for AMI. */
  readonly files: (ports: AsteriskPorts) => Readonly<Record<string, string>>;
  /** Files of the configuration folder that only root may read, while Asterisk runs as its own user. Default: none. */
  readonly unreadable?: readonly string[];
  /** Text of its /etc/resolv.conf; by default a name server that refuses at once. */
  readonly resolvConf?: string;
  /**
   * Whether the log traces the dialplan. Default: yes. Without, Asterisk runs as Debian starts it: the trace
   * costs time in every call, even when no log takes it.
   */
  readonly trace?: boolean;
}

export interface Asterisk {
  readonly version: 16 | 22;
  readonly ports: AsteriskPorts;
  /** Of the Asterisk process, as this machine sees it. */
  readonly pid: number;
  /** Runs a command of the console, such as `dialplan show`, and returns what it prints. */
  readonly rx: (command: string) => Promise<string>;
  /** The whole log so far: notices, warnings, errors and the trace of the dialplan. */
  readonly log: () => Promise<string>;
  /** Path of Master.csv, as this machine sees it: the call detail records, where cdr.conf turns them on. */
  readonly cdrFile: string;
  /** Names of the files in a folder below its spool, such as `monitor`; empty when there is no folder. */
  readonly spooled: (folder: string) => Promise<readonly string[]>;
  /** Ends it at once, with everything it has mounted. */
  readonly stop: () => Promise<void>;
}

/**
 * Shell: runs a server as the user asterisk. The shell stays as the first process of the namespace: a process that
 * gives its rights up is not ended with its parent, but with the namespace.
 */
const AS_ASTERISK = '"$@" -U asterisk -G asterisk; exit $?';

/** Starting takes about 4 s. The limit leaves room for a busy machine. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a real Asterisk with a configuration, ports and a log of its own, on loopback. Several may run at
 * once. It lives in namespaces of its own: when it ends, or when this process ends in whatever way, its
 * processes and mounts are gone.
 *
 * @throws when the machine cannot prepare or start it; the message holds its log
 */
export async function startAsterisk(options: AsteriskOptions): Promise<Asterisk> {
  const root = await prepareRootfs(`asterisk-${options.version}`);
  const become = (await howToBecomeRoot()) ?? [];
  const trace = options.trace ?? true;
  const ports = { pjsip: await freeUdpPort(), chanSip: await freeUdpPort(), ami: await freeTcpPort() };
  const folder = await mkdtemp(join(tmpdir(), `courier-agi-asterisk-${options.version}-`));
  await writeFolder(folder, options, ports);

  const asterisk = ['asterisk', '-C', `${RUN_FOLDER}/etc/asterisk.conf`, '-n'];
  const server = [...asterisk, '-f', '-g', ...(trace ? ['-vvv'] : [])];
  const place = { become, root, folder };
  const [file = '', ...args] = heldCommand(
    place,
    options.unreadable === undefined ? server : ['/bin/sh', '-c', AS_ASTERISK, 'sh', ...server],
  );
  // stdin stays open as long as this process lives: see heldCommand.
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const keep = (text: string) => {
    output = (output + text).slice(-8000);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });

  const log = () => readFile(join(folder, 'log', 'messages'), 'utf8').catch(() => '');
  const rx = (command: string) => runLogged(visitingCommand(place, [...asterisk, '-rx', command]));
  const stop = async () => {
    child.stdin.end();
    await ended;
    // What Asterisk wrote belongs to root.
    await runLogged([...become, 'rm', '-rf', '--one-file-system', folder]);
  };

  let pid: number;
  try {
    await waitUntilBooted(rx, () => child.exitCode !== null);
    pid = findDescendant(child.pid ?? 0, 'asterisk');
  } catch (cause) {
    const written = await log();
    await stop();
    throw new Error(`Asterisk ${options.version} did not start.\n${output}\n${written.slice(-4000)}`, {
      cause,
    });
  }
  return {
    version: options.version,
    ports,
    pid,
    rx,
    log,
    cdrFile: join(folder, 'log', 'cdr-csv', 'Master.csv'),
    spooled: (name) => filesBelow(join(folder, 'spool', name)),
    stop,
  };
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

async function waitUntilBooted(rx: Asterisk['rx'], hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (hasEnded()) throw new Error('It ended while it started.');
    // Without a running Asterisk the console client fails at once.
    const answer = await rx('core waitfullybooted').catch(String);
    if (answer.includes('fully booted')) return;
    if (Date.now() > deadline) throw new Error(`It was not ready after ${START_TIMEOUT_MS} ms: ${answer}`);
    await sleep(200);
  }
}

async function writeFolder(folder: string, options: AsteriskOptions, ports: AsteriskPorts): Promise<void> {
  const trace = options.trace ?? true;
  for (const name of ['etc', 'log', 'log/cdr-csv', 'run', 'spool', 'db']) await mkdir(join(folder, name));
  const files = {
    'asterisk.conf': asteriskConf(RUN_FOLDER, trace ? 3 : 0),
    'modules.conf': MODULES_CONF,
    'logger.conf': loggerConf(trace),
    'rtp.conf': rtpConf(),
    'manager.conf': managerConf(ports.ami),
    ...options.files(ports),
  };
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, 'etc', name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  if (options.unreadable !== undefined) {
    for (const name of ['.', 'etc', 'log', 'run', 'spool', 'db']) await chmod(join(folder, name), 0o777);
    for (const name of options.unreadable) await chmod(join(folder, 'etc', name), 0o600);
  }

  // Without its own name, Asterisk asks the DNS for it and RTP stalls.
  await writeFile(join(folder, 'hosts'), `127.0.0.1 localhost ${hostname()}\n`);
  await writeFile(join(folder, 'resolv.conf'), options.resolvConf ?? 'nameserver 127.0.0.1\n');
}
