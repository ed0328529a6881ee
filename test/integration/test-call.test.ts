import { afterEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { originated, type Originated } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { buildProgram } from '../lab/build-program.ts';

/* `courier-agi call` as somebody runs it, on a played Asterisk. */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const cleanups = new Cleanups();
afterEach(cleanups.run);

async function call(outcome: Originated['outcome'], ...options: readonly string[]) {
  const asterisk = new PlayedAsterisk({
    host: '127.0.0.1',
    port: 0,
    account: ACCOUNT,
    speed: 10,
    onOriginate: (ids, request) => originated(ids, { ...request, ringSeconds: 2, outcome, talkSeconds: 60 }),
  });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-call-'));
  cleanups.add(() => rm(folder, { recursive: true }));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, ACCOUNT.secret);
  const config = join(folder, 'courier-agi.yaml');
  await writeFile(
    config,
    JSON.stringify({ asterisk: { port: asterisk.port, secretFile }, calls: { callerId: '74951234567' } }),
  );
  const main = await buildProgram();
  const args = [main, 'call', '--config', config, ...options, '79161000011', '79162000001'];
  return new Promise<{ status: number; output: string }>((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

test('it prints a line a step, and ends well when both have answered', async () => {
  const { status, output } = await call('both answer', '--lang', 'ru');
  expect(output.split('\n')).toHaveLength(12);
  expect(output).toMatch(/^ok +хост .*\nok +порт .*\nok +AMI /);
  expect(output).toMatch(/ok +второй ответил +Второй телефон ответил\.\n$/);
  expect(status).toBe(0);
});

test('it says what to do where it fails, as JSON too', async () => {
  const { status, output } = await call('first does not answer', '--json', '--lang', 'en');
  const { good, steps } = JSON.parse(output);
  expect(good).toBe(false);
  expect(steps.find(({ state }: { state: string }) => state === 'fail')).toEqual({
    asterisk: 'main',
    name: 'first answers',
    state: 'fail',
    message: 'The first telephone rang, and nobody picked up.',
    remedy: 'Pick it up when it rings. If it is far away, calls.ringSeconds gives it more time.',
  });
  expect(status).toBe(1);
});
