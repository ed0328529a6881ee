import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../lab/eventually.ts';
import { ServiceManager } from '../../../src/server/systemd.ts';

let folder: string;
let command: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-systemd-'));
  command = join(folder, 'systemd-notify');
  await writeFile(command, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${folder}/messages\n`);
  await chmod(command, 0o755);
});

afterEach(() => rm(folder, { recursive: true }));

const messages = async (): Promise<string[]> => {
  const text = await readFile(join(folder, 'messages'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
};

function manage(env: NodeJS.ProcessEnv, problems: string[] = []) {
  return new ServiceManager({ env, command, onProblem: (problem) => problems.push(problem) });
}

describe('systemd', () => {
  test('is told of the start and of the stop', async () => {
    const manager = manage({ NOTIFY_SOCKET: '/run/s' });
    await manager.ready();
    await manager.stopping();
    expect(await messages()).toEqual(['/run/s --ready', '/run/s STOPPING=1']);
  });

  test('is told nothing where it did not start us', async () => {
    const manager = manage({ WATCHDOG_USEC: '1000' });
    await manager.ready();
    await manager.stopping();
    expect(await messages()).toEqual([]);
  });

  test('gets signs of life while the server works, and none once it stops', async () => {
    const manager = manage({
      NOTIFY_SOCKET: '/run/s',
      WATCHDOG_USEC: '30000',
      WATCHDOG_PID: String(process.pid),
    });
    await manager.ready();
    await eventually('three signs', async () => (await messages()).length >= 3);
    await manager.stopping();
    const told = await messages();
    expect(told[0]).toBe('/run/s --ready');
    // A sign that was on its way may come last.
    expect(new Set(told.slice(1))).toEqual(new Set(['/run/s WATCHDOG=1', '/run/s STOPPING=1']));
    expect(told.filter((line) => line.includes('STOPPING'))).toHaveLength(1);
  });

  test('gets no sign of life that it waits for from another process', async () => {
    const manager = manage({ NOTIFY_SOCKET: '/run/s', WATCHDOG_USEC: '3000', WATCHDOG_PID: '1' });
    await manager.ready();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await messages()).toEqual(['/run/s --ready']);
  });

  test('that cannot be reached is one problem, and no end of the server', async () => {
    const problems: string[] = [];
    await rm(command);
    const manager = manage({ NOTIFY_SOCKET: '/run/s' }, problems);
    await manager.ready();
    await manager.stopping();
    expect(problems).toEqual([expect.stringContaining('ENOENT')]);
  });
});
