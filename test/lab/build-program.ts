import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { LAB_FOLDER } from './rootfs/prepare.ts';
import { withLock } from './rootfs/lock.ts';
import { runLogged } from './rootfs/run-logged.ts';

const ROOT = join(LAB_FOLDER, '..');
const PROGRAMS = join(LAB_FOLDER, 'programs');
const LOCK = join(LAB_FOLDER, 'programs.lock');
const DAY_MS = 24 * 3_600_000;
/** Beside `src`. */
const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

let built: Promise<string> | undefined;

/**
 * Builds courier-agi with its pages into the lab, apart from `dist/`, and returns its entry. Each state of the
 * sources has a folder of its own, built once: other test files may be running what stands there.
 */
export function buildProgram(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = join(PROGRAMS, await digestOfSources());
  const main = join(folder, 'dist', 'main.js');
  if (await isThere(folder)) return main;

  await mkdir(PROGRAMS, { recursive: true });
  await withLock(LOCK, async () => {
    if (await isThere(folder)) return;
    await removeOld();
    const beside = await mkdtemp(`${folder}-`);
    try {
      await buildInto(beside);
      await rename(beside, folder);
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  });
  return main;
}

/** Says in its time that it is used. */
async function isThere(folder: string): Promise<boolean> {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}

/** Nobody runs what nobody has started for a day. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(PROGRAMS)) {
    const path = join(PROGRAMS, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
  }
}

async function buildInto(folder: string): Promise<void> {
  const tool = (name: string) => join(ROOT, 'node_modules', '.bin', name);
  const dist = join(folder, 'dist');
  // Types are what `npm run check` is for.
  await runLogged([tool('tsc'), '-p', join(ROOT, 'tsconfig.build.json'), '--noCheck', '--outDir', dist]);
  const pages = ['--config', join(ROOT, 'src/web/vite.config.ts'), '--outDir', join(dist, 'web')];
  await runLogged([tool('vite'), 'build', ...pages]);
  // The version is read from there.
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const below = await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
  const sources = below.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...sources.toSorted(), ...SOURCES.map((name) => join(ROOT, name))])
    hash.update(`${file}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
