import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { heldCommand, RUN_FOLDER, visitingCommand } from './asterisk/namespace.ts';
import { howToBecomeRoot } from './packages.ts';
import { prepareRootfs } from './rootfs/prepare.ts';
import type { RootfsName } from './rootfs/recipes.ts';
import { runLogged } from './rootfs/run-logged.ts';

/**
 * A fresh Debian to install on: a copy of a prepared folder, entered with chroot in namespaces of its own. It
 * shares this machine's network. There is no systemd that runs: what a unit says is run by hand.
 */
export interface BareMachine {
  /** The folder that is its `/`. */
  readonly root: string;
  /** Runs a shell script as root. @returns what it prints on stdout. @throws when it fails, with its output */
  readonly run: (script: string) => Promise<string>;
  /** Puts a file where the scripts find it. @returns its path there */
  readonly bring: (path: string) => Promise<string>;
  /** Starts a shell script that goes on. @returns ends it, with all its processes */
  readonly start: (script: string) => () => Promise<void>;
  readonly remove: () => Promise<void>;
}

const ENVIRONMENT = [
  'env',
  '-i',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LC_ALL=C.UTF-8',
  'DEBIAN_FRONTEND=noninteractive',
];

export async function openBareMachine(name: RootfsName): Promise<BareMachine> {
  const prepared = await prepareRootfs(name);
  const become = (await howToBecomeRoot()) ?? [];
  const folder = await mkdtemp(join(tmpdir(), `courier-agi-${name}-`));
  const root = join(folder, 'root');
  await runLogged([...become, 'cp', '-aH', '--reflink=auto', prepared, root]);
  // It may be reached through folders of this user alone.
  await runLogged([...become, 'chmod', '755', folder]);
  // What is thrown away soon need not be flushed to the disk, file by file.
  await runLogged([...become, 'sh', '-c', `echo force-unsafe-io >${root}/etc/dpkg/dpkg.cfg.d/unsafe-io`]);
  const run = await mkdtemp(join(tmpdir(), `courier-agi-${name}-run-`));
  await runLogged([...become, 'chmod', '755', run]);
  await writeFile(join(run, 'hosts'), '127.0.0.1 localhost\n');
  await writeFile(join(run, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  const place = { become, root, folder: run };
  const shell = (script: string): string[] => [...ENVIRONMENT, '/bin/sh', '-ec', script];

  return {
    root,
    run: (script) => runLogged(visitingCommand(place, shell(script))),
    bring: async (path) => {
      await copyFile(path, join(run, basename(path)));
      return `${RUN_FOLDER}/${basename(path)}`;
    },
    start: (script) => {
      const [file = '', ...args] = heldCommand(place, shell(script));
      // stdin stays open as long as this process lives: see heldCommand.
      const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'inherit'] });
      const ended = new Promise<void>((resolve) => {
        child.once('close', () => resolve());
      });
      return async () => {
        child.stdin.end();
        await ended;
      };
    },
    remove: async () => {
      await runLogged([...become, 'rm', '-rf', '--one-file-system', folder, run]);
    },
  };
}

/** Every file of a machine, but for what apt and dpkg keep for themselves, and logs. */
export async function filesOf({ run }: BareMachine): Promise<string[]> {
  const found = await run('find / -xdev -not -type s');
  return found
    .split('\n')
    .filter((path) => !/^\/(?:proc|dev|run|srv|tmp|var\/(?:cache|log|lib\/(?:apt|dpkg))|$)/.test(path))
    .filter((path) => !/^\/etc\/(?:passwd|group|shadow|gshadow)-$|\.lock$/.test(path))
    .toSorted();
}
