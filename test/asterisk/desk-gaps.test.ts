import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../src/calls/call.ts';
import { startAsterisk } from '../lab/asterisk.ts';
import { AMI_USER, CDR_CONF } from '../lab/asterisk/base-config.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { startTcpProxy } from '../lab/databases/tcp-proxy.ts';
import {
  type DeskHome,
  type DeskProcess,
  makeDeskHome,
  readGaps,
  startDeskProcess,
} from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeUdpPort } from '../lab/free-port.ts';
import { ASTERISK_ADDRESS, phoneAddress, startPhone, TRUNK_ADDRESS } from '../lab/sip.ts';
import { header } from '../lab/sip/message-log.ts';
import { crowdScenario } from '../lab/sip/crowd.scenario.ts';
import { startSipp } from '../lab/sip/sipp.ts';
import { flowFiles } from './flow-files.ts';
import { PHONE_RULES } from './flow-phones.ts';

/*
 * 300 calls on a real Asterisk, which overlap. Of two desks that follow it one has its call detail records: both lose
 * AMI at the 100th call, are killed at the 150th, and see Asterisk restart at the 200th. On the older Asterisk fewer calls
 * tell as much.
 */

const LABS = [
  { version: 22, count: 300 },
  { version: 16, count: 120 },
] as const;
const PER_SECOND = 5;
const TALK_MS = 1000;
/** A caller whom a dead server left alone. */
const PATIENCE_MS = 15_000;
const CUT_MS = 3000;

/** By the number called: what comes of a call that nothing disturbs. */
const OUTCOMES = new Map([
  ['74950000001', 'answered'],
  ['74950000003', 'no_answer'],
  ['74950000004', 'busy'],
]);

const placedCalls = (count: number) =>
  Array.from({ length: count }, (_, n): readonly [string, string] => [
    `7916${3_000_000 + n}`,
    [...OUTCOMES.keys()][n % OUTCOMES.size] ?? '',
  ]);

const untilPlaced = (calls: number, startedAt: number) =>
  sleep(startedAt + (calls / PER_SECOND) * 1000 - performance.now());

/** For what takes a few seconds on a machine that has nothing else to do. */
const PATIENCE_OF_TEST_MS = 60_000;

interface Span {
  readonly from: number;
  readonly until: number;
}

interface Told {
  readonly calls: readonly Call[];
  readonly gaps: readonly { readonly reason: string }[];
}

