import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OverloadResponder } from '../../src/agi/overload-responder.ts';
import { startBlackhole, startFailingServer } from '../lab/failing-server.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { startServerProcess } from '../lab/server-process.ts';
import { type NamedCall, type Outcome, outcomeOf, placeAll, troubleIn } from './calls.ts';
import {
  type Company,
  OPERATORS_NUMBER,
  routerYaml,
  startCompany,
  TELEPHONIES,
  trunkDial,
} from './company.ts';
import { leftOver, throughLab } from './lab-context.ts';

/** What the sample promises: after that long without an answer, the caller goes on to the operators. */
const LIMIT_MS = 2000;
/** A machine under load rings later; but not as late as the sample would wait with `hagi://`. */
const SLACK_MS = 2500;

const RECIPIENT = '79162000001';
const COURIER = '79161000011';

/**
 * Each case has a server of its own that fails in its own way; the called number tells the lab's context
 * which. All cases are one call each, at the same time.
 */
const CASES = {
  refused: 'the server does not run',
  blackhole: 'the connection is never accepted',
  closes: 'the server closes at once without a word',
  failure: 'the server says failure',
  reset: 'the server resets the connection, as when too many calls wait',
  turnedAway: 'the server writes its line and closes at once, as when it has too many calls',
  mute: 'the server accepts and never answers',
  muteAnswered: 'the server never answers a call that was answered before',
  muteAfterCommand: 'the server never closes after its answer',
  frozenBefore: 'the server process was stopped before the call',
  adminLimit: 'the dialplan has set a limit of its own, and the server never answers',
  adminLimitAnswered: 'the dialplan has set a limit of its own, and the server answers',
  adminLimitShort: 'the time that the dialplan allows is nearly over',
  adminLimitEnds: 'the limit of the dialplan ends while a courier rings',
  hangup: 'the caller hangs up during the look-up',
  twice: 'the dialplan asks twice, and the second server never answers',
} as const;
type Case = keyof typeof CASES;
const NAMES = Object.keys(CASES) as Case[];
const numberOf = (name: Case) => `9000${NAMES.indexOf(name)}`;

