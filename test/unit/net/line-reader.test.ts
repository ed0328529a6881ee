import { describe, expect, test } from '@jest/globals';
import { LineReader } from '../../../src/net/line-reader.ts';
import { ENVIRONMENT, USAGE_BLOCK } from '../agi/wire.ts';

interface Outcome {
  readonly lines: string[];
  readonly fault: string | undefined;
}

function read(chunks: readonly Buffer[], maxLineBytes: number): Outcome {
  const reader = new LineReader(maxLineBytes);
  const lines = chunks.flatMap((chunk) => reader.push(chunk));
  return { lines, fault: reader.fault };
}

const byteByByte = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.from([byte]));

const TOO_LONG = 'A line is longer than 40 bytes.';
const NUL = 'A line holds a NUL byte, which Asterisk never sends.';

const CASES: readonly (readonly [title: string, bytes: Buffer, expected: Outcome])[] = [
  ['two lines', Buffer.from('one\ntwo\n'), { lines: ['one', 'two'], fault: undefined }],
  ['a half line', Buffer.from('one\ntw'), { lines: ['one'], fault: undefined }],
  ['empty lines', Buffer.from('\n\na\n\n'), { lines: ['', '', 'a', ''], fault: undefined }],
  ['CR LF', Buffer.from('one\r\n\r\ntwo\r\n'), { lines: ['one', '', 'two'], fault: undefined }],
  ['a lone CR', Buffer.from('o\rne\ntwo\r\r\n'), { lines: ['o\rne', 'two\r'], fault: undefined }],
  [
    'UTF-8 of two, three and four bytes',
    Buffer.from('Иван\n€\n📞\n'),
    { lines: ['Иван', '€', '📞'], fault: undefined },
  ],
  [
    'bytes that are not UTF-8',
    Buffer.from([0xc8, 0xe2, 0x0a, 0x41, 0x0a]),
    { lines: ['\u{FFFD}\u{FFFD}', 'A'], fault: undefined },
  ],
  [
    'a sequence cut off by the line end',
    Buffer.from([0xd0, 0x0a, 0x98, 0x0a]),
    { lines: ['\u{FFFD}', '\u{FFFD}'], fault: undefined },
  ],
  [
    'the longest line',
    Buffer.from(`${'x'.repeat(40)}\ny\n`),
    { lines: ['x'.repeat(40), 'y'], fault: undefined },
  ],
  ['a line one byte too long', Buffer.from(`ok\n${'x'.repeat(41)}\ny\n`), { lines: ['ok'], fault: TOO_LONG }],
  [
    'a line too long in bytes, not in characters',
    Buffer.from(`ok\n${'я'.repeat(21)}\n`),
    { lines: ['ok'], fault: TOO_LONG },
  ],
  ['a line without an end', Buffer.from(`ok\n${'x'.repeat(100)}`), { lines: ['ok'], fault: TOO_LONG }],
  ['a NUL', Buffer.from('ok\na\0b\nc\n'), { lines: ['ok'], fault: NUL }],
  ['a NUL, then a long line', Buffer.from(`a\0\n${'x'.repeat(99)}\n`), { lines: [], fault: NUL }],
  ['a long line, then a NUL', Buffer.from(`${'x'.repeat(99)}\na\0\n`), { lines: [], fault: TOO_LONG }],
];

describe('lines are the same however the bytes are cut:', () => {
  test.each(CASES)('%s', (_title, bytes, expected) => {
    expect(read([bytes], 40)).toEqual(expected);
    expect(read(byteByByte(bytes), 40)).toEqual(expected);
    // Every cut in two and in three; one expect for all, since jest's own comparison is slow.
    const wanted = JSON.stringify(expected);
    const wrong: string[] = [];
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 1) {
        const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        if (JSON.stringify(read(parts, 40)) !== wanted) wrong.push(`cut at ${first} and ${second}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('a whole session', () => {
    const bytes = Buffer.from(`${ENVIRONMENT}200 result=1 (Иван)\n${USAGE_BLOCK}HANGUP\n`);
    const expected = { lines: bytes.toString().split('\n').slice(0, -1), fault: undefined };
    const wanted = JSON.stringify(expected);
    const wrong: number[] = [];
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const parts = [bytes.subarray(0, cut), bytes.subarray(cut)];
      if (JSON.stringify(read(parts, 4096)) !== wanted) wrong.push(cut);
    }
    expect(wrong).toEqual([]);
    expect(read(byteByByte(bytes), 4096)).toEqual(expected);
  });
});

test('nothing is read after a fault', () => {
  const reader = new LineReader(10);
  reader.push(Buffer.from('x'.repeat(11)));
  expect(reader.push(Buffer.from('\nok\n'))).toEqual([]);
  expect(reader.fault).toBeDefined();
});
