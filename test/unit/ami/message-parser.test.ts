import { describe, expect, test } from '@jest/globals';
import { MessageParser } from '../../../src/ami/message-parser.ts';
import { parseMessage } from '../../../src/ami/message.ts';

const EVENT = 'Event: Hangup\r\nChannel: PJSIP/101-1\r\nCause: 16';

describe('a message whose event has come before', () => {
  test.each([
    ['the same names', 'Event: Hangup\r\nChannel: PJSIP/102-2\r\nCause: 17'],
    ['no blank', 'Event: Hangup\r\nChannel:PJSIP/102-2\r\nCause:17'],
    ['two blanks, and none', 'Event: Hangup\r\nChannel:  x\r\nCause:'],
    ['a line less', 'Event: Hangup\r\nChannel: x'],
    ['a line more', `${EVENT}\r\nCause-txt: Busy`],
    ['a line without a colon', 'Event: Hangup\r\nChannel\r\nCause: 16'],
    ['a longer name', 'Event: Hangup\r\nChannels: 1\r\nCause: 16'],
    ['a shorter name', 'Event: Hangup\r\nChan: 1\r\nCause: 16'],
    ['other letters', 'Event: Hangup\r\nchannel: 1\r\nCause: 16'],
    ['another order', 'Event: Hangup\r\nCause: 16\r\nChannel: 1'],
    ['a name of another first line', 'Event: Newchannel\r\nChannel: x\r\nCause: 16'],
    ['colons and line feeds in a value', 'Event: Hangup\r\nChannel: a: b\nCause: 1\r\nCause: 16'],
    ['one line alone', 'Event: Hangup'],
    ['nothing', ''],
  ])('and has %s is read as if it were the first', (_what, text) => {
    const parser = new MessageParser();
    parser.parse(EVENT);
    expect(parser.parse(text)).toEqual(parseMessage(text));
    expect(parser.parse(EVENT)).toEqual(parseMessage(EVENT));
    expect(parser.parse(text)).toEqual(parseMessage(text));
  });

  test('shares its list of names', () => {
    const parser = new MessageParser();
    const { names } = parser.parse(EVENT);
    parser.parse(`${EVENT}\r\nCause-txt: Busy`);
    expect(parser.parse(EVENT.replace('16', '17')).names).toBe(names);
    expect(parser.parse(EVENT.replace('Hangup', 'HangupRequest')).names).not.toBe(names);
  });
});

test('names of a forged message are not kept', () => {
  const parser = new MessageParser();
  const forged = `Event: Hangup\r\n${'x'.repeat(10_000)}: 1`;
  const { names } = parser.parse(forged);
  expect(parser.parse(forged).names).not.toBe(names);
});

test('lists are kept within a limit', () => {
  const parser = new MessageParser();
  const { names } = parser.parse(EVENT);
  for (let number = 0; number < 600; number++) parser.parse(`Event: Forged${number}\r\nA: 1`);
  expect(parser.parse(EVENT).names).not.toBe(names);
  expect(parser.parse(EVENT)).toEqual(parseMessage(EVENT));
});