describe.each(TELEPHONIES)('Asterisk $version with $driver', (telephony) => {
  let company: Company;
  let outcomes: ReadonlyMap<string, Outcome | Error>;
  const cleanups = new Cleanups();
  const of = (name: Case) => outcomeOf(outcomes, name);
  /** From the call to the operators' telephone, in ms. */
  const waitedFor = (name: Case) => {
    const { call, rung } = of(name);
    return (rung.find((one) => one.number === OPERATORS_NUMBER)?.at ?? Number.NaN) - call.startedAt;
  };

  beforeAll(async () => {
    const dial = trunkDial(telephony.driver, COURIER);
    const answer = `EXEC MSet "ROUTE_COUNT=1,ROUTE_RING=1,ROUTE_DIAL_1=${dial},ROUTE_STATUS=OK"\n`;
    const start = async (behave: (socket: Socket) => void) => {
      const server = await startFailingServer(behave);
      cleanups.add(server.stop);
      return `agi://127.0.0.1:${server.port}/route`;
    };
    const turnstile = new OverloadResponder(answer);
    const mute = await start(() => {});
    const blackhole = await startBlackhole();
    cleanups.add(blackhole.stop);
    const frozen = await startServerProcess(routerYaml(telephony));
    cleanups.add(frozen.kill);
    frozen.freeze();

    const urls: Partial<Record<Case, string>> = {
      refused: `agi://127.0.0.1:${await freeTcpPort()}/route`,
      blackhole: `agi://127.0.0.1:${blackhole.port}/route`,
      closes: await start((socket) => socket.end()),
      failure: await start((socket) => socket.end('failure\n')),
      reset: await start((socket) => socket.resetAndDestroy()),
      turnedAway: await start((socket) => turnstile.respond(socket)),
      muteAfterCommand: await start((socket) => socket.write(answer)),
      frozenBefore: `agi://127.0.0.1:${frozen.port}/route`,
    };
    const lab: Partial<Record<Case, readonly string[]>> = {
      muteAnswered: ['Answer()'],
      adminLimit: ['Set(TIMEOUT(absolute)=30)'],
      adminLimitAnswered: ['Set(TIMEOUT(absolute)=30)'],
      adminLimitShort: ['Set(TIMEOUT(absolute)=2.5)'],
      adminLimitEnds: ['Set(TIMEOUT(absolute)=4)'],
      twice: [
        'Set(COURIER_ROUTER=${REAL_ROUTER})',
        'Gosub(courier-route,s,1)',
        `Set(COURIER_ROUTER=${mute})`,
      ],
    };
    company = await startCompany({
      ...telephony,
      rules: [
        { name: 'twice', to: COURIER, behaviour: 'busy' },
        { name: 'adminLimitEnds', to: COURIER, behaviour: 'noAnswer' },
        { name: 'adminLimitAnswered', to: COURIER, behaviour: 'busy' },
        { name: 'hangup', behaviour: 'noAnswer' },
      ],
      ringSeconds: 20,
      files: (files, routerUrl) => {
        const real = ['adminLimitAnswered', 'adminLimitEnds'];
        const calls = NAMES.map((one) => ({
          to: numberOf(one),
          routerUrl: urls[one] ?? (real.includes(one) ? routerUrl : mute),
          lines: [`Set(REAL_ROUTER=${routerUrl})`, ...(lab[one] ?? [])],
        }));
        return throughLab(telephony.driver, files, calls);
      },
    });
    cleanups.add(company.stop);
    const habits: Partial<Record<Case, Partial<NamedCall>>> = {
      hangup: { giveUpAfterMs: 700 },
      muteAnswered: { talkMs: LIMIT_MS + SLACK_MS },
    };
    outcomes = await placeAll(
      company,
      NAMES.map((name) => ({
        name,
        from: RECIPIENT,
        to: numberOf(name),
        giveUpAfterMs: 20_000,
        ...habits[name],
      })),
    );
  }, 180_000);

  afterAll(cleanups.run, 60_000);

  const AT_ONCE: readonly Case[] = ['refused', 'closes', 'failure', 'reset', 'adminLimitShort'];
  test.each(AT_ONCE.map((name) => ({ name, title: CASES[name] })))(
    '$title: the operators are rung once',
    ({ name }) => {
      const { call, numbers } = of(name);
      expect(numbers).toEqual([OPERATORS_NUMBER]);
      expect(call.status).toBe(200);
      expect(waitedFor(name)).toBeLessThan(LIMIT_MS);
    },
  );

  const AFTER_LIMIT: readonly Case[] = ['blackhole', 'mute', 'muteAnswered', 'frozenBefore', 'adminLimit'];
  test.each(AFTER_LIMIT.map((name) => ({ name, title: CASES[name] })))(
    '$title: the operators are rung once, after the limit',
    ({ name }) => {
      const { call, numbers } = of(name);
      expect(numbers).toEqual([OPERATORS_NUMBER]);
      expect(call.status).toBe(200);
      // The clocks of SIPp and Asterisk are one, but both round.
      expect(waitedFor(name)).toBeGreaterThanOrEqual(LIMIT_MS - 20);
      expect(waitedFor(name)).toBeLessThan(LIMIT_MS + SLACK_MS);
    },
  );

  test('the server never closes after its answer: the answer counts, after the limit', () => {
    const { call, numbers } = of('muteAfterCommand');
    expect(numbers).toEqual([COURIER]);
    expect(call.status).toBe(200);
  });

  test('the server closes without waiting for the reply to its line: Asterisk has carried it out', () => {
    const { call, numbers } = of('turnedAway');
    expect(numbers).toEqual([COURIER]);
    expect(call.status).toBe(200);
  });

  test('nothing of the first answer is left when the second server never answers', () => {
    const { numbers } = of('twice');
    expect(numbers).toEqual([COURIER, OPERATORS_NUMBER]);
  });

  test('the caller hangs up during the look-up: nobody is rung, and the look-up ends', async () => {
    const { call, numbers } = of('hangup');
    expect(call.status).toBe(487);
    expect(numbers).toEqual([]);
  });

  test('a limit that the dialplan has set before goes on with what is left of it', async () => {
    expect(of('adminLimitAnswered').numbers).toEqual([COURIER, OPERATORS_NUMBER]);
    const left = await leftOver(company);
    // 30 s less the 2 s that the look-up took.
    expect(left.get('adminLimit')).toBeGreaterThan(25);
    expect(left.get('adminLimit')).toBeLessThanOrEqual(28);
    expect(left.get('adminLimitAnswered')).toBeGreaterThan(25);
    expect(left.get('adminLimitAnswered')).toBeLessThanOrEqual(30);
    expect(left.get('mute')).toBe(0);
  });

  test('a limit of the dialplan that ends while a courier rings goes to the T of the dialplan', async () => {
    const { numbers, rung } = of('adminLimitEnds');
    expect(numbers).toEqual([COURIER]);
    expect(rung[0]?.cancelledAt).toBeDefined();
    expect(await company.asterisk.log()).toMatch(/lab-T\|adminLimitEnds/);
  });

  test('the h of the dialplan runs when the call ends inside the subroutine', async () => {
    expect(await company.asterisk.log()).toMatch(/lab-h\|hangup/);
  });

  test('no channel is left', async () => {
    expect(await company.asterisk.rx('core show channels')).toContain('0 active channels');
  });

  test('Asterisk warns of the servers alone', async () => {
    const log = await company.asterisk.log();
    const trouble = troubleIn(log.slice(log.indexOf('Asterisk Ready')));
    expect(trouble.filter((line) => !/res_agi\.c|utils\.c/.test(line))).toEqual([]);
  });
});
