import { join } from 'node:path';
import { prepareRootfs } from '../rootfs/prepare.ts';
import { runLogged } from '../rootfs/run-logged.ts';
import type { ContainerEngine } from './engine.ts';

/** What `node:20-bookworm-slim` comes with. */
const NPM = 'npm@10';

/** Of the Debian folder, what makes an image bigger and no program here uses. */
const LEFT_OUT = [
  'usr/share/*/*',
  'usr/lib/*/libnode.so*',
  'usr/lib/*/libicu*',
  'usr/bin/node*',
  'var/cache/*',
];

/**
 * A stand-in for the official image, which no registry is asked for: Debian 12 of the lab, with Node.js, npm and the
 * user `node` as they are there.
 */
export async function makeNodeImage(
  { become, folder, buildah }: ContainerEngine,
  name: string,
): Promise<void> {
  const [, major = ''] = /^node:(\d+)-bookworm-slim$/.exec(name) ?? [];
  if (major === '') throw new Error(`${name} is not of Debian 12: what it is made of here must follow.`);
  const [debian, node, npm] = await Promise.all([
    prepareRootfs('node-18'),
    pack(`node-linux-${process.arch}@${major}`, folder),
    pack(NPM, folder),
  ]);
  const container = (await buildah('from', 'scratch')).trim();
  const root = (await buildah('mount', container)).trim();
  await runLogged([...become, '/bin/sh', '-ec', FILL, 'sh', debian, root, node, npm, ...LEFT_OUT]);
  await buildah('umount', container);
  await buildah('commit', '--quiet', '--format', 'docker', '--rm', container, `docker.io/library/${name}`);
}

/** @returns the path of the package */
async function pack(name: string, folder: string): Promise<string> {
  const options = ['--silent', '--prefer-offline', '--pack-destination', folder];
  return join(folder, (await runLogged(['npm', 'pack', ...options, name])).trim());
}

/** Shell. Arguments: Debian, the root file system to fill, the packages of Node.js and of npm, what is left out. */
const FILL = `
debian=$1; root=$2; node=$3; npm=$4; shift 4
for pattern; do set -- "$@" "--exclude=./$pattern"; shift; done
tar -C "$debian" --one-file-system -c "$@" . | tar -C "$root" -xp
modules=$root/usr/local/lib/node_modules
mkdir -p "$modules/npm"
tar -xzf "$node" -C "$root/usr/local" --strip-components=1 package/bin/node
tar -xzf "$npm" -C "$modules/npm" --strip-components=1
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
chroot "$root" useradd --uid 1000 --user-group --create-home --shell /bin/bash node
`;
