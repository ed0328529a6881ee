import { describe, expect, test } from '@jest/globals';
import { parseMessage } from '../../../src/ami/message.ts';

const parse = (...lines: string[]) => parseMessage(lines.join('\r\n'));

describe('a header', () => {
  const message = parse(
    'Event: Hangup',
    'callerIDnum: 1',
    'CallerIDNum: 2',
    'Output: a',
    'output: b',
    'Empty: ',
  );

  test.each([
    ['CallerIDNum', '1'],
    ['CALLERIDNUM', '1'],
    ['Empty', ''],
    ['Missing', undefined],
    ['Outpu', undefined],
  ])('%s: of equal names the first counts, in any case', (name, value) => {
    expect(message.get(name)).toBe(value);
  });

  test('repeated ones keep their order', () => {
    expect(message.all('Output')).toEqual(['a', 'b']);
    expect(message.all('Missing')).toEqual([]);
  });

  test('the event', () => {
    expect(message.event).toBe('Hangup');
    expect(parse('Response: Success', 'Event: Hangup').event).toBeUndefined();
  });
});

describe('escapes', () => {
  const raw = String.raw`A \"Q\" \\ \'x\' \?\n\r\t\a\b\f\v \x \é`;
  const meant = 'A "Q" \\ \'x\' ?\n\r\t\x07\b\f\v \\x \\é';

  test.each([
    'CallerIDName',
    'DestCallerIDName',
    'ConnectedLineName',
    'TransfererConnectedLineName',
    'ChanVariable',
    'DestChanVariable',
  ])('%s is unescaped', (name) => {
    expect(parse('Event: Newstate', `${name}: ${raw}`).get(name)).toBe(meant);
  });

  test("VarSet's Value is unescaped, no other one", () => {
    expect(parse('Event: VarSet', `Value: ${raw}`).get('Value')).toBe(meant);
    expect(parse('Response: Success', `Value: ${raw}`).get('Value')).toBe(raw);
  });

  test.each([
    ['Newchannel', 'CallerIDNum'],
    ['Newchannel', 'Exten'],
    ['OriginateResponse', 'CallerIDName'],
    ['QueueEntry', 'CallerIDName'],
    ['CEL', 'CallerIDname'],
    ['Cdr', 'CallerID'],
    ['UserEvent', 'Text'],
  ])('%s: %s is raw', (event, name) => {
    expect(parse(`Event: ${event}`, `${name}: ${raw}`).get(name)).toBe(raw);
  });

  test('a name as PJSIP and as chan_sip hand it on', () => {
    const pjsip = String.raw`CallerIDName: Anna \\\"Q\\\" Иванова`;
    const chanSip = String.raw`CallerIDName: Anna \"Q\" Иванова`;
    expect(parse('Event: Newchannel', pjsip).get('CallerIDName')).toBe(String.raw`Anna \"Q\" Иванова`);
    expect(parse('Event: Newchannel', chanSip).get('CallerIDName')).toBe('Anna "Q" Иванова');
  });

  test('a backslash at the end stays', () => {
    expect(parse('Event: Newchannel', 'CallerIDName: a\\').get('CallerIDName')).toBe('a\\');
  });

  test('each ChanVariable', () => {
    const message = parse('Event: Newstate', String.raw`ChanVariable: A=\"1\"`, 'ChanVariable: B=2');
    expect(message.all('ChanVariable')).toEqual(['A="1"', 'B=2']);
  });
});

test('toJSON: of repeated names the first, whatever they are', () => {
  const message = parse('Event: X', 'A: 1', 'A: 2', '__proto__: 3', 'toString: 4');
  expect(JSON.stringify(message)).toBe('{"Event":"X","A":"1","__proto__":"3","toString":"4"}');
});
