import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLogged } from '../rootfs/run-logged.ts';
import type { ContainerEngine } from './engine.ts';
import { makeNodeImage } from './node-image.ts';

/** Builds deploy/Dockerfile as it is. What npm has fetched on this machine before is not fetched again. */
export async function buildProjectImage(engine: ContainerEngine, name: string): Promise<void> {
  const dockerfile = await readFile('deploy/Dockerfile', 'utf8');
  const bases = new Set(Array.from(dockerfile.matchAll(/^FROM (\S+)/gm), ([, base = '']) => base));
  for (const base of bases) await makeBase(engine, base);

  const setting = async (key: string) => (await runLogged(['npm', 'config', 'get', key])).trim();
  const npmrc = join(engine.folder, 'npmrc');
  const settings = ['prefer-offline=true', 'update-notifier=false', `registry=${await setting('registry')}`];
  await writeFile(npmrc, `${settings.join('\n')}\n`);
  // The cache is written to in a layer that is thrown away.
  const mounts = [`${await setting('cache')}:/root/.npm:O`, `${npmrc}:/root/.npmrc:ro`];
  const options = ['--pull-never', '--isolation', 'chroot', '--format', 'docker', '--tag', name];
  const volumes = mounts.flatMap((mount) => ['--volume', mount]);
  await engine.buildah('bud', ...options, ...volumes, '--file', 'deploy/Dockerfile', '.');
}

/** @throws says that it is this machine, when not even the smallest container can be made and run */
async function makeBase(engine: ContainerEngine, name: string): Promise<void> {
  try {
    await makeNodeImage(engine, name);
    await engine.run('--rm', name, 'true');
  } catch (cause) {
    const what = 'deploy/Dockerfile cannot be tried: this machine makes and runs no container.';
    throw new Error(`${what} It needs root that may mount and make namespaces. ${String(cause)}`, { cause });
  }
}
