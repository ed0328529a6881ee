import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { channel } from '../../../src/ami/event-grammar.ts';
import { EventShape, type Flaw } from '../../../src/ami/event-shape.ts';
import { AmiMessage } from '../../../src/ami/message.ts';
import { MessageReader } from '../../../src/ami/message-reader.ts';
import { recordedEvents, wireText } from './streams.ts';
import { runs } from '../../lab/fuzz.ts';

const STREAMS = readdirSync(new URL('../../fixtures/ami-streams/', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

interface Judged {
  readonly event: string | undefined;
  readonly flaw: Flaw['kind'] | undefined;
}

function judge(wire: string, shape = new EventShape()): readonly Judged[] {
  const reader = new MessageReader();
  return reader.push(Buffer.from(`Asterisk Call Manager/11.0.0\r\n${wire}`)).map((message) => {
    if (!(message instanceof AmiMessage)) throw new Error(message.broken);
    return { event: message.event, flaw: shape.judge(message)?.kind };
  });
}

const believed = (judged: readonly Judged[]) => judged.filter(({ flaw }) => flaw === undefined);

const events = recordedEvents('22-a');
function one(name: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const found = events.find(({ Event }) => Event === name);
  if (found === undefined) throw new Error(`22-a has no ${name}`);
  return { ...found, ...changes };
}

const originated =
  recordedEvents('22-e').find(({ Event }) => Event === 'OriginateResponse') ?? one('OriginateResponse');
const NAMED_VARIABLES =
  '\r\nChanVariable(PJSIP/101-00000027): ROUTE_CALLER=\r\nChanVariable(PJSIP/101-00000027): A=1\r\n\r\n';

test.each(STREAMS)('every event of the stream %s is believed', (name) => {
  const judged = judge(recordedEvents(name).map(wireText).join(''));
  expect(judged).toHaveLength(recordedEvents(name).length);
  expect(judged.filter(({ flaw }) => flaw !== undefined)).toEqual([]);
});

describe('believed as well:', () => {
  const text = wireText(one('Newchannel'));
  test.each([
    ['without Timestamp', text.replace(/Timestamp: .*\r\n/, '')],
    ['with SystemName', text.replace('Channel:', 'SystemName: main\r\nChannel:')],
    ['with Tenantid', text.replace(/\r\n\r\n$/, '\r\nTenantid: t\r\n\r\n')],
    ['with channelvars', text.replace(/\r\n\r\n$/, '\r\nChanVariable: A=1\r\nChanVariable: B=\r\n\r\n')],
    ['with a header of a newer Asterisk at the end', text.replace(/\r\n\r\n$/, '\r\nNewer: 1\r\n\r\n')],
    [
      'with channelvars, as OriginateResponse alone prints them',
      wireText(originated).replace(/\r\n\r\n$/, NAMED_VARIABLES),
    ],
    [
      'FullyBooted',
      'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\nStatus: Fully Booted\r\n\r\n',
    ],
    ['UserEvent', 'Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: X\r\nA b: 1\r\nA b: 2\r\n\r\n'],
    ['an event of a module that is not known', 'Event: Foo\r\nPrivilege: call,all\r\nA: 1\r\nA: 2\r\n\r\n'],
  ])('%s', (_title, wire) => {
    expect(believed(judge(wire))).toHaveLength(1);
  });
});

describe('an event of a queue whose channels are gone already', () => {
  const complete = recordedEvents('22-b').find(({ Event }) => Event === 'AgentComplete') ?? {};
  const without = (...ends: readonly string[]): string => {
    const gone = new Set(ends.flatMap((end) => channel(end).map(({ name }) => name)));
    return wireText(Object.fromEntries(Object.entries(complete).filter(([name]) => !gone.has(name))));
  };

  test.each([
    ['of the caller', without('')],
    ['of the agent', without('Dest')],
    ['of both', without('', 'Dest')],
  ])('is believed without the one %s', (_title, wire) => {
    expect(wire).toContain('\r\nQueue: operators\r\n');
    expect(believed(judge(wire))).toHaveLength(1);
  });

  test('is torn where one of them ends within', () => {
    const [half] = without('Dest').split('Exten: ');
    expect(judge(`${half}\r\n\r\n`)).toEqual([{ event: 'AgentComplete', flaw: 'torn' }]);
  });
});

describe('not believed:', () => {
  const text = wireText(one('Hangup'));
  test.each([
    ['headers in another order', text.replace(/(Context: .*\r\n)(Exten: .*\r\n)/, '$2$1')],
    ['a header twice', text.replace('Exten: ', 'Uniqueid: 1.1\r\nExten: ')],
    ['a header twice, at the end', text.replace(/\r\n\r\n$/, '\r\nUniqueid: 1.1\r\n\r\n')],
    ['a header too many', text.replace('Exten: ', 'Foo: bar\r\nExten: ')],
    ['channelvars as another event prints them', text.replace(/\r\n\r\n$/, NAMED_VARIABLES)],
    ['no Privilege', text.replace(/Privilege: .*\r\n/, '')],
    ['no Cause', text.replace(/Cause: .*\r\n/, '')],
    ['a line without a colon', text.replace('Exten: ', 'word\r\nExten: ')],
    ['names in another case', text.replace('Uniqueid', 'UniqueID')],
    ['no event at all', 'Foo: bar\r\n\r\n'],
    ['an event without a name', 'Event: \r\nPrivilege: call,all\r\n\r\n'],
    [
      'a foreign channel that is not whole',
      'Event: Foo\r\nPrivilege: call,all\r\nSpyerChannel: x\r\nSpyerChannelState: 6\r\n\r\n',
    ],
    ['an event called as a property of all objects', 'Event: constructor\r\nPrivilege: a\r\n: b\r\n\r\n'],
  ])('%s', (_title, wire) => {
    expect(believed(judge(wire))).toEqual([]);
  });

  test('the flaw names headers and no values', () => {
    const shape = new EventShape();
    const reader = new MessageReader();
    const wire = text.replace('Exten: ', '79161234567 x: 79161234567\r\nExten: ');
    const [message] = reader.push(Buffer.from(`Asterisk Call Manager/11.0.0\r\n${wire}`));
    expect(shape.judge(message as AmiMessage)).toEqual({
      kind: 'malformed',
      what: 'Hangup has "… x" in place of Exten',
    });
  });
});

/** The texts that a caller can put in place of a number: see the document of the protocol. */
const FORGED = wireText(one('Hangup', { Uniqueid: 'forged' }));
/** What of a forged event fits into a number, and is completed by the rest of the torn one. */
const HEAD_ONLY = 'Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/101-00000001\r\n';

describe('an event torn by what the caller sent', () => {
  const after = wireText(one('Newstate', { Uniqueid: 'after' }));

  test.each([
    ['a number with a blank line', 'CallerIDNum', '1\r\n\r\n2'],
    ['a number with CR LF LF', 'CallerIDNum', '1\r\n\n2'],
    ['a number with the head of an event', 'CallerIDNum', `1\r\n\r\n${HEAD_ONLY}X: `],
    ['a number with a whole event', 'CallerIDNum', `1\r\n\r\n${FORGED}X: `],
    ['a number with the head of an unknown event', 'CallerIDNum', '1\r\n\r\nEvent: X\r\nPrivilege: call,all'],
    ['a number with many whole events', 'CallerIDNum', `1\r\n\r\n${FORGED.repeat(20)}X: `],
    ['an extension with a whole event', 'Exten', `1\r\n\r\n${FORGED}X: `],
    [
      'an extension with half an event',
      'Exten',
      `1\r\n\r\nEvent: Newchannel\r\nPrivilege: call,all\r\nChannel: x`,
    ],
    ['a number with an answer', 'CallerIDNum', '1\r\n\r\nResponse: Success\r\nActionID: 1\r\n\r\nX: '],
    ['a number with headers', 'CallerIDNum', '1\r\nUniqueid: forged\r\nLinkedid: forged'],
    ['a number with the rest of the headers', 'CallerIDNum', '1\r\nCallerIDName: x\r\nExten: 1'],
  ])('%s: nothing of it is believed, and the next one is', (_title, header, value) => {
    const torn = wireText(one('Newchannel', { [header]: value }));
    const judged = judge(torn + after);
    expect(believed(judged)).toEqual([{ event: 'Newstate', flaw: undefined }]);
    expect(judged.at(-1)?.flaw).toBeUndefined();
  });

  test('in a list', () => {
    const { Event: _event, Privilege: _privilege, Timestamp: _timestamp, ...snapshot } = one('Newstate');
    const listed = {
      Event: 'CoreShowChannel',
      ActionID: 'id',
      ...snapshot,
      Application: 'Dial',
      ApplicationData: 'x',
      Duration: '00:00:01',
      BridgeId: '',
    };
    expect(believed(judge(wireText(listed)))).toHaveLength(1);
    const torn = wireText({ ...listed, CallerIDNum: `1\r\n\r\n${FORGED}X: ` });
    expect(believed(judge(torn + wireText(listed)))).toEqual([{ event: 'CoreShowChannel', flaw: undefined }]);
  });

  test('the first half is told as torn, what follows as distrusted', () => {
    const judged = judge(wireText(one('Newchannel', { CallerIDNum: `1\r\n\r\n${FORGED}X: ` })));
    expect(judged.map(({ flaw }) => flaw)).toEqual(['torn', 'distrusted', 'distrusted']);
  });

  test('when the other half never comes, the connection is past use', () => {
    const shape = new EventShape();
    judge(wireText(one('Newchannel', { CallerIDNum: '1' })).replace(/CallerIDName[^]*/, '\r\n'), shape);
    judge(after.repeat(100), shape);
    expect(shape.lost).toBe(false);
    judge(after, shape);
    expect(shape.lost).toBe(true);
  });
});

test('no number of up to 79 bytes makes an event of a channel that is believed', () => {
  const names = events.map(({ Event }) => Event ?? '');
  const piece = fc.oneof(
    fc.constantFrom('\r\n', '\r\n\r\n', '\r\n\n', '\n', 'Event: ', ': ', 'Privilege: call,all', 'Channel: x'),
    fc.constantFrom(
      'Uniqueid: forged',
      'Linkedid: forged',
      'Cause: 16',
      'CallerIDName: x',
      '1',
      'ActionID: 1',
    ),
    fc.constantFrom(...names),
  );
  const hostile = fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join('').slice(0, 79));
  const where = fc.constantFrom('CallerIDNum', 'ConnectedLineNum', 'Exten', 'DestCallerIDNum', 'DialString');
  fc.assert(
    fc.property(
      hostile,
      where,
      fc.constantFrom('Newchannel', 'DialBegin', 'Hangup'),
      (value, header, name) => {
        const victim = one(name);
        if (!(header in victim)) return;
        const judged = judge(wireText({ ...victim, [header]: value }) + wireText(one('Newstate')));
        // The victim itself, when the text was harmless, and the one after it, which must be believed.
        const others = believed(judged).filter(({ event }) => event !== name && event !== 'Newstate');
        expect(others.filter(({ event }) => event !== undefined && names.includes(event))).toEqual([]);
        expect(judged.at(-1)).toEqual({ event: 'Newstate', flaw: undefined });
        expect(
          believed(judged).filter(({ event }) => names.includes(event ?? '')).length,
        ).toBeLessThanOrEqual(2);
      },
    ),
    runs(0.5),
  );
});
