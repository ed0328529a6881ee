import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AmiClient } from '../../src/ami/client.ts';
import type { Call, Party } from '../../src/calls/call.ts';
import { Tracker } from '../../src/calls/tracker.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { AMI_USER } from '../lab/asterisk/base-config.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { freeUdpPort } from '../lab/free-port.ts';
import { phoneAddress, placeCall, startPhone, TRUNK_ADDRESS } from '../lab/sip.ts';
import type { Softphone } from '../lab/sip/softphone.ts';
import { CALLER, FLOWS } from './call-flows.ts';
import { type Telephony, TELEPHONIES } from './company.ts';
import { flowFiles } from './flow-files.ts';
import { PHONE_RULES, softphones } from './flow-phones.ts';
import { BUSY_RECIPIENT, OWN_CALLS, RECIPIENT } from './own-calls.ts';

/** Longer than any of the calls. */
const ALL_OVER_MS = 30_000;

interface Lab {
  readonly calls: readonly Call[];
  readonly problems: readonly unknown[];
  readonly left: Tracker['size'];
  readonly stop: () => Promise<void>;
}

/** All calls at a time on one Asterisk, and what the tracker made of its events. */
async function runCalls({ version, driver }: Telephony): Promise<Lab> {
  const cleanups = new Cleanups();
  try {
    const rules = [
      { to: RECIPIENT, behaviour: 'answerThenHangUp' },
      { to: BUSY_RECIPIENT, behaviour: 'busy' },
    ] as const;
    const trunk = await startPhone({ address: TRUNK_ADDRESS, rules });
    cleanups.add(trunk.stop);
    const phones = await startPhone({ rules: PHONE_RULES });
    cleanups.add(phones.stop);
    const softphonePort = await freeUdpPort(phoneAddress(101));
    const asterisk = await startAsterisk({
      version,
      files: ({ pjsip, chanSip }) => {
        const transportPort = driver === 'PJSIP' ? pjsip : chanSip;
        return flowFiles(driver, { transportPort, trunk, phones, softphonePort });
      },
    });
    cleanups.add(asterisk.stop);
    const port = driver === 'PJSIP' ? asterisk.ports.pjsip : asterisk.ports.chanSip;
    const soft = softphones(port, softphonePort);
    for (const phone of soft) {
      await phone.start();
      cleanups.add(phone.stop);
    }

    const problems: unknown[] = [];
    const calls = new Map<string, Call>();
    const tracker = new Tracker({
      asterisk: 'main',
      onCall: (call) => calls.set(call.id, call),
      onJoin: (gone) => calls.delete(gone),
    });
    const ami = await followed(asterisk, tracker, problems);
    cleanups.add(() => ami.stop());
    const clock = setInterval(() => tracker.tick(Date.now()), 50);
    cleanups.add(async () => clearInterval(clock));

    const phone = (user: string) => soft.find((one) => one.user === user) ?? missing(user);
    await Promise.all([
      placeFlows(port, phone, problems, (extension) =>
        [...calls.values()].some(({ legs }) =>
          legs.some((leg) => leg.party.extension === extension && leg.rangAt !== null),
        ),
      ),
      ...OWN_CALLS.map(({ make }) =>
        make({ driver, ami, phone }).catch((error: unknown) => problems.push(error)),
      ),
    ]);
    await eventually('all calls are over', () => tracker.size.calls === 0, ALL_OVER_MS).catch(
      async (error: unknown) => problems.push(error, await asterisk.rx('core show channels concise')),
    );
    problems.push(...soft.flatMap(({ failures }) => failures));
    return { calls: [...calls.values()], problems, left: tracker.size, stop: cleanups.run };
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

async function followed(asterisk: Asterisk, tracker: Tracker, problems: unknown[]): Promise<AmiClient> {
  const ami = new AmiClient({
    host: '127.0.0.1',
    port: asterisk.ports.ami,
    ...AMI_USER,
    events: ['system', 'call', 'agent'],
    onReady: () => {},
    onEvent: (event) => tracker.feed(event, Date.now()),
    onDown: () => {},
    onFlaw: (flaw) => problems.push(flaw),
    onProblem: (problem) => problems.push(problem),
  });
  ami.start();
  await eventually('the AMI client is ready', () => ami.ready);
  return ami;
}

async function placeFlows(
  port: number,
  phone: (user: string) => Softphone,
  problems: unknown[],
  rings: (extension: string) => boolean,
): Promise<void> {
  const placed = FLOWS.map(async ({ to, giveUpAfterMs, talkMs }) => {
    const times = { ...(giveUpAfterMs && { giveUpAfterMs }), ...(talkMs && { talkMs }) };
    await placeCall({ port, from: CALLER, to, ...times }).catch((error: unknown) => problems.push(error));
  });
  // 320 rings a while; 205 takes the call.
  await eventually('320 rings', () => rings('320'), ALL_OVER_MS).catch((error: unknown) =>
    problems.push(error),
  );
  await sleep(1000);
  await phone('205')
    .dial('*8')
    .answered.catch((error: unknown) => problems.push(error));
  await Promise.race([Promise.all(placed), sleep(ALL_OVER_MS, undefined, { ref: false })]);
}

function missing(user: string): never {
  throw new Error(`There is no telephone ${user}.`);
}

describe.each(TELEPHONIES)('Asterisk $version with $driver', (telephony) => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await runCalls(telephony);
  }, 120_000);

  afterAll(async () => {
    await lab?.stop();
  });

  test.each(FLOWS)('$title', ({ to, expected: { talk, ...expected } }) => {
    const rows = lab.calls.filter((call) => call.to.number === to);
    expect(rows.map(told)).toEqual([{ direction: 'in', from: CALLER, to, ...WHOLE, ...expected }]);
    expect(Math.abs((rows[0]?.seconds.talk ?? 0) - talk)).toBeLessThanOrEqual(1);
  });

  test.each(OWN_CALLS)('$title', ({ expected }) => {
    const rows = lab.calls.map(told).filter(({ from, to }) => from === expected.from && to === expected.to);
    expect(rows).toEqual([{ ...WHOLE, ...expected }]);
  });

  test('as many rows as calls, and no ghosts', () => {
    expect(lab.problems).toEqual([]);
    expect(lab.calls.map((call) => `${who(call.from)} ${who(call.to)}`).toSorted()).toEqual(
      [
        ...FLOWS.map(({ to }) => `${CALLER} ${to}`),
        ...OWN_CALLS.map(({ expected: { from, to } }) => `${from} ${to}`),
      ].toSorted(),
    );
    expect(lab.left).toEqual({ calls: 0, channels: 0 });
  });

  test('only a caller from outside with whom nobody spoke was missed', () => {
    const missed = FLOWS.filter(
      ({ expected, title }) => expected.answeredBy === null && !title.includes('greeting'),
    );
    const rows = lab.calls.filter((call) => call.missed).map(({ to }) => to.number);
    expect(rows.toSorted()).toEqual(missed.map(({ to }) => to).toSorted());
  });

  test('whoever was put on hold was so for as long as that', () => {
    const held = lab.calls.filter((call) => call.seconds.hold > 0).map(({ to }) => to.number);
    const titles = FLOWS.filter(({ to }) => held.includes(to)).map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(['attended transfer (REFER with Replaces)']));
    const call = lab.calls.find(({ to }) => to.number === '74950000015');
    expect(Math.abs((call?.seconds.hold ?? 0) - 1.7)).toBeLessThanOrEqual(1);
  });
});

const WHOLE = { state: 'ended', completeness: 'whole' };

function who(party: Party | null): string {
  return party?.extension ?? party?.number ?? party?.raw ?? '';
}

function told({ from, to, direction, state, completeness, outcome, answeredBy, endedBy, legs, talks }: Call) {
  return {
    direction,
    from: who(from),
    to: who(to),
    state,
    completeness,
    outcome,
    answeredBy: answeredBy === null ? null : who(answeredBy),
    endedBy,
    legs: legs.map((leg) => `${who(leg.party)} ${leg.outcome}`).toSorted(),
    talks: talks.map(({ a, b }) => `${who(a)}-${who(b)}`).toSorted(),
  };
}
