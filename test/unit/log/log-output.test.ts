import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { LogOutput } from '../../../src/log/log-output.ts';

const folder = mkdtempSync(join(tmpdir(), 'courier-agi-log-'));
let reader: ChildProcess | undefined;
let fd: number | undefined;

afterEach(async () => {
  reader?.kill('SIGKILL');
  reader = undefined;
  if (fd !== undefined) closeSync(fd);
  fd = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** The writing end of a pipe whose reader copies it to a file. */
async function openPipe(): Promise<{ output: LogOutput; text: () => string }> {
  const fifo = join(folder, 'fifo');
  const copy = join(folder, 'copy');
  const made = spawn('sh', ['-c', `mkdir -p ${folder} && mkfifo ${fifo}`]);
  await once(made, 'close');
  reader = spawn('sh', ['-c', `exec cat ${fifo} > ${copy}`]);
  fd = openSync(fifo, 'r+');
  return { output: new LogOutput(fd), text: () => readFileSync(copy, 'utf8') };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

test('lines come out in their order, and the rest of them at the end', async () => {
  const { output, text } = await openPipe();
  let expected = '';
  for (let i = 0; i < 3000; i += 1) {
    const line = `line ${i} ${'я'.repeat(100)}\n`;
    output.write(line);
    expected += line;
    if (i % 500 === 0) await sleep(30);
  }
  await until(() => text().length > 0);
  await sleep(50);
  output.flushSync();
  await until(() => text().length >= expected.length);
  expect(text()).toBe(expected);
});

test('a reader that has stopped blocks nobody; lines beyond the limit are lost and counted', async () => {
  const { output, text } = await openPipe();
  await sleep(50);
  reader?.kill('SIGSTOP');
  const line = `${'x'.repeat(999)}\n`;
  for (let i = 0; i < 500; i += 1) output.write(line);
  // The pipe takes 64 KB, the rest of the write hangs.
  await sleep(100);
  for (let i = 0; i < 5000; i += 1) output.write(line);
  expect(output.lost).toBe(1000);
  await sleep(1100);
  // At the end of the process nobody waits for it.
  output.flushSync();
  reader?.kill('SIGCONT');
  await until(() => text().includes('log lines were lost'));
  expect(text()).toContain('"lines":1000,');
  expect(text().split(line)).toHaveLength(4501);
});

test('an output that cannot be written to is no error', async () => {
  // Read-only: EBADF, as EPIPE would come.
  const readOnly = openSync('/dev/null', 'r');
  const output = new LogOutput(readOnly);
  output.write('lost\n');
  await sleep(60);
  output.write('lost, too\n');
  output.flushSync();
  closeSync(readOnly);
});
