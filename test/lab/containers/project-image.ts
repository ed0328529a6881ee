import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLogged } from '../rootfs/run-logged.ts';
import type { ContainerEngine } from './engine.ts';
import { makeNodeImage } from './node-image.ts';

/** Builds deploy/Dockerfile as it is. What npm has fetched on this machine before is not fetched again. */
export async function buildProjectImage(engine: ContainerEngine, name: string): Promise<void> {
  const dockerfile = await readFile('deploy/Dockerfile', 'utf8');
  const bases = new Set(Array.from(dockerfile.matchAll(/^FROM (\S+)/gm), ([, base = '']) => base));
  for (const base of bases) {
    await makeNodeImage(engine, base);
    await proveEngine(engine, base);
  }

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

/** @throws says that it is this machine, when not even the smallest container runs */
async function proveEngine(engine: ContainerEngine, image: string): Promise<void> {
  await engine.run('--rm', image, 'true').catch((cause: unknown) => {
    const what = 'deploy/Dockerfile cannot be tried: podman runs no container on this machine.';
    throw new Error(`${what} It needs root that may mount and make namespaces. ${String(cause)}`, { cause });
  });
}
