import { join } from 'node:path';
import { LAB_FOLDER } from './rootfs/prepare.ts';
import { withLock } from './rootfs/lock.ts';
import { runLogged } from './rootfs/run-logged.ts';

let built: Promise<void> | undefined;

/** Builds the pages where the server of the lab looks for them, once a test file. Takes about a second. */
export function buildPages(): Promise<void> {
  built ??= build();
  return built;
}

async function build(): Promise<void> {
  const root = join(LAB_FOLDER, '..');
  const folder = join(LAB_FOLDER, 'server');
  await withLock(`${folder}.lock`, async () => {
    await runLogged([
      join(root, 'node_modules', '.bin', 'vite'),
      'build',
      '--config',
      join(root, 'src/web/vite.config.ts'),
      '--outDir',
      join(folder, 'dist', 'web'),
    ]);
  });
}
