import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { AmiMessage } from '../../../src/ami/message.ts';
import { MESSAGE_LIMITS, MessageReader, type MessageLimits } from '../../../src/ami/message-reader.ts';
import { recordedEvents, wireText } from './streams.ts';
import { anyText, runs } from '../../lab/fuzz.ts';

const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
const SMALL: MessageLimits = { lineBytes: 60, messageBytes: 120, headers: 5 };

type Read = readonly (readonly (readonly [string, string])[] | string)[];

function read(
  chunks: readonly Buffer[],
  limits: MessageLimits,
): { banner: string | undefined; messages: Read } {
  const reader = new MessageReader(limits);
  const messages = chunks.flatMap((chunk) => reader.push(chunk));
  return {
    banner: reader.greeting,
    messages: messages.map((one) =>
      one instanceof AmiMessage
        ? one.names.map((name, at) => [name, one.values[at] ?? ''] as const)
        : one.broken,
    ),
  };
}

/** Every cut in two, and byte by byte; with `inThree` every cut in three. */
function wrongCuts(bytes: Buffer, limits: MessageLimits, wanted: string, inThree: boolean): string[] {
  const wrong: string[] = [];
  const look = (chunks: readonly Buffer[], title: string) => {
    if (JSON.stringify(read(chunks, limits)) !== wanted) wrong.push(title);
  };
  look(
    Array.from(bytes, (byte) => Buffer.from([byte])),
    'byte by byte',
  );
  for (let first = 0; first <= bytes.length; first += 1) {
    const seconds = inThree ? bytes.length - first : 0;
    for (let second = first; second <= first + seconds; second += 1) {
      look(
        [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)],
        `${first}, ${second}`,
      );
    }
  }
  return wrong;
}

const cyrillic = Buffer.from([0xc8, 0xe2, 0xe0, 0xed]);

const CASES: readonly (readonly [title: string, wire: string | Buffer, messages: Read])[] = [
  [
    'an answer',
    'Response: Success\r\nPing: Pong\r\n\r\n',
    [
      [
        ['Response', 'Success'],
        ['Ping', 'Pong'],
      ],
    ],
  ],
  ['two messages', 'A: 1\r\n\r\nB: 2\r\n\r\n', [[['A', '1']], [['B', '2']]]],
  ['half a message', 'A: 1\r\n\r\nB: 2\r\n', [[['A', '1']]]],
  [
    'an empty value',
    'AccountCode: \r\nB:\r\n\r\n',
    [
      [
        ['AccountCode', ''],
        ['B', ''],
      ],
    ],
  ],
  [
    'blanks of a value',
    'A:  two \r\nB:none\r\n\r\n',
    [
      [
        ['A', ' two '],
        ['B', 'none'],
      ],
    ],
  ],
  ['colons of a value', 'A: b: c\r\n\r\n', [[['A', 'b: c']]]],
  [
    'a line without a colon',
    'A: 1\r\nword\r\n\r\n',
    [
      [
        ['A', '1'],
        ['', 'word'],
      ],
    ],
  ],
  [
    'repeated headers, in their order',
    'Output: a\r\nOutput: b\r\nOutput: c\r\n\r\n',
    [
      [
        ['Output', 'a'],
        ['Output', 'b'],
        ['Output', 'c'],
      ],
    ],
  ],
  ['surplus blank lines', '\r\n\r\nA: 1\r\n\r\n\r\n\r\nB: 2\r\n\r\n', [[['A', '1']], [['B', '2']]]],
  [
    'a bare LF before a blank line (PJSIPShowContacts)',
    'Message: No Contacts found\n\r\n\r\nB: 2\r\n\r\n',
    [[['Message', 'No Contacts found\n']], [['B', '2']]],
  ],
  [
    'a bare LF in the middle (Agents)',
    'Event: Agents\r\nCallStarted: 1\nLoggedInTime: 2\r\nChannel: c\r\n\r\nB: 2\r\n\r\n',
    [
      [
        ['Event', 'Agents'],
        ['CallStarted', '1\nLoggedInTime: 2'],
        ['Channel', 'c'],
      ],
      [['B', '2']],
    ],
  ],
  ['CR LF LF in place of two CR LF (asterisk#761)', 'A: 1\r\n\nB: 2\r\n\r\n', [[['A', '1']], [['B', '2']]]],
  [
    'a lone CR, and two',
    'A: x\ry\r\nB: z\r\r\n\r\n',
    [
      [
        ['A', 'x\ry'],
        ['B', 'z\r'],
      ],
    ],
  ],
  [
    'UTF-8',
    'A: Иван €\r\nB: 📞\r\n\r\n',
    [
      [
        ['A', 'Иван €'],
        ['B', '📞'],
      ],
    ],
  ],
  [
    'cp1251, and a sequence cut off by the end of its line',
    Buffer.concat([
      Buffer.from('A: '),
      cyrillic,
      Buffer.from('\r\nB: \xd0', 'latin1'),
      Buffer.from('\r\n\r\n'),
    ]),
    [
      [
        ['A', '\u{FFFD}'.repeat(4)],
        ['B', '\u{FFFD}'],
      ],
    ],
  ],
  ['a NUL', 'A: x\0y\r\nB: 1\r\n\r\nC: 3\r\n\r\n', ['it holds a NUL byte', [['C', '3']]]],
  ['the longest line', `A: ${'x'.repeat(57)}\r\n\r\n`, [[['A', 'x'.repeat(57)]]]],
  [
    'a line one byte too long',
    `A: ${'x'.repeat(58)}\r\nB: 1\r\n\r\nC: 3\r\n\r\n`,
    ['a line is longer than 60 bytes', [['C', '3']]],
  ],
  [
    'too long a message',
    `${`A: ${'x'.repeat(40)}\r\n`.repeat(3)}\r\nC: 3\r\n\r\n`,
    ['it is longer than 120 bytes', [['C', '3']]],
  ],
  [
    'too many headers',
    `${'A: 1\r\n'.repeat(6)}\r\nC: 3\r\n\r\n`,
    ['it has more than 5 headers', [['C', '3']]],
  ],
  [
    'as many headers as allowed',
    `${'A: 1\r\n'.repeat(5)}\r\n`,
    [Array.from({ length: 5 }, () => ['A', '1'])],
  ],
];

