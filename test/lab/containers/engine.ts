import { chmod, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackage, howToBecomeRoot } from '../packages.ts';
import { runLogged } from '../rootfs/run-logged.ts';

/** Images and containers in a folder of their own, which nobody else on this machine sees. */
export interface ContainerEngine {
  readonly become: readonly string[];
  /** For files that images and containers are made of. */
  readonly folder: string;
  /** Address of this machine for the containers. */
  readonly gateway: string;
  /** @returns what it prints on stdout. @throws when it fails, with its output */
  readonly buildah: (...args: readonly string[]) => Promise<string>;
  readonly podman: (...args: readonly string[]) => Promise<string>;
  /** `podman run`. */
  readonly run: (...args: readonly string[]) => Promise<string>;
  /** Ends all containers and removes everything. */
  readonly close: () => Promise<void>;
}

const MEMORY = '/dev/shm';
const NEEDED_BYTES = 8e9;

const NETWORK = 'courier-agi';

/** Not every machine lets root give more than it has, which podman does on its own. */
const LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096'];

/** @throws when this machine cannot have one; the message says what it lacks */
export async function openContainerEngine(): Promise<ContainerEngine> {
  const become = await howToBecomeRoot();
  if (become === undefined)
    throw new Error(
      'Containers are built and run as root here: run the tests as root, or as a user of sudo.',
    );
  const { buildah, podman } = await installEngine();
  const folder = await mkdtemp(join(await roomyFolder(), 'courier-agi-containers-'));
  // Users of the containers go through it.
  await chmod(folder, 0o755);
  const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  // systemd may be away.
  const settings = ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file'];
  const own = ['--network-config-dir', join(folder, 'networks'), '--tmpdir', join(folder, 'tmp')];
  const inPodman = (...args: readonly string[]) =>
    runLogged([...become, podman, ...storage, ...settings, ...own, ...args]);
  await inPodman('network', 'create', '--disable-dns', NETWORK);
  const [network] = JSON.parse(await inPodman('network', 'inspect', NETWORK));

  return {
    become,
    folder,
    gateway: network.subnets[0].gateway,
    run: (...args) => inPodman('run', '--network', NETWORK, ...LIMITS, ...args),
    buildah: (...args) => runLogged([...become, buildah, ...storage, ...args]),
    podman: inPodman,
    close: async () => {
      await inPodman('rm', '--all', '--force', '--time', '1');
      await inPodman('network', 'rm', NETWORK);
      await runLogged([...become, buildah, ...storage, 'umount', '--all']);
      await runLogged([...become, 'rm', '-rf', '--one-file-system', folder]);
    },
  };
}

/** Installs what this machine lacks. */
export async function installEngine(): Promise<{ readonly buildah: string; readonly podman: string }> {
  const buildah = await ensurePackage('buildah', 'buildah');
  const podman = await ensurePackage('podman', 'podman');
  // crun takes no machine with both kinds of control groups.
  await ensurePackage('runc', 'runc');
  // The init of `init: true`, and the network with its ports. The second is in no folder of PATH.
  await ensurePackage('catatonit', 'catatonit');
  await ensurePackage('../lib/podman/netavark', 'netavark');
  await ensurePackage('iptables', 'iptables');
  return { buildah, podman };
}

/** In memory where there is enough of it: a build writes half a gigabyte of small files, thrice. */
async function roomyFolder(): Promise<string> {
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > NEEDED_BYTES ? MEMORY : tmpdir();
}
