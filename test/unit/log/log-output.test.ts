import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LogOutput } from '../../../src/log/log-output.ts';
import { eventually } from '../../lab/eventually.ts';

let folder: string;
let reader: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-log-'));
});
afterEach(() => {
  reader?.kill('SIGKILL');
  reader = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const lostLine = (lines: number): string => `lost ${lines}\n`;

/** The writing end of a pipe whose reader copies it to a file. */
function openPipe(): { output: LogOutput; text: () => string; lines: () => string[] } {
  const fifo = join(folder, 'fifo');
  const copy = join(folder, 'copy');
  execFileSync('mkfifo', [fifo]);
  // Both ends: to open only one would wait for the other.
  const fd = openSync(fifo, 'r+');
  closeSync(openSync(copy, 'w'));
  reader = spawn('sh', ['-c', `exec cat ${fifo} > ${copy}`]);
  const text = () => readFileSync(copy, 'utf8');
  // The output keeps the descriptor: it stays open.
  return { output: new LogOutput(fd, lostLine), text, lines: () => text().split('\n').slice(0, -1) };
}

describe('a pipe', () => {
  test('gets the lines in their order', async () => {
    const { output, text } = openPipe();
    let expected = '';
    for (let i = 0; i < 3000; i += 1) {
      const line = `line ${i} ${'я'.repeat(100)}\n`;
      output.write(line);
      expected += line;
      if (i % 500 === 0) await sleep(30);
    }
    output.flushSync();
    await eventually('all lines are there', () => text().length >= expected.length);
    expect(text()).toBe(expected);
  });

  test('gets lines of any length whole', async () => {
    const { output, text } = openPipe();
    const long = `${'x'.repeat(300_000)}\n`;
    output.write('before\n');
    output.write(long);
    output.write('after\n');
    await eventually('the last line is there', () => text().endsWith('after\n'));
    expect(text() === `before\n${long}after\n`).toBe(true);
  });

  test('is written to again after a flush, as pino asks for with each fatal line', async () => {
    const { output, text } = openPipe();
    output.write('fatal\n');
    output.flushSync();
    output.write('and on\n');
    await eventually('the line after it is there', () => text() === 'fatal\nand on\n');
  });
});

describe('a reader that has stopped', () => {
  const LINE = `${'x'.repeat(999)}\n`;
  const stopped = async () => {
    const pipe = openPipe();
    pipe.output.write('first\n');
    await eventually('the reader reads', () => pipe.text() !== '');
    reader?.kill('SIGSTOP');
    return pipe;
  };

  test('holds up neither a line, nor a flush, nor the end for longer than that may take', async () => {
    const { output } = await stopped();
    const startedAt = performance.now();
    for (let i = 0; i < 1000; i += 1) output.write(LINE);
    output.flushSync();
    expect(performance.now() - startedAt).toBeLessThan(500);
    const endsAt = performance.now();
    output.flushSync(200);
    expect(performance.now() - endsAt).toBeLessThan(700);
  });

  test('costs the lines that do not fit, to the last one counted, and no other is torn', async () => {
    const { output, lines } = await stopped();
    for (let i = 0; i < 6000; i += 1) output.write(LINE);
    await sleep(150);
    for (let i = 0; i < 500; i += 1) output.write(LINE);
    const { lost } = output;
    expect(lost).toBeGreaterThan(1000);
    reader?.kill('SIGCONT');
    await eventually('the log tells of them', () => lines().includes(`lost ${lost}`));
    output.write('and on\n');
    await eventually('it goes on', () => lines().at(-1) === 'and on');
    const whole = lines().filter((line) => line === LINE.trimEnd());
    expect(whole.length + lost).toBe(6500);
    expect(lines()).toHaveLength(whole.length + 3);
    expect(output.lost).toBe(0);
  });

  test('leaves no half line behind when the process ends', async () => {
    const { output, text } = await stopped();
    for (let i = 0; i < 1000; i += 1) output.write(`${'y'.repeat(300)}\n`);
    output.flushSync();
    reader?.kill('SIGCONT');
    await eventually('it has read', () => text().length > 50_000);
    expect(text().endsWith('\n')).toBe(true);
  });
});

describe('a file', () => {
  test('gets the lines in their order', async () => {
    const file = join(folder, 'log');
    const output = new LogOutput(openSync(file, 'a'), lostLine);
    let expected = '';
    for (let i = 0; i < 2000; i += 1) {
      output.write(`line ${i}\n`);
      expected += `line ${i}\n`;
      if (i === 1000) await sleep(150);
    }
    output.flushSync();
    await eventually('all lines are there', () => readFileSync(file, 'utf8').length >= expected.length);
    expect(readFileSync(file, 'utf8')).toBe(expected);
  });

  test.each([
    ['on a full disk', '/dev/full', 'w'],
    ['that cannot be written to', '/dev/null', 'r'],
  ])('%s keeps what it can, and counts the rest line by line', async (_where, path, flags) => {
    const output = new LogOutput(openSync(path, flags), lostLine);
    for (let i = 0; i < 500; i += 1) output.write('kept\n');
    await sleep(150);
    output.flushSync(50);
    expect(output.lost).toBe(0);
    for (let i = 0; i < 5000; i += 1) output.write(`${'x'.repeat(999)}\n`);
    // 4,000,000 bytes less the 2,500 of the first lines.
    expect(output.lost).toBe(5000 - 3997);
  });
});
