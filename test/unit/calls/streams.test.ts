import { describe, expect, test } from '@jest/globals';
import { callSchema } from '../../../src/calls/call.ts';
import { Tracker } from '../../../src/calls/tracker.ts';
import { event, follow, loadStream, type Received, STREAMS, summary } from './streams.ts';

/** From a trunk to the company's short number; telephones 101, 102, 103. */
const RING_ALL = {
  direction: 'in',
  who: '79162000001 > 1000 = 102',
  completeness: 'whole',
};
const INBOUND = { ...RING_ALL, who: '79162000001 > 1002 = 101' };
const WAITED = 'greeting 0 wait 0.6 ring 0.6';

/** What somebody who had listened would write down; seconds from the call's start. */
const EXPECTED: Readonly<Record<string, Record<string, unknown>>> = {
  '16-a': {
    ...RING_ALL,
    outcome: 'answered 16 by caller',
    seconds: 'greeting 0 wait 1.6 ring 1.6 talk 2 hold 0',
    legs: ['101 0.1 … 1.6 answered elsewhere 26', '102 0.1 1.6 3.7 answered 16'],
    talks: ['79162000001-102 1.6 3.7'],
  },
  '22-a': {
    ...RING_ALL,
    outcome: 'answered 16 by caller',
    seconds: 'greeting 0 wait 1.6 ring 1.6 talk 2 hold 0',
    legs: ['101 0.1 … 1.6 answered elsewhere 26', '102 0.1 1.6 3.7 answered 16'],
    talks: ['79162000001-102 1.7 3.7'],
  },
  '22-a2': {
    ...RING_ALL,
    outcome: 'answered 16 by callee',
    seconds: 'greeting 0 wait 1.2 ring 1.2 talk 1 hold 0',
    legs: ['101 0.2 … 1.2 answered elsewhere 26', '102 0.2 1.2 2.2 answered 16'],
    talks: ['79162000001-102 1.2 2.2'],
  },
  // 101 in vain, 102 busy, then a queue: the first round in vain, in the second one 101 answers.
  '22-b': {
    ...RING_ALL,
    who: '79162000001 > 1001 = 101',
    outcome: 'answered 16 by callee',
    seconds: 'greeting 0 wait 8.6 ring 7.6 talk 1 hold 0',
    legs: [
      '101 0.1 … 2.0 no_answer null',
      '102 2.1 … 2.4 busy 17',
      '101 2.6 … 6.5 no_answer null',
      '102 2.6 … 2.9 busy 17',
      '101 7.6 8.6 9.6 answered 16',
      '102 7.6 … 8.6 answered elsewhere 26',
    ],
    talks: ['79162000001-101 8.6 9.6'],
  },
  // The same in vain to the end.
  '16-b2': queueInVain(),
  '22-b2': queueInVain(),
  // 101 hands the caller on to 103 (REFER).
  '16-c1': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: `${WAITED} talk 2.9 hold 0`,
    legs: ['101 0.1 0.6 1.7 answered 16', '103 1.8 2.8 4.7 answered 16'],
    talks: ['79162000001-101 0.6 1.7', '79162000001-103 2.8 4.7'],
  },
  '22-c1': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: `${WAITED} talk 2.9 hold 0`,
    legs: ['101 0.1 0.6 1.6 answered 16', '103 1.8 2.8 4.7 answered 16'],
    talks: ['79162000001-101 0.6 1.6', '79162000001-103 2.8 4.7'],
  },
  '22-c5': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: `${WAITED} talk 3.4 hold 0`,
    legs: ['101 0.1 0.6 1.7 answered 16', '103 1.8 2.3 4.7 answered 16'],
    talks: ['79162000001-101 0.6 1.6', '79162000001-103 2.3 4.7'],
  },
  // 101 holds the caller, asks 103 on a second line, and joins the two.
  '16-c2': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: `${WAITED} talk 5.2 hold 2.4`,
    legs: ['101 0.1 0.6 3.8 answered 16', '103 2.2 2.7 5.8 answered 16'],
    talks: ['79162000001-101 0.6 3.8', '101-103 2.7 3.8', '79162000001-103 3.8 5.8'],
  },
  '22-c2': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: 'greeting 0 wait 0.9 ring 0.9 talk 5.1 hold 2.4',
    legs: ['101 0.2 0.9 4.0 answered 16', '103 2.4 2.9 6.0 answered 16'],
    talks: ['79162000001-101 0.9 4.0', '101-103 2.9 4.0', '79162000001-103 4.0 6.0'],
  },
  // The same, but 101 is gone before 103 answers.
  '16-c3': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: `${WAITED} talk 5.1 hold 1.5`,
    legs: ['101 0.1 0.6 2.8 answered 16', '103 2.0 5.0 7.8 answered 16'],
    talks: ['79162000001-101 0.6 2.8', '79162000001-103 5.0 7.8'],
  },
  '22-c3': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: `${WAITED} talk 5.1 hold 1.5`,
    legs: ['101 0.1 0.6 2.9 answered 16', '103 2.0 5.0 7.9 answered 16'],
    talks: ['79162000001-101 0.6 2.9', '79162000001-103 5.0 7.9'],
  },
  // With keys: Asterisk calls 103 over a Local channel, which stays in the talk.
  '22-c4': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: `${WAITED} talk 8.4 hold 5.8`,
    legs: ['101 0.1 0.6 7.7 answered 16', '103 2.2 2.7 9.7 answered 16'],
    talks: ['79162000001-101 0.6 2.1', '101-103 2.7 7.7', '79162000001-103 7.7 9.7'],
  },
  // 101 holds for a second, then the caller holds and hangs up.
  '16-d': heldTwice(),
  '22-d': heldTwice(),
  '16-e': clickToCall('101 0.1 0.8 3.2 answered 16'),
  '22-e': clickToCall('101 0.1 0.8 3.2 answered 16'),
  // The server calls the courier, then the recipient; with /n, and without media to optimise away.
  '16-e3': courierCall(),
  '22-e2': courierCall(),
  '22-e3': courierCall(),
  // Originate with Application Dial: only the dial string knows the number.
  '22-e4': {
    ...clickToCall('101 0.1 0.8 2.7 answered 16'),
    seconds: 'greeting 0 wait 0.8 ring 0.8 talk 1 hold 0',
    legs: ['101 0.1 0.8 2.7 answered 16', '79161234567@trunk 0.9 1.7 2.7 answered 16'],
    talks: ['101-79161234567 1.7 2.7'],
  },
  // The courier picks up, the recipient is busy.
  '22-e5': {
    ...courierCall(),
    who: '79162222222 > 79161234567 = nobody',
    outcome: 'busy 17 by callee',
    seconds: 'greeting 0 wait 0.4 ring 0.4 talk 0 hold 0',
    legs: ['79162222222@trunk 0.1 0.8 1.3 answered 17', '79161234567@trunk 1.0 … 1.3 busy 17'],
    talks: [],
  },
  // The operator presses the red button on their own click: the recipient was never rung.
  '16-f': {
    ...clickInVain(),
    outcome: 'refused 21 by caller',
    legs: ['101 0.1 … 0.4 refused 21'],
  },
  '22-f': {
    ...clickInVain(),
    outcome: 'refused 21 by caller',
    legs: ['101 0.1 … 0.4 refused 21'],
  },
  '16-f2': {
    ...clickInVain(),
    outcome: 'no_answer null by system',
    legs: ['101 0.1 … 1.5 no_answer null'],
  },
  '22-f2': {
    ...clickInVain(),
    outcome: 'no_answer 19 by system',
    legs: ['101 0.1 … 1.5 no_answer 19'],
  },
  '16-g': callerGivesUp(),
  '22-g': callerGivesUp(),
  // Two telephones behind Local channels, one with /n.
  '22-g2': {
    ...RING_ALL,
    who: '79162000001 > 1003 = 101',
    outcome: 'answered 16 by callee',
    seconds: 'greeting 0 wait 1.1 ring 1.1 talk 1.5 hold 0',
    legs: ['101 0.1 1.1 2.6 answered 16', '102 0.1 … 1.1 answered elsewhere 26'],
    talks: ['79162000001-101 1.1 2.6'],
  },
  // A telephone that is not registered: Dial makes no channel at all.
  '16-g3': notRegistered(),
  '22-g3': notRegistered(),
  // An operator calls out; the dialplan sets the company's number as caller id.
  '22-h': {
    direction: 'out',
    who: '103 > 74951112233 = 74951112233',
    outcome: 'answered 16 by callee',
    seconds: 'greeting 0 wait 0.6 ring 0.6 talk 1 hold 0',
    legs: ['74951112233@trunk 0.2 0.6 1.6 answered 16'],
    talks: ['103-74951112233 0.6 1.6'],
    completeness: 'whole',
  },
  // After the talk the caller stays for a menu.
  '22-i': {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: 'greeting 0 wait 0.7 ring 0.7 talk 0.7 hold 0',
    legs: ['101 0.1 0.7 1.4 answered 16'],
    talks: ['79162000001-101 0.7 1.4'],
  },
};