describe('messages are the same however the bytes are cut:', () => {
  test.each(CASES)('%s', (_title, wire, messages) => {
    const bytes = Buffer.concat([Buffer.from(BANNER), Buffer.from(wire)]);
    const expected = { banner: BANNER.trimEnd(), messages };
    expect(read([bytes], SMALL)).toEqual(expected);
    // The banner makes every cut in three expensive and tells nothing: it is cut in a case of its own.
    expect(wrongCuts(bytes, SMALL, JSON.stringify(expected), bytes.length < 90)).toEqual([]);
  });

  test('the events of a whole call', () => {
    const events = recordedEvents('22-a');
    const bytes = Buffer.from(BANNER + events.map(wireText).join(''));
    const expected = { banner: BANNER.trimEnd(), messages: events.map((event) => Object.entries(event)) };
    expect(read([bytes], MESSAGE_LIMITS)).toEqual(expected);
    const wanted = JSON.stringify(expected);
    for (const step of [1, 2, 3, 7, 64, 511, 1460]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += step) chunks.push(bytes.subarray(at, at + step));
      expect(JSON.stringify(read(chunks, MESSAGE_LIMITS)) === wanted).toBe(true);
    }
  });

  test('any bytes, cut anywhere', () => {
    const piece = fc.oneof(
      fc.constantFrom('\r\n', '\n', '\r', ':', ': ', 'Event', 'Иван', '\0', '\r\n\r\n', 'x'.repeat(30)),
      anyText({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.nat(400), { maxLength: 6 }),
        (pieces, cuts) => {
          const bytes = Buffer.from(BANNER + pieces.join(''));
          const sorted = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted(
            (a, b) => a - b,
          );
          const chunks = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
          expect(read(chunks, SMALL)).toEqual(read([bytes], SMALL));
        },
      ),
      runs(0.25),
    );
  });
});

describe('the banner', () => {
  test.each([
    ['of Asterisk', 'Asterisk Call Manager/5.0.4\r\n', 'Asterisk Call Manager/5.0.4'],
    ['of something else', 'SSH-2.0-OpenSSH_9.2\r\n', 'SSH-2.0-OpenSSH_9.2'],
    ['not whole', 'Asterisk', undefined],
  ])('%s', (_title, text, banner) => {
    const reader = new MessageReader();
    for (const byte of Buffer.from(text)) reader.push(Buffer.from([byte]));
    expect(reader.greeting).toBe(banner);
    expect(reader.greetingSoFar).toBe(text.trimEnd());
  });

  test('without an end it is cut at the limit of a line', () => {
    const reader = new MessageReader(SMALL);
    reader.push(Buffer.alloc(1000, 'x'));
    expect(reader.greeting).toHaveLength(1000);
  });
});

describe('what never ends', () => {
  /** A buffer that is copied for each chunk takes minutes for these. */
  const MEGABYTES = 16;
  const chunk = Buffer.alloc(1 << 16, 'x');

  test.each([
    ['a line', chunk],
    ['a message', Buffer.from(`A: ${'x'.repeat(1017)}\r\n`.repeat(64))],
    ['headers', Buffer.from('A: 1\r\n'.repeat(10_922))],
  ])('%s: time grows with the bytes, memory does not', (_title, endless) => {
    const reader = new MessageReader();
    reader.push(Buffer.from(BANNER));
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < MEGABYTES * 16; count += 1) expect(reader.push(endless)).toHaveLength(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 << 20);
    const [broken, next] = reader.push(Buffer.from('\r\n\r\nA: 1\r\n\r\n'));
    expect(broken).toEqual({ broken: expect.stringMatching(/longer|more/) });
    expect(next).toBeInstanceOf(AmiMessage);
  });

  test('a long line that comes byte by byte takes no longer than in one piece', () => {
    const reader = new MessageReader();
    reader.push(Buffer.from(`${BANNER}A: `));
    const byte = Buffer.from('x');
    for (let count = 0; count < 60_000; count += 1) reader.push(byte);
    expect(reader.push(Buffer.from('\r\n\r\n'))).toHaveLength(1);
  });
});
