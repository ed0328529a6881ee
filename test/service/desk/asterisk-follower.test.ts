import { afterEach, expect, test } from '@jest/globals';
import type { Call } from '../../../src/calls/call.ts';
import type { SpokenChannel } from '../../../src/calls/spoken.ts';
import {
  AsteriskFollower,
  type Before,
  type FollowerOptions,
  type FollowerStatus,
} from '../../../src/desk/asterisk-follower.ts';
import type { Gap } from '../../../src/journal/journal.store.ts';
import { messageOf } from '../../../src/util/errors.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { answeredCall } from '../../lab/journal/sample-calls.ts';
import {
  error,
  FakeAmi,
  type FakeAmiOptions,
  header,
  type ReceivedAction,
  SECRET,
  success,
} from '../../unit/ami/fake-ami.ts';
import { recordedEvents, wireText } from '../../unit/ami/streams.ts';

/*
 * What a desk that runs says when Asterisk's configuration is not what it needs. The answers of the fake AMI are those of
 * Asterisk 22.
 */

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function follow(
  answers: FakeAmiOptions['answers'] = {},
  options: Partial<FollowerOptions> = {},
  before: readonly Call[] = [],
  gap?: Before['gap'],
) {
  const ami = await new FakeAmi({ answers }).start();
  cleanups.add(() => ami.stop());
  const statuses: FollowerStatus[] = [];
  const problems: string[] = [];
  const calls: Call[] = [];
  const follower = new AsteriskFollower(
    {
      name: 'main',
      account: { host: '127.0.0.1', port: ami.port, username: 'courier-agi', secret: SECRET },
      trunks: [],
      numbers: { country: 'RU' },
      onCall: (call) => calls.push(call),
      onJoin: () => undefined,
      onGapBegan: () => undefined,
      onGap: () => undefined,
      onStatus: (status) => statuses.push(status),
      onEvent: () => undefined,
      onCompared: () => undefined,
      onProblem: (problem) => problems.push(messageOf(problem)),
      ...options,
    },
    { calls: before, gap },
  );
  cleanups.add(() => follower.stop());
  follower.start();
  return { ami, follower, statuses, problems, calls };
}

const [newchannel = {}] = recordedEvents('22-a');
const { Event: _event, Privilege: _privilege, Timestamp: _timestamp, ...SNAPSHOT } = newchannel;

const list: NonNullable<FakeAmiOptions['answers']>[string] = (action) => {
  const ActionID = header(action, 'ActionID');
  return (
    success(action, 'EventList: start', 'Message: Channels will follow') +
    wireText({
      Event: 'CoreShowChannel',
      ActionID,
      ...SNAPSHOT,
      Application: 'Dial',
      ApplicationData: 'PJSIP/101',
      Duration: '00:00:07',
      BridgeId: '',
    }) +
    wireText({ Event: 'CoreShowChannelsComplete', ActionID, EventList: 'Complete', ListItems: '1' })
  );
};

test('a wrong secret: it is away, and says why', async () => {
  const { follower, statuses } = await follow({ login: (action) => error(action, 'Authentication failed') });
  await eventually('it is told', () => statuses.length > 0);
  expect(follower.status).toEqual({
    asterisk: 'main',
    state: 'away',
    problem: expect.stringMatching(/refuses the login of "courier-agi": the user or the secret is wrong/),
    since: null,
  });
  expect(JSON.stringify(statuses)).not.toContain(SECRET);
});

test('without the right to list channels: it is away, and says which right is missing', async () => {
  let isAllowed = false;
  const { follower, statuses } = await follow({
    coreshowchannels: (action, peer) => (isAllowed ? list(action, peer) : error(action, 'Permission denied')),
  });
  await eventually('it is told', () => statuses.length > 0);
  expect(follower.status).toMatchObject({
    state: 'away',
    problem: expect.stringMatching(
      /refuses CoreShowChannels: Permission denied.*class .*reporting.* in write/,
    ),
  });
  isAllowed = true;
  await eventually('it is followed', () => follower.status.state === 'followed', 30_000);
}, 60_000);

test('without the right to hear of calls: it says so as soon as there is one', async () => {
  const { follower, problems } = await follow({ coreshowchannels: emptyThen(list) }, { compareMs: 50 });
  await eventually('it is told', () => problems.length > 0);
  expect(follower.status.state).toBe('followed');
  expect(problems[0]).toMatch(
    /^main has 1 channel of which no event told: has the user "courier-agi" .* call, agent/,
  );
});

