import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { encodeCommand } from '../../../src/agi/command.ts';
import { parseEnvironment } from '../../../src/agi/environment.ts';
import { AgiEncodingError, AgiEnvironmentError, AgiProtocolError } from '../../../src/agi/errors.ts';
import { LineReader } from '../../../src/net/line-reader.ts';
import { encodeMSet } from '../../../src/agi/mset.ts';
import { ReplyAssembler } from '../../../src/agi/reply.ts';
import { asteriskMSet, asteriskWords } from './asterisk-parsing.ts';
import { anyText } from '../../lab/fuzz.ts';

/** Runs it; what it throws must be of this type. */
function throwsAtMost(type: new (message: string) => Error, run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(type);
  }
}

/** Text made of what means something to Asterisk, so that the odd cases are not rare. */
const nasty = fc
  .array(
    fc.constantFrom('\\', '"', ',', '(', ')', '[', ']', '=', ' ', '\t', '$', '{', '}', 'a', '1', 'я', '📞'),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(''));
const value = fc.oneof(
  nasty,
  fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\r\n\0]/.test(text)),
);
const pairs = fc.array(fc.tuple(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/), value), {
  minLength: 1,
  maxLength: 8,
});

test('MSet: what Asterisk sets is what was meant', () => {
  fc.assert(
    fc.property(pairs, (meant) => {
      const words = asteriskWords(encodeCommand('exec', ['MSet', encodeMSet(meant)]).slice(0, -1));
      expect(words).toHaveLength(3);
      expect(asteriskMSet(words[2] ?? '')).toEqual(meant);
    }),
  );
});

test('a command is one line, whatever its arguments are, or an AgiEncodingError', () => {
  fc.assert(
    fc.property(anyText(), anyText(), (first, second) => {
      throwsAtMost(AgiEncodingError, () => {
        const line = encodeCommand('setVariable', [first, second]);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(asteriskWords(line.slice(0, -1))).toEqual(['SET', 'VARIABLE', first, second]);
      });
    }),
  );
});

const environmentLine = fc.oneof(
  fc.string(),
  fc
    .tuple(fc.constantFrom('agi_request', 'agi_callerid', 'agi_arg_1', 'agi_arg_2', 'agi_x'), fc.string())
    .map(([key, text]) => `${key}: ${text}`),
  fc.string().map((query) => `agi_network_script: route?${query}`),
);

test('an environment is read or is an AgiEnvironmentError', () => {
  fc.assert(
    fc.property(fc.array(environmentLine), (lines) => {
      throwsAtMost(AgiEnvironmentError, () => {
        const environment = parseEnvironment(lines);
        for (const line of lines) {
          const colon = line.indexOf(':');
          expect(line.slice(colon + 1)).toContain(environment.get(line.slice(0, colon)));
        }
      });
    }),
  );
});

const replyLine = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'HANGUP',
    '520-Invalid',
    '520 End of proper usage.',
    '100 result=0 Trying...',
    '510 Invalid',
  ),
  fc
    .tuple(
      fc.constantFrom('', '0', '1', '-1'),
      fc.constantFrom('', ' (', ' (x)', ' (x) endpos=1', ' endpos=2'),
    )
    .map(([result, rest]) => `200 result=${result}${rest}`),
);

test('replies are read or are an AgiProtocolError', () => {
  fc.assert(
    fc.property(fc.array(replyLine), (lines) => {
      const assembler = new ReplyAssembler(200);
      throwsAtMost(AgiProtocolError, () => {
        for (const line of lines) {
          const reply = assembler.push(line);
          if (reply === undefined || reply === 'HANGUP') continue;
          expect(Number.isInteger(reply.code)).toBe(true);
          expect(reply.text.length).toBeLessThanOrEqual(200);
          if (reply.endpos !== undefined) expect(Number.isInteger(reply.endpos)).toBe(true);
        }
      });
    }),
  );
});

test('a value of one line comes back whole', () => {
  fc.assert(
    fc.property(value, (text) => {
      expect(new ReplyAssembler(1000).push(`200 result=1 (${text})`)).toMatchObject({
        code: 200,
        value: text,
      });
    }),
  );
});

test('any bytes give the same lines, however they are cut, and never more memory than the limit', () => {
  const bytes = fc.array(fc.constantFrom(0x0a, 0x0d, 0x00, 0x41, 0x42, 0xd0, 0x98, 0xff), { maxLength: 60 });
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(60), { maxLength: 5 }), (list, cuts) => {
      const all = Buffer.from(list);
      const whole = new LineReader(12);
      const lines = whole.push(all);
      const cut = new LineReader(12);
      const places = [0, ...cuts.toSorted((a, b) => a - b), all.length];
      const parts = places.slice(1).flatMap((place, i) => cut.push(all.subarray(places[i], place)));
      expect(parts).toEqual(lines);
      expect(cut.fault).toBe(whole.fault);
    }),
  );
});
