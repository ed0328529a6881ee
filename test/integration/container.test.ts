import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import { playCall } from '../../src/simulator/asterisk.ts';
import { podmanOptions, type ComposeService } from '../lab/containers/compose-service.ts';
import { openContainerEngine, type ContainerEngine } from '../lab/containers/engine.ts';
import { buildProjectImage } from '../lab/containers/project-image.ts';
import { eventually } from '../lab/eventually.ts';
import { runLogged } from '../lab/rootfs/run-logged.ts';

/*
 * deploy/Dockerfile, built and run by buildah and podman as deploy/compose.yaml has it, on the demo database. Its service
 * db is tried in compose.test.ts. The image that it builds on is a stand-in, made of Debian's and Node.js's own files.
 */

/** Installing an engine, and a folder of the lab that is not there yet. */
const PREPARE_MS = 8 * 60_000;
const STEP_MS = 2 * 60_000;

const IMAGE = 'localhost/courier-agi';
const ANNA = '79162000001';

let engine: ContainerEngine;
let services: Readonly<Record<string, ComposeService>>;

beforeAll(async () => {
  engine = await openContainerEngine();
  await buildProjectImage(engine, IMAGE);
  ({ services } = parse(await readFile('deploy/compose.yaml', 'utf8')));
}, PREPARE_MS);

afterAll(() => engine?.close(), STEP_MS);

/** Starts a service of compose.yaml under its name, on the demo database. Comes back when it is healthy. */
async function start(name: 'courier-agi' | 'desk', ...options: readonly string[]): Promise<void> {
  const {
    environment,
    command = [],
    ...service
  } = services[name] as {
    environment: Record<string, string>;
    command?: string[];
  };
  const demo = { ...environment, COURIER_AGI_DATABASE_URL: 'demo:' };
  const translated = podmanOptions({ ...service, environment: demo }, engine.gateway);
  await engine.run('--detach', '--name', name, ...translated, ...options, IMAGE, ...command);
  await eventually(`${name} is healthy`, () => isHealthy(name), STEP_MS);
}

/** Runs the health check of a container, which a systemd would have run by itself. */
const isHealthy = (name: string): Promise<boolean> =>
  engine.podman('healthcheck', 'run', name).then(
    () => true,
    () => false,
  );

/** Runs a shell script in a container. */
const inside = (name: string, script: string): Promise<string> =>
  engine.podman('exec', name, 'sh', '-ec', script);

/** Of this machine, that leads to the one of a container. */
async function portOf(name: string, port: number): Promise<number> {
  return Number((await engine.podman('port', name, String(port))).trim().replace(/^.*:/, ''));
}

/** SIGTERM, and SIGKILL after the grace time, which makes the status 137. */
async function stop(name: string): Promise<number> {
  await engine.podman('stop', name);
  return Number(await engine.podman('inspect', '--format', '{{.State.ExitCode}}', name));
}