test('a call that lasts when the desk is started is no sign of a missing right', async () => {
  const { problems, calls, ami } = await follow({ coreshowchannels: list }, { compareMs: 20 });
  const asked = () => ami.peer.names().filter((name) => name === 'CoreShowChannels').length;
  await eventually('it has compared often', () => ami.peers.length > 0 && asked() > 5);
  expect(problems).toEqual([]);
  expect(calls[0]).toMatchObject({ from: { number: '79162000001' }, state: 'ringing' });
});

test('what hangs on a call of before bears the name that the journal has, before its end and after', async () => {
  const spoken: SpokenChannel[] = [];
  const linkedId = String(SNAPSHOT['Linkedid']);
  const before = answeredCall(1, '79162000001', {
    linkedIds: ['1768204800.1', linkedId],
    state: 'talking',
    endedAt: null,
  });
  let isOver = false;
  const { follower, calls } = await follow(
    { coreshowchannels: (action) => (isOver ? emptyList(action) : talkList(action)) },
    { compareMs: 2000, onSpoken: (channels) => spoken.push(...channels) },
    [before],
  );
  await eventually('they talk', () => spoken.length > 0);
  expect(follower.calls().map(({ id, startedAt }) => [id, startedAt])).toEqual([
    [before.id, before.startedAt],
  ]);
  isOver = true;
  await eventually('it is over', () => spoken.some(({ endedAt }) => endedAt !== undefined));
  expect(calls.at(-1)).toMatchObject({ id: before.id, state: 'ended' });
  expect([...new Set(spoken.map(({ call }) => call))]).toEqual([before.id]);
});

const { Timestamp: _then, ...hangup } = recordedEvents('22-a').find(
  (event) => event['Event'] === 'Hangup' && event['Uniqueid'] === SNAPSHOT['Uniqueid'],
)!;

test('a call that ended in the moment before the desk is stopped has ended', async () => {
  const { ami, follower, calls } = await follow({ coreshowchannels: list });
  await eventually('it is followed', () => calls.length > 0);
  const heard = follower.counters.events;
  ami.peer.send(wireText(hangup));
  await eventually('its end is heard', () => follower.counters.events > heard);
  await follower.stop();
  expect(calls.at(-1)).toMatchObject({ state: 'ended' });
});

function talkList(action: ReceivedAction): string {
  const ActionID = header(action, 'ActionID');
  const up = {
    ...SNAPSHOT,
    ChannelState: '6',
    ChannelStateDesc: 'Up',
    Application: 'Dial',
    ApplicationData: 'PJSIP/101',
    Duration: '00:00:07',
    BridgeId: 'b',
  };
  const other = { ...up, Channel: 'PJSIP/102-00000009', Uniqueid: '1768204999.9', CallerIDNum: '102' };
  return (
    success(action, 'EventList: start', 'Message: Channels will follow') +
    [up, other].map((row) => wireText({ Event: 'CoreShowChannel', ActionID, ...row })).join('') +
    wireText({ Event: 'CoreShowChannelsComplete', ActionID, EventList: 'Complete', ListItems: '2' })
  );
}

function emptyList(action: ReceivedAction): string {
  const ActionID = header(action, 'ActionID');
  return (
    success(action, 'EventList: start') +
    wireText({ Event: 'CoreShowChannelsComplete', ActionID, EventList: 'Complete', ListItems: '0' })
  );
}

function emptyThen(then: typeof list): typeof list {
  let asked = 0;
  return (action, peer) => {
    asked += 1;
    if (asked > 1) return then(action, peer);
    const complete = { EventList: 'Complete', ListItems: '0' };
    const ActionID = header(action, 'ActionID');
    return (
      success(action, 'EventList: start') +
      wireText({ Event: 'CoreShowChannelsComplete', ActionID, ...complete })
    );
  };
}

test('a gap that began in the future of our clock, which was set back, ends after its beginning', async () => {
  const gaps: Gap[] = [];
  const from = Date.now() + 3_600_000;
  const gap = { from, reason: 'The desk did not run.' };
  await follow({ coreshowchannels: list }, { onGap: (one) => gaps.push(one) }, [], gap);
  await eventually('the gap is over', () => gaps.length > 0);
  expect(gaps).toEqual([{ asterisk: 'main', from, until: from + 1, reason: gap.reason }]);
});
