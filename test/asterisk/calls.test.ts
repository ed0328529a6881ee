import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Party } from '../../src/calls/call.ts';
import { Tracker } from '../../src/calls/tracker.ts';
import { listenToAmi, managerConf } from '../lab/ami.ts';
import { startAsterisk } from '../lab/asterisk.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { freeTcpPort, freeUdpPort } from '../lab/free-port.ts';
import { placeCall, startPhone, TRUNK_ADDRESS } from '../lab/sip.ts';
import type { Softphone } from '../lab/sip/softphone.ts';
import { CALLER, flowFiles, FLOWS, PHONE_RULES, softphones } from './call-flows.ts';
import { type Telephony, TELEPHONIES } from './company.ts';

/** Longer than any of the flows. */
const ALL_OVER_MS = 20_000;

interface Lab {
  readonly calls: ReadonlyMap<string, Call>;
  readonly gone: readonly string[];
  readonly problems: readonly unknown[];
  readonly left: Tracker['size'];
  readonly stop: () => Promise<void>;
}

/** All flows at a time on one Asterisk, and what the tracker made of its events. */
async function runFlows({ version, driver }: Telephony): Promise<Lab> {
  const cleanups = new Cleanups();
  try {
    const trunk = await startPhone({ address: TRUNK_ADDRESS });
    cleanups.add(trunk.stop);
    const phones = await startPhone({ rules: PHONE_RULES });
    cleanups.add(phones.stop);
    const amiPort = await freeTcpPort();
    const softphonePort = await freeUdpPort('127.0.0.101');
    const asterisk = await startAsterisk({
      version,
      files: (ports) => ({
        ...flowFiles(driver, {
          transportPort: driver === 'PJSIP' ? ports.pjsip : ports.chanSip,
          trunk,
          phones,
          softphonePort,
        }),
        'manager.conf': managerConf(amiPort),
      }),
    });
    cleanups.add(asterisk.stop);
    const port = driver === 'PJSIP' ? asterisk.ports.pjsip : asterisk.ports.chanSip;
    const soft = softphones(port, softphonePort);
    for (const phone of soft) {
      await phone.start();
      cleanups.add(phone.stop);
    }

    const calls = new Map<string, Call>();
    const gone: string[] = [];
    const tracker = new Tracker({
      asterisk: 'main',
      onCall: (call) => calls.set(call.id, call),
      onJoin: (id) => {
        calls.delete(id);
        gone.push(id);
      },
    });
    const ami = await listenToAmi(amiPort, (message) => tracker.feed(message, Date.now()));
    cleanups.add(ami.stop);
    const clock = setInterval(() => tracker.tick(Date.now()), 50);
    cleanups.add(async () => clearInterval(clock));

    const problems = await placeFlows(port, soft);
    await sleep(1500);
    return { calls, gone, problems, left: tracker.size, stop: cleanups.run };
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

async function placeFlows(port: number, soft: readonly Softphone[]): Promise<unknown[]> {
  const problems: unknown[] = [];
  const placed = FLOWS.map(async ({ to, giveUpAfterMs, talkMs }) => {
    await placeCall({
      port,
      from: CALLER,
      to,
      ...(giveUpAfterMs === undefined ? {} : { giveUpAfterMs }),
      ...(talkMs === undefined ? {} : { talkMs }),
    }).catch((error: unknown) => problems.push(error));
  });
  // 320 rings; 205 takes the call.
  await sleep(2500);
  const picker = soft.find(({ user }) => user === '205');
  const pickup = picker?.dial('*8');
  await pickup?.answered.catch((error: unknown) => problems.push(error));
  await Promise.race([Promise.all(placed), sleep(ALL_OVER_MS, undefined, { ref: false })]);
  return [...problems, ...soft.flatMap(({ failures }) => failures)];
}

describe.each(TELEPHONIES)('Asterisk $version with $driver', (telephony) => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await runFlows(telephony);
  }, 120_000);

  afterAll(async () => {
    await lab?.stop();
  });

  test.each(FLOWS)('$title', ({ to, expected: { talk, ...expected } }) => {
    const rows = [...lab.calls.values()].filter((call) => call.to.number === to);
    expect(rows.map(told)).toEqual([
      { from: CALLER, direction: 'in', state: 'ended', completeness: 'whole', ...expected },
    ]);
    expect(Math.abs((rows[0]?.seconds.talk ?? 0) - talk)).toBeLessThanOrEqual(1);
  });

  test('as many rows as calls, and no ghosts', () => {
    expect(lab.problems).toEqual([]);
    const rows = [...lab.calls.values()].map((call) => `${who(call.from)} ${who(call.to)}`);
    expect(rows.toSorted()).toEqual(FLOWS.map(({ to }) => `${CALLER} ${to}`).toSorted());
    expect(lab.left).toEqual({ calls: 0, channels: 0 });
  });

  test('only a caller from outside with whom nobody spoke was missed', () => {
    const missed = FLOWS.filter(
      ({ expected, title }) => expected.answeredBy === null && !title.includes('greeting'),
    );
    const rows = [...lab.calls.values()].filter((call) => call.missed).map(({ to }) => to.number);
    expect(rows.toSorted()).toEqual(missed.map(({ to }) => to).toSorted());
  });
});

function who(party: Party | null): string {
  return party?.extension ?? party?.number ?? party?.raw ?? '';
}

function told({ from, direction, state, completeness, outcome, answeredBy, endedBy, legs, talks }: Call) {
  return {
    from: who(from),
    direction,
    state,
    completeness,
    outcome,
    answeredBy: answeredBy === null ? null : who(answeredBy),
    endedBy,
    legs: legs.map((leg) => `${who(leg.party)} ${leg.outcome}`).toSorted(),
    talks: talks.map(({ a, b }) => `${who(a)}-${who(b)}`).toSorted(),
  };
}
