import { describe, expect, test } from '@jest/globals';
import { AgiProtocolError } from '../../../src/agi/errors.ts';
import { type AgiReply, ReplyAssembler } from '../../../src/agi/reply.ts';
import { GLUED_USAGE_BLOCK, USAGE_BLOCK } from './wire.ts';

function read(wire: string, maxLength = 65_536): (AgiReply | 'HANGUP')[] {
  const assembler = new ReplyAssembler(maxLength);
  const found: (AgiReply | 'HANGUP')[] = [];
  for (const line of wire.replace(/\n$/, '').split('\n')) {
    const reply = assembler.push(line);
    if (reply !== undefined) found.push(reply);
  }
  return found;
}

const good = (result: string, value?: string, endpos?: number) => ({ code: 200, result, value, endpos });

describe('a reply of one line', () => {
  test.each([
    ['200 result=0', good('0')],
    ['200 result=1', good('1')],
    ['200 result=-1', good('-1')],
    ['200 result=-2', good('-2')],
    ['200 result=1 (79161234567)', good('1', '79161234567')],
    ['200 result=1 ()', good('1', '')],
    ['200 result=1 (a (b) c)', good('1', 'a (b) c')],
    ['200 result=1 (Local/101@internal(x))', good('1', 'Local/101@internal(x)')],
    ['200 result=1 ())', good('1', ')')],
    ['200 result=1 ( )', good('1', ' ')],
    ['200 result=1 (HANGUP)', good('1', 'HANGUP')],
    ['200 result=1 (hangup)', good('1', 'hangup')],
    ['200 result=1 (200 result=0)', good('1', '200 result=0')],
    ['200 result=1 (x) endpos=5)', good('1', 'x) endpos=5')],
    ['200 result=1 (Иван "Ваня")', good('1', 'Иван "Ваня"')],
    ['200 result= (timeout)', good('', 'timeout')],
    ['200 result=12*# (timeout)', good('12*#', 'timeout')],
    ['200 result=-1 (hangup)', good('-1', 'hangup')],
    ['200 result=49 endpos=8000', good('49', undefined, 8000)],
    ['200 result=35 (dtmf) endpos=16000', good('35', 'dtmf', 16_000)],
    ['200 result=0 (timeout) endpos=0', good('0', 'timeout', 0)],
    ['200 result=1 (digit) digit=5 endpos=160', good('1', 'digit', 160)],
    [
      '200 result=1 (speech) endpos=99 results=1 score0=900 text0="да (yes)" grammar0=g',
      good('1', 'speech', 99),
    ],
    ['200 result=0 Gosub complete', good('0')],
    ['200 result=0 Gosub complete (abnormal exit)', good('0')],
    ['200 result=-1 Gosub failed', good('-1')],
    ['503 result=-2 Memory allocation failure', { code: 503, result: '-2' }],
    ['510 Invalid or unknown command', { code: 510, result: '' }],
    ['511 Command Not Permitted on a dead channel or intercept routine', { code: 511, result: '' }],
    ['520 Invalid command syntax.  Proper usage not available.', { code: 520, result: '' }],
  ])('%s', (line, expected) => {
    expect(read(line)).toEqual([expect.objectContaining({ ...expected, text: line })]);
  });

  test('HANGUP is a hangup only when it is the whole line', () => {
    expect(read('HANGUP\n200 result=1 (HANGUP)')).toEqual([
      'HANGUP',
      expect.objectContaining(good('1', 'HANGUP')),
    ]);
    expect(() => read('HANGUP now')).toThrow(AgiProtocolError);
    expect(() => read('hangup')).toThrow(AgiProtocolError);
  });

  test('100 only announces the reply', () => {
    expect(read('100 result=0 Trying...\n200 result=0 Gosub complete')).toEqual([
      expect.objectContaining(good('0')),
    ]);
  });
});

describe('a reply of several lines', () => {
  test.each([
    ['200 result=1 (one\ntwo)\n', 'one\ntwo'],
    ['200 result=1 (\n\n)\n', '\n\n'],
    ['200 result=1 (a (b)c\nd)\n', 'a (b)c\nd'],
    ['200 result=1 (one\nHANGUP\n510 Invalid\n520-x\nend)\n', 'one\nHANGUP\n510 Invalid\n520-x\nend'],
  ])('%j has a value with newlines', (wire, value) => {
    expect(read(wire)).toEqual([expect.objectContaining(good('1', value))]);
  });

  test.each([
    ['as Asterisk sends it', USAGE_BLOCK],
    ['as old versions send it', GLUED_USAGE_BLOCK],
  ])('a usage text %s is one 520', (_title, block) => {
    expect(read(`${block}200 result=0\n`)).toEqual([
      { code: 520, result: '', value: undefined, endpos: undefined, text: block.trimEnd() },
      expect.objectContaining(good('0')),
    ]);
  });

  test('the value ends with the first line that ends in a parenthesis; what follows stands alone', () => {
    expect(() => read('200 result=1 (a\nb)\nc)\n')).toThrow(AgiProtocolError);
  });

  test('a reply without an end is refused at the limit', () => {
    expect(() => read(`200 result=1 (a\n${'x\n'.repeat(60)}`, 100)).toThrow(/longer than 100 characters/);
    expect(() => read(`520-Invalid\n${'x\n'.repeat(60)}`, 100)).toThrow(/longer than 100 characters/);
  });

  test('an unfinished reply is known to be one', () => {
    const assembler = new ReplyAssembler(100);
    expect(assembler.incomplete).toBe(false);
    assembler.push('200 result=1 (a');
    expect(assembler.incomplete).toBe(true);
    assembler.push('b)');
    expect(assembler.incomplete).toBe(false);
  });
});

test.each([
  '',
  ' ',
  '200',
  '200 ',
  '200 ok',
  '200result=0',
  '2000 result=0',
  '20 result=0',
  '999 result=0',
  'agi_network: yes',
  'SIP/2.0 200 OK',
  'GET / HTTP/1.1',
])('%j is no reply', (line) => {
  expect(() => read(line)).toThrow(AgiProtocolError);
});

test('the message of a bad line is short and hides what may be a phone number', () => {
  expect(() => read(`caller 79161234567 ${'x'.repeat(99)}`)).toThrow(
    'A line is no AGI reply: "caller … xxxxxxxxxxxxxxxxxxxxx…".',
  );
});
