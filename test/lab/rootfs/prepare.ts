import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ensurePackage, howToBecomeRoot } from '../packages.ts';
import { type Recipe, RECIPES, type RootfsName } from './recipes.ts';
import { withLock } from './lock.ts';
import { runLogged } from './run-logged.ts';

/**
 * Where the prepared folders live: ignored by git, kept between runs. This file runs as it is, from
 * `test/lab/rootfs/`, or compiled, from somewhere below that folder (`.lab/js/`, `.lab/bench/`).
 */
export const LAB_FOLDER =
  folderAbove(import.meta.dirname, '.lab') ?? join(import.meta.dirname, '..', '..', '..', '.lab');

/** Written last: a folder without it is half made. */
const MARKER = '.courier-agi-lab';

export type Report = (line: string) => void;

/**
 * The path of a prepared root file system, made first when it is missing, half made or out of date.
 * Making one takes about a minute and 400 MB; a folder that is ready costs one small read.
 *
 * @param report gets a line when long work begins, goes on and ends
 * @throws when this machine cannot do it (no root, no Debian tools); the message says what to do
 */
export async function prepareRootfs(name: RootfsName, report: Report = () => {}): Promise<string> {
  const recipe = RECIPES.find((one) => one.name === name);
  if (recipe === undefined) throw new Error(`There is no recipe for ${name}.`);
  const folder = join(LAB_FOLDER, name);
  if (await isReady(folder, recipe)) return folder;

  await mkdir(LAB_FOLDER, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    // Another process may have made it while this one waited.
    if (!(await isReady(folder, recipe))) await make(folder, recipe, report);
  });
  return folder;
}

/** The nearest one of this name that a path lies in. */
function folderAbove(path: string, name: string): string | undefined {
  const end = path.lastIndexOf(`${sep}${name}${sep}`);
  return end === -1 ? undefined : join(path.slice(0, end), name);
}

async function isReady(folder: string, recipe: Recipe): Promise<boolean> {
  const marker = await readFile(join(folder, MARKER), 'utf8').catch(() => '');
  return marker === fingerprint(recipe);
}

/** A changed recipe makes the folder out of date. */
function fingerprint(recipe: Recipe): string {
  const ingredients = JSON.stringify([recipe.suite, recipe.packages]);
  return createHash('sha256').update(ingredients).digest('hex');
}

async function make(folder: string, recipe: Recipe, report: Report): Promise<void> {
  const become = await howToBecomeRoot();
  if (become === undefined) {
    throw new Error(
      `The tests on real telephony need ${recipe.name} in ${folder}, and making it needs root. ` +
        'Run the tests as root, or as a user whom sudo asks for no password.',
    );
  }
  const mmdebstrap = await ensurePackage('mmdebstrap', 'mmdebstrap');

  report(`${recipe.name}: making it from Debian ${recipe.suite}, this takes a minute or two`);
  // mmdebstrap refuses a folder that is not empty. Nothing is ever mounted here outside a private mount
  // namespace, and --one-file-system makes sure that no stray mount is emptied.
  await runLogged([...become, 'rm', '-rf', '--one-file-system', folder]);
  await runLogged(
    [
      ...become,
      'env',
      'PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin',
      mmdebstrap,
      '--variant=apt',
      // The release files of old suites have expired.
      '--aptopt=Acquire::Check-Valid-Until "false"',
      '--aptopt=APT::Install-Recommends "false"',
      `--include=${recipe.packages.join(',')}`,
      recipe.suite,
      folder,
    ],
    (line) => line.startsWith('I: ') && report(`${recipe.name}: ${line.slice(3)}`),
  );
  await checkVersion(folder, recipe, become);
  await writeMarker(folder, recipe, become);
  report(`${recipe.name}: ready`);
}

async function checkVersion(folder: string, recipe: Recipe, become: readonly string[]): Promise<void> {
  const output = await runLogged([...become, 'chroot', folder, ...recipe.versionCommand]);
  if (recipe.version.test(output)) return;
  throw new Error(
    `Debian ${recipe.suite} no longer has what ${recipe.name} stands for: "${output.trim()}" does not match ` +
      `${recipe.version}. Choose another suite in test/lab/rootfs/recipes.ts.`,
  );
}

async function writeMarker(folder: string, recipe: Recipe, become: readonly string[]): Promise<void> {
  const draft = `${folder}.marker`;
  await writeFile(draft, fingerprint(recipe));
  // The folder belongs to root, this process perhaps does not; mv on one file system is atomic.
  await runLogged([...become, 'mv', draft, join(folder, MARKER)]);
}
