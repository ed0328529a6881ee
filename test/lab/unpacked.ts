import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { howToBecomeRoot } from './packages.ts';
import { withLock } from './rootfs/lock.ts';
import { LAB_FOLDER } from './rootfs/prepare.ts';

const run = promisify(execFile);

/** Debian packages in a folder of their own: what cannot be installed beside something else. */
export interface Unpacked {
  readonly folder: string;
  /** For its programs: libraries that this machine may lack. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * @param name of the folder below `.lab/`
 * @param packages the program's, and those of libraries that not every machine has
 */
export async function unpackPackages(name: string, packages: readonly string[]): Promise<Unpacked> {
  const folder = join(LAB_FOLDER, name);
  await mkdir(LAB_FOLDER, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await unpack(folder, packages);
  });
  const libraries = join(folder, 'usr', 'lib');
  const paths = readdirSync(libraries)
    .filter((entry) => entry.endsWith('-linux-gnu'))
    .map((entry) => join(libraries, entry));
  return { folder, env: { ...process.env, LD_LIBRARY_PATH: paths.join(':') } };
}

async function unpack(folder: string, packages: readonly string[]): Promise<void> {
  const place = await mkdtemp(`${folder}-`);
  try {
    await download(place, packages);
    const root = join(place, 'root');
    for (const file of readdirSync(place).filter((entry) => entry.endsWith('.deb')))
      await run('dpkg', ['-x', join(place, file), root]);
    await rename(root, folder);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** What apt knows of may be older than what its server has. */
async function download(cwd: string, packages: readonly string[]): Promise<void> {
  const get = () => run('apt-get', ['download', '-q', ...packages], { cwd, timeout: 10 * 60_000 });
  try {
    await get();
  } catch {
    const [file, ...args] = [...((await howToBecomeRoot()) ?? []), 'apt-get', 'update', '-q'];
    await run(file, args, { timeout: 10 * 60_000 });
    await get();
  }
}