test(
  'the image has what the program needs, and not what built it',
  async () => {
    const { version, dependencies, devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(await engine.run('--rm', IMAGE, '--version')).toBe(`${version}\n`);
    const modules = 'cd node_modules; ls -d */package.json @*/*/package.json';
    const list = await engine.run('--rm', '--entrypoint', 'sh', IMAGE, '-c', modules);
    const installed = list.match(/^.*(?=\/package\.json$)/gm);
    expect(installed).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    // What the program needs needs it, too.
    const notAlone = ['@types/node'];
    const builders = Object.keys(devDependencies).filter((name) => !notAlone.includes(name));
    expect(builders.filter((name) => installed?.includes(name))).toEqual([]);
  },
  STEP_MS,
);

test(
  'the health check of the image fails where nothing runs',
  async () => {
    const [{ Healthcheck: check }] = JSON.parse(await engine.podman('image', 'inspect', IMAGE));
    const [kind, ...command] = check.Test as string[];
    expect(kind).toBe('CMD');
    const alone = engine.run('--rm', '--entrypoint', JSON.stringify(command), IMAGE);
    await expect(alone).rejects.toThrow('ended with 1:');
  },
  STEP_MS,
);

describe('the router', () => {
  beforeAll(() => start('courier-agi'), STEP_MS);

  test('answers a call', async () => {
    const target = { host: '127.0.0.1', port: await portOf('courier-agi', 4573) };
    const caller = { environment: new Map([['agi_callerid', ANNA]]), presets: new Map<string, string>() };
    const { variables } = await playCall(target, caller);
    expect(variables.get('ROUTE_STATUS')).toBe('OK');
    expect(variables.get('ROUTE_DIAL_1')).toBe('PJSIP/79161000011@trunk');
  });

  test('shows its health and its metrics to this machine', async () => {
    const http = `http://127.0.0.1:${await portOf('courier-agi', 9573)}`;
    expect(await (await fetch(`${http}/health`)).json()).toMatchObject({ status: 'alive' });
    expect((await fetch(`${http}/metrics`)).status).toBe(200);
  });

  test('is a user without rights, who writes into the volume alone', async () => {
    const rights = "id -un; sed -nE '/^(CapEff|CapBnd|NoNewPrivs)/p' /proc/self/status";
    expect(await inside('courier-agi', rights)).toMatch(/^node\nCapEff:\t0+\nCapBnd:\t0+\nNoNewPrivs:\t1\n$/);
    for (const folder of ['/', '/app', '/tmp', '/home/node', '/run'])
      await expect(inside('courier-agi', `touch ${folder}/mine`)).rejects.toThrow(/Read-only|Permission/);
    await inside('courier-agi', 'touch "$STATE_DIRECTORY/mine"');
  });

  test('fails the checks of doctor that deploy/README.md names', async () => {
    const told = await inside('courier-agi', 'node dist/main.js doctor || true');
    const failed = Array.from(told.matchAll(/^fail +(\S+)/gm), ([, check]) => check);
    const readme = await readFile('deploy/README.md', 'utf8');
    const [, ...named] = /^fails? in it: `(\S+)` and `(\S+)`/m.exec(readme) ?? [];
    expect(failed).toEqual(named);
  });

  test('reads its configuration again, and ends within its grace time', async () => {
    await engine.podman('kill', '--signal', 'HUP', 'courier-agi');
    await eventually('the configuration is read again', async () =>
      (await engine.podman('logs', 'courier-agi')).includes('configuration read again'),
    );
    expect(await stop('courier-agi')).toBe(0);
  });
});

describe('the desk', () => {
  let asterisk: PlayedAsterisk;
  let secret: readonly string[];
  /** The beginning of its addresses. */
  let desk: string;

  beforeAll(async () => {
    await runLogged(['/bin/sh', '-ec', `cd ${engine.folder}; ${await secretCommand()}`]);
    secret = ['--volume', `${join(engine.folder, 'ami-secret')}:/run/secrets/ami-secret:ro`];
    await startDesk();
    const account = { username: 'courier-agi', secret: 'SECRET' };
    // The address is there as long as a container is.
    asterisk = new PlayedAsterisk({ host: engine.gateway, port: 5038, account });
    await asterisk.start();
  }, STEP_MS);
  afterAll(() => asterisk?.stop());

  /** How compose.yaml has the secret written. */
  async function secretCommand(): Promise<string> {
    const [, command = 'false'] =
      /^# +(echo SECRET .*)$/m.exec(await readFile('deploy/compose.yaml', 'utf8')) ?? [];
    return command.replace('sudo', engine.become.join(' '));
  }

  const startDesk = async (): Promise<void> => {
    await start('desk', ...secret);
    desk = `http://127.0.0.1:${await portOf('desk', 8573)}`;
  };

  async function signIn(password: string): Promise<Record<string, string>> {
    const { status, headers } = await fetch(`${desk}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'olga', password }),
    });
    expect(status).toBe(200);
    return { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  }

  const readCalls = async (headers: Record<string, string>) => {
    const { calls } = (await (await fetch(`${desk}/api/calls`, { headers })).json()) as {
      calls: { state: string; from: { number: string } }[];
    };
    return calls.map(({ state, from }) => `${from.number} ${state}`).join();
  };

  test(
    'keeps its users and its journal when the container is made anew',
    async () => {
      const added = await inside('desk', 'node dist/main.js desk user add olga --role supervisor --json');
      const { password }: { password: string } = JSON.parse(added);
      const isReady = async () => (await fetch(`${desk}/ready`)).ok;
      await eventually('the desk follows', isReady, STEP_MS);
      await asterisk.play(
        inbound(asterisk.ids, {
          from: ANNA,
          to: '74950000000',
          rings: ['101'],
          answeredBy: '101',
          ringSeconds: 0.2,
          talkSeconds: 0.2,
          endedBy: 'caller',
        }),
      );
      const headers = await signIn(password);
      const isOver = async () => (await readCalls(headers)) === `${ANNA} ended`;
      await eventually('the call is over', isOver);

      expect(await stop('desk')).toBe(0);
      await engine.podman('rm', 'desk');
      await startDesk();
      expect(await readCalls(await signIn(password))).toBe(`${ANNA} ended`);
    },
    STEP_MS,
  );

  test('has its files in order for doctor', async () => {
    const told = await inside('desk', 'node dist/main.js doctor || true');
    expect(told).toMatch(/^ok +files /m);
    expect(told).toMatch(/^ok +ami /m);
  });
});
