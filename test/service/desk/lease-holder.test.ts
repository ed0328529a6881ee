import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isGone, leaseHolder } from '../../../src/desk/lease-holder.ts';

const ofProcess = (pid: number | undefined) => leaseHolder().replace(` ${process.pid} `, ` ${pid} `);

test('a holder fits into its column and is never named twice', () => {
  expect(leaseHolder().length).toBeLessThanOrEqual(60);
  expect(leaseHolder()).not.toBe(leaseHolder());
});

test('a process of this machine is gone when it has ended', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const holder = ofProcess(child.pid);
  expect(isGone(holder)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(isGone(holder)).toBe(true);
});

test('the one before with the number of this process is gone', () => {
  expect(isGone(leaseHolder())).toBe(true);
});

test.each([
  ['of another machine', leaseHolder().replace(/ [0-9a-f]{8} \d+ /, ' 00000000 4194304 ')],
  ['of an older version', 'host 8f9c7a52-0a2b-4a51-9d43-3f2c2b3f7a10'],
  ['without a name', ''],
])('nobody can tell of one %s', (_what, holder) => {
  expect(isGone(holder)).toBe(false);
});