/** Time alone, every 50 ms. */
function ticks(from: number, forMs: number): Received[] {
  return Array.from({ length: forMs / 50 }, (_, index) => event({}, from + (index + 1) * 50));
}

function queueInVain() {
  return {
    ...RING_ALL,
    who: '79162000001 > 1001 = nobody',
    outcome: 'no_answer null by system, missed',
    seconds: 'greeting 0 wait 12.5 ring 10.5 talk 0 hold 0',
    legs: [
      '101 0.1 … 2.0 no_answer null',
      '102 2.1 … 2.4 busy 17',
      '101 2.6 … 6.5 no_answer null',
      '102 2.6 … 2.9 busy 17',
      '101 7.6 … 11.5 no_answer null',
      '102 7.6 … 7.9 busy 17',
    ],
    talks: [],
  };
}

function heldTwice() {
  return {
    ...INBOUND,
    outcome: 'answered 16 by caller',
    seconds: `${WAITED} talk 3.7 hold 2`,
    legs: ['101 0.1 0.6 4.4 answered 16'],
    talks: ['79162000001-101 0.6 4.4'],
  };
}

function clickToCall(operator: string) {
  return {
    direction: 'out',
    who: '101 > 79161234567 = 79161234567',
    outcome: 'answered 16 by callee',
    seconds: 'greeting 0 wait 0.8 ring 0.8 talk 1.5 hold 0',
    legs: [operator, '79161234567@trunk 1.0 1.7 3.2 answered 16'],
    talks: ['101-79161234567 1.7 3.2'],
    completeness: 'whole',
  };
}