describe.each(LABS)('$count calls on Asterisk $version, and everything breaks', ({ version, count }) => {
  const placed = placedCalls(count);
  const cleanups = new Cleanups();
  let withCdr: Told;
  let withoutCdr: Told;
  /** Callers for whom Asterisk rang somebody: while it restarts it refuses everybody, or says nothing. */
  let served: readonly string[];
  /** Those whom it just began to serve when it ended: it may know them or not. */
  let begun: ReadonlySet<string>;
  /** Its restart, in ms since 1970. */
  let restart: Span;

  beforeAll(async () => {
    const trunk = await startPhone({ address: TRUNK_ADDRESS });
    cleanups.add(trunk.stop);
    const phones = await startPhone({ rules: PHONE_RULES });
    cleanups.add(phones.stop);
    const softphonePort = await freeUdpPort(phoneAddress(101));
    const asterisk = await startAsterisk({
      version,
      files: (ports) => ({
        ...flowFiles('PJSIP', { transportPort: ports.pjsip, trunk, phones, softphonePort }),
        'cdr.conf': CDR_CONF,
      }),
    });
    cleanups.add(asterisk.stop);
    const line = await startTcpProxy({ host: '127.0.0.1', port: asterisk.ports.ami });
    cleanups.add(() => line.stop());
    const ami = { port: line.port, ...AMI_USER };
    const start = async (home: DeskHome, cdrFile: string | undefined): Promise<DeskProcess> => {
      const desk = await startDeskProcess(home, { ami, ...(cdrFile === undefined ? {} : { cdrFile }) });
      cleanups.add(desk.kill);
      return desk;
    };
    const homes = [await makeDeskHome(), await makeDeskHome()] as const;
    for (const home of homes) cleanups.add(home.remove);
    const startBoth = () => Promise.all([start(homes[0], asterisk.cdrFile), start(homes[1], undefined)]);

    const first = await startBoth();
    await Promise.all(first.map((desk) => desk.ready()));
    const startedAt = performance.now();
    const crowd = await startSipp({
      scenario: crowdScenario({ talkMs: TALK_MS, patienceMs: PATIENCE_MS }),
      localAddress: TRUNK_ADDRESS,
      localPort: await freeUdpPort(TRUNK_ADDRESS),
      remote: `${ASTERISK_ADDRESS}:${asterisk.ports.pjsip}`,
      many: { perSecond: PER_SECOND, fields: placed },
    });
    cleanups.add(crowd.stop);

    await untilPlaced(count / 3, startedAt);
    line.cut();
    await sleep(CUT_MS);
    line.mend();
    await untilPlaced(count / 2, startedAt);
    await Promise.all(first.map((desk) => desk.kill()));
    const [withRecords, without] = await startBoth();
    await Promise.all([withRecords.ready(), without.ready()]);
    await untilPlaced((count * 2) / 3, startedAt);
    const restartAt = Date.now();
    await asterisk.rx('core restart now').catch(() => '');
    restart = { from: restartAt, until: Date.now() };
    const messages = (await crowd.ended).messages.filter(({ direction }) => direction === 'received');
    const callersWho = (got: RegExp) =>
      new Set(
        messages
          .filter(({ firstLine }) => got.test(firstLine))
          .map((message) => /sip:(\d+)@/.exec(header(message, 'From'))?.[1] ?? ''),
      );
    served = [...callersWho(/^SIP\/2\.0 (18\d|200|486)/)].toSorted();
    begun = callersWho(/^SIP\/2\.0 100/);
    await Promise.all([withRecords.ready(), without.ready()]);
    const filled = async () => {
      const gaps = await readGaps(homes[0]);
      return gaps.length >= 2 && gaps.every(({ reason }) => reason.endsWith('filled up from CDR.'));
    };
    await eventually('the gaps are filled up', filled, PATIENCE_OF_TEST_MS).catch(async (cause: unknown) => {
      const gaps = JSON.stringify(await readGaps(homes[0]));
      throw new Error(`${gaps}\n${withRecords.log()}`, { cause });
    });
    await eventually(
      'all calls have ended',
      async () =>
        [...(await withRecords.calls()), ...(await without.calls())].every(({ state }) => state === 'ended'),
      PATIENCE_OF_TEST_MS,
    );
    withCdr = { calls: await withRecords.calls(), gaps: await readGaps(homes[0]) };
    withoutCdr = { calls: await without.calls(), gaps: await readGaps(homes[1]) };
  }, 240_000);

  afterAll(cleanups.run, 60_000);

  const callersOf = ({ calls }: Told) => calls.map(({ from }) => from.number ?? from.raw).toSorted();

  test('with call detail records: a row for every call, once', () => {
    expect(served.length).toBeGreaterThan(count / 2);
    const callers = callersOf(withCdr);
    expect(callers).toEqual([...new Set(callers)]);
    expect(served.filter((caller) => !callers.includes(caller))).toEqual([]);
    expect(callers.filter((caller) => !served.includes(caller) && !begun.has(caller))).toEqual([]);
  });

  test('without: no row twice, none of a call that nobody made, and the gaps are told', () => {
    const callers = callersOf(withoutCdr);
    expect(callers).toEqual([...new Set(callers)]);
    expect(callers.filter((caller) => !placed.some(([from]) => from === caller))).toEqual([]);
    expect(callers.length).toBeGreaterThan(count / 3);
    expect(withoutCdr.gaps.length).toBeGreaterThanOrEqual(2);
    expect(withoutCdr.gaps.some(({ reason }) => reason.includes('The desk did not run.'))).toBe(true);
  });

  test.each(['with', 'without'] as const)('%s: nothing is invented', (which) => {
    const { calls } = which === 'with' ? withCdr : withoutCdr;
    const wrong = calls.filter((call) => !isTrue(call, restart));
    expect(wrong).toEqual([]);
    const whole = calls.filter(({ completeness }) => completeness === 'whole');
    expect(whole.length).toBeGreaterThan(count / 4);
  });
});

/** A call is what it was, or says less. */
function isTrue(call: Call, restart: Span): boolean {
  const { direction, to, outcome, completeness, missed, talks, seconds } = call;
  const real = OUTCOMES.get(to.number ?? '');
  if (real === undefined || direction !== 'in' || seconds.talk > 30) return false;
  if (talks.length > 0 !== (outcome === 'answered') || (missed && outcome === 'answered')) return false;
  if (outcome === real) return true;
  return completeness === 'whole'
    ? isInterrupted(call, restart)
    : [null, 'no_answer', 'failed', 'cancelled'].includes(outcome);
}

/** Asterisk's restart ended it before anybody answered, and nothing else is said of it. */
function isInterrupted({ outcome, endedBy, endedAt }: Call, { from, until }: Span): boolean {
  const at = Date.parse(endedAt ?? '');
  return outcome === 'failed' && endedBy === 'system' && at >= from && at <= until;
}
