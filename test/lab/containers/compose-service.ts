import { resolve } from 'node:path';

/** A service of deploy/compose.yaml. */
export type ComposeService = Readonly<Record<string, unknown>>;

type Translation = (value: never, gateway: string) => readonly string[];

/** As the options of podman; what says how it is built, and beside what it starts, is none. */
const OPTIONS: Readonly<Record<string, Translation | null>> = {
  build: null,
  image: null,
  command: null,
  profiles: null,
  depends_on: null,
  restart: null,
  environment: (variables: Record<string, string>) =>
    Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  // On free ports: others may run here.
  ports: (ports: string[]) =>
    ports.flatMap((port) => ['--publish', port.replace(/^([\d.]+):\d+:(\d+)$/, '$1::$2')]),
  volumes: (volumes: string[]) =>
    volumes.flatMap((volume) => ['--volume', volume.replace(/^\.\//, `${resolve('deploy')}/`)]),
  // The podman of Debian 12 does not know this word of Docker.
  extra_hosts: (hosts: string[], gateway) =>
    hosts.flatMap((host) => ['--add-host', host.replace('host-gateway', gateway)]),
  healthcheck: ({ test, ...times }: { test: string[] } & Record<string, string>) => [
    '--health-cmd',
    JSON.stringify(test.slice(1)),
    ...Object.entries(times).flatMap(([name, value]) => [`--health-${name.replaceAll('_', '-')}`, value]),
  ],
  secrets: () => [],
  stop_grace_period: (period: string) => ['--stop-timeout', period.replace(/s$/, '')],
  init: () => ['--init'],
  // podman would lay folders to write to over some, and Docker does not.
  read_only: () => ['--read-only', '--read-only-tmpfs=false'],
  cap_drop: (names: string[]) => names.flatMap((name) => ['--cap-drop', name]),
  security_opt: (options: string[]) => options.flatMap((option) => ['--security-opt', option]),
  mem_limit: (limit: string) => ['--memory', limit],
};

/** @throws on a key that is not translated here, rather than leave it out */
export function podmanOptions(service: ComposeService, gateway: string): string[] {
  return Object.entries(service).flatMap(([key, value]) => {
    const translate = OPTIONS[key];
    if (translate === undefined) throw new Error(`A service of compose.yaml has ${key}: translate it here.`);
    return translate === null ? [] : translate(value as never, gateway);
  });
}
