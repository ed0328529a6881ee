import { afterEach, expect, test } from '@jest/globals';
import type { Call } from '../../../src/calls/call.ts';
import {
  AsteriskFollower,
  type FollowerOptions,
  type FollowerStatus,
} from '../../../src/desk/asterisk-follower.ts';
import { messageOf } from '../../../src/util/errors.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { error, FakeAmi, type FakeAmiOptions, header, SECRET, success } from '../ami/fake-ami.ts';
import { recordedEvents, wireText } from '../ami/streams.ts';

/*
 * What a desk that runs says when Asterisk's configuration is not what it needs. The answers of the fake AMI are those of
 * Asterisk 22.
 */

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function follow(answers: FakeAmiOptions['answers'] = {}, options: Partial<FollowerOptions> = {}) {
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
    { calls: [], gap: undefined },
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