function clickInVain() {
  return {
    ...clickToCall(''),
    who: '101 > 79161234567 = nobody',
    seconds: 'greeting 0 wait 0 ring 0 talk 0 hold 0',
    talks: [],
  };
}

function courierCall() {
  return {
    direction: 'courier',
    who: '79162222222 > 79161234567 = 79161234567',
    outcome: 'answered 16 by callee',
    seconds: 'greeting 0 wait 0.8 ring 0.8 talk 1.5 hold 0',
    legs: ['79162222222@trunk 0.1 0.8 3.2 answered 16', '79161234567@trunk 1.0 1.7 3.2 answered 16'],
    talks: ['79162222222-79161234567 1.7 3.2'],
    completeness: 'whole',
  };
}

function callerGivesUp() {
  return {
    ...RING_ALL,
    who: '79162000001 > 1000 = nobody',
    outcome: 'cancelled 127 by caller, missed',
    seconds: 'greeting 0 wait 2 ring 2 talk 0 hold 0',
    legs: ['101 0.1 … 2.0 cancelled 127', '102 0.1 … 2.0 cancelled 127'],
    talks: [],
  };
}

function notRegistered() {
  return {
    ...RING_ALL,
    who: '79162000001 > 1004 = nobody',
    outcome: 'unreachable 3 by system, missed',
    seconds: 'greeting 0 wait 0 ring 0 talk 0 hold 0',
    legs: [],
    talks: [],
  };
}

test('every recorded stream is judged', () => {
  expect(Object.keys(EXPECTED).toSorted()).toEqual([...STREAMS].toSorted());
});

describe.each(STREAMS)('%s', (name) => {
  const { ended, told, joined, tracker } = follow(loadStream(name));

  test('is one call, and the right one', () => {
    expect(ended.map(summary)).toEqual([EXPECTED[name]]);
  });

  test('leaves nothing behind: every call that was told ended, or became a part of the one', () => {
    const gone = joined.map(([id]) => id);
    expect([...new Set(told.map(({ id }) => id))].toSorted()).toEqual([ended[0]?.id, ...gone].toSorted());
    expect(tracker.size).toEqual({ calls: 0, channels: 0 });
  });

  test('is told as the contract has it', () => {
    for (const call of told) expect(callSchema.strict().parse(call)).toEqual(call);
  });

  test('tells each hold that its seconds count', () => {
    for (const { holds, seconds } of ended) {
      const held = holds.map(({ from, until }) => Date.parse(until ?? '') - Date.parse(from));
      const sum = held.reduce((all, one) => all + one, 0) / 1000;
      expect(sum).toBeGreaterThanOrEqual(seconds.hold - 0.05);
      expect(holds.length > 0).toBe(seconds.hold > 0);
    }
  });

  test('is told to be over soon after its last hangup, and not before what may come late', () => {
    const events = loadStream(name);
    const end = Math.max(...events.map((one) => (one.event === 'Hangup' ? one.receivedAt : 0)));
    const delays: number[] = [];
    let now = 0;
    const watching = new Tracker({
      asterisk: 'main',
      onCall: ({ state }) => {
        if (state === 'ended') delays.push(now - end);
      },
    });
    for (const one of [...events, ...ticks(end, 1000)].toSorted((a, b) => a.receivedAt - b.receivedAt)) {
      now = one.receivedAt;
      if (one.event === undefined) watching.tick(now);
      else watching.feed(one, now);
    }
    expect(delays).toHaveLength(1);
    expect(delays[0]).toBeGreaterThan(100);
    expect(delays[0]).toBeLessThanOrEqual(200);
  });

  test('is inbound from its first moment on, or never', () => {
    const directions = new Set<string>();
    const watching = new Tracker({ asterisk: 'main', onCall: (call) => directions.add(call.direction) });
    for (const one of loadStream(name)) {
      watching.feed(one, one.receivedAt);
      watching.tick(one.receivedAt + 0.001);
    }
    // Of an outside line that Asterisk itself calls, nothing says so for 2 ms.
    expect(directions.has('in')).toBe(ended[0]?.direction === 'in' || name === '22-e5');
  });

  test('goes from ringing over talking to ended, never back', () => {
    const order = ['ringing', 'talking', 'ended'];
    const steps = told.filter(({ id }) => id === ended[0]?.id).map(({ state }) => order.indexOf(state));
    expect(steps).toEqual(steps.toSorted());
  });
});
