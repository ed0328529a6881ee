import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LAB_FOLDER } from '../../lab/rootfs/prepare.ts';
import { withLock } from '../../lab/rootfs/lock.ts';
import { runLogged } from '../../lab/rootfs/run-logged.ts';

/** What runs as a process of its own: the server as it is delivered, and who calls it. */
export interface Programs {
  readonly server: string;
  readonly callers: string;
}

let built: Promise<Programs> | undefined;

/** Compiles them into the lab, apart from `dist/`, once a test file. Takes about two seconds. */
export function buildPrograms(): Promise<Programs> {
  built ??= build();
  return built;
}

async function build(): Promise<Programs> {
  const root = join(LAB_FOLDER, '..');
  const folder = join(LAB_FOLDER, 'chaos');
  await mkdir(folder, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    await runLogged([
      join(root, 'node_modules', '.bin', 'tsc'),
      '-p',
      join(root, 'test', 'chaos', 'tsconfig.json'),
    ]);
    // Its version is read from there.
    await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
  });
  return {
    server: join(folder, 'src', 'main.js'),
    callers: join(folder, 'test', 'chaos', 'programs', 'callers.js'),
  };
}
