import { describe, expect, test } from '@jest/globals';
import { CommandReader } from '../../../src/simulator/command-reader.ts';

/** Everything that can be read now. */
function drain(reader: CommandReader): unknown[] {
  const lines: unknown[] = [];
  for (;;) {
    const line = reader.read();
    if (line === undefined) return lines;
    if (line === 'closed') return [...lines, 'closed'];
    lines.push(line.end === 'whole' ? line.text : [line.text, line.end]);
  }
}

function readerOf(text: string, bufferBytes = 2048): CommandReader {
  const reader = new CommandReader(bufferBytes);
  reader.push(Buffer.from(text));
  return reader;
}

describe('CommandReader', () => {
  test.each([1, 2, 3, 5, 7])('reads the same line from chunks of %i bytes', (size) => {
    const reader = new CommandReader(2048);
    const bytes = Buffer.from('SET VARIABLE A "Ж"\n');
    const lines: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
      lines.push(...drain(reader));
    }
    expect(lines).toEqual([Buffer.from('SET VARIABLE A "Ж"').toString('latin1')]);
  });

  test('lets a pipelined command wait until more arrives, as Asterisk does', () => {
    const reader = readerOf('A\nB\nC\n');
    expect(drain(reader)).toEqual(['A']);
    expect(reader.hasMore).toBe(true);
    reader.push(Buffer.from('D\n'));
    expect(drain(reader)).toEqual(['B', 'C', 'D']);
    expect(reader.hasMore).toBe(false);
  });

  test('executes what waits when the server closes', () => {
    const reader = readerOf('A\nB\nC\n');
    expect(drain(reader)).toEqual(['A']);
    reader.end();
    expect(drain(reader)).toEqual(['B', 'C', 'closed']);
  });

  test('takes a line of 2,046 bytes and its newline', () => {
    const line = 'x'.repeat(2046);
    expect(drain(readerOf(`${line}\n`))).toEqual([line]);
  });

  test('cuts a longer line and reads the rest as the next command', () => {
    const reader = readerOf(`${'x'.repeat(2047)}tail\n`);
    expect(drain(reader)).toEqual([['x'.repeat(2047), 'cut']]);
    reader.end();
    expect(drain(reader)).toEqual(['tail', 'closed']);
  });

  test('reads a line of one byte too many as a whole command and an empty one', () => {
    const reader = readerOf(`${'x'.repeat(2047)}\n`);
    reader.end();
    expect(drain(reader)).toEqual([['x'.repeat(2047), 'cut'], '', 'closed']);
  });

  test('has room for long lines with the buffer of Asterisk 22.6', () => {
    const line = 'x'.repeat(8190);
    expect(drain(readerOf(`${line}\n`, 8192))).toEqual([line]);
  });

  test('executes what stands behind the last newline when the server closes', () => {
    const reader = readerOf('NOO');
    expect(drain(reader)).toEqual([]);
    reader.end();
    expect(drain(reader)).toEqual([['NOO', 'tail'], 'closed']);
  });

  test('loses what follows a NUL, the newline too', () => {
    const reader = readerOf('A\0B\nC\n');
    expect(drain(reader)).toEqual(['AC']);
  });

  test('says closed at once when nothing was said', () => {
    const reader = new CommandReader(2048);
    reader.end();
    expect(drain(reader)).toEqual(['closed']);
  });
});
