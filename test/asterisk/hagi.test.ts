import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { startNameServer } from '../lab/dns.ts';
import { startBlackhole, startFailingServer } from '../lab/failing-server.ts';
import { type ServerProcess, startServerProcess } from '../lab/server-process.ts';
import { type NamedCall, type Outcome, outcomeOf, placeAll } from './calls.ts';
import { type Company, OPERATORS_NUMBER, routerYaml, startCompany, TELEPHONIES } from './company.ts';
import { leftOver, throughLab } from './lab-context.ts';

const RECIPIENT = '79162000001';
const COURIER = '79161000011';

/** Two servers behind one name, hagi://courier.test/route, with DNS of the test's own. */
describe.each(TELEPHONIES)('two servers behind hagi:// on Asterisk $version with $driver', (telephony) => {
  let company: Company;
  let first: ServerProcess;
  let second: ServerProcess;
  const cleanups = new Cleanups();

  beforeAll(async () => {
    first = await start(0);
    second = await start(0);
    const names = await startNameServer({
      'courier.test': [
        { priority: 10, port: first.port },
        { priority: 20, port: second.port },
      ],
    });
    cleanups.add(names.stop);
    company = await startCompany({
      ...telephony,
      routerUrl: 'hagi://courier.test/route',
      resolvConf: names.resolvConf,
    });
    cleanups.add(company.stop);
  }, 120_000);

  afterAll(cleanups.run, 60_000);

  async function start(port: number): Promise<ServerProcess> {
    const server = await startServerProcess(routerYaml(telephony).replace('port: 0', `port: ${port}`));
    cleanups.add(server.kill);
    return server;
  }
  async function rungBy(name: string): Promise<readonly string[]> {
    await company.call({ from: RECIPIENT, name, giveUpAfterMs: 20_000 });
    return (await company.rung(name)).map((one) => one.number);
  }
  const callsOf = (server: ServerProcess) => server.log().split('"msg":"call"').length - 1;

  // The tests follow one another: one server after the other is killed.
  test('both run: the first one in the DNS answers', async () => {
    expect(await rungBy('both')).toEqual([COURIER]);
    expect([callsOf(first), callsOf(second)]).toEqual([1, 0]);
    // So that its line can be joined with Asterisk's own records of the call.
    expect(first.log()).toMatch(/"linkedId":"\d+\.\d+"/);
  });

  test('one after the other is stopped and started, as for an update: the one that runs answers', async () => {
    expect(await first.terminate()).toBe(0);
    expect(await rungBy('second')).toEqual([COURIER]);
    expect(callsOf(second)).toBe(1);
    first = await start(first.port);
    expect(await second.terminate()).toBe(0);
    expect(await rungBy('first')).toEqual([COURIER]);
    expect(callsOf(first)).toBe(1);
    second = await start(second.port);
  });

  test('the first one is stopped in its tracks: its connections stand, so the operators are rung', async () => {
    first.freeze();
    expect(await rungBy('frozen')).toEqual([OPERATORS_NUMBER]);
    expect(callsOf(second)).toBe(0);
  });

  test('the first one is killed: the second one answers', async () => {
    await first.kill();
    expect(await rungBy('one')).toEqual([COURIER]);
    expect(callsOf(second)).toBe(1);
  });

  test('both are killed: the operators are rung', async () => {
    await second.kill();
    expect(await rungBy('none')).toEqual([OPERATORS_NUMBER]);
  });
});

/** What Asterisk waits for the connection to each target: res_agi.c, MAX_AGI_CONNECT. */
const CONNECT_MS = 2000;
/** What the sample waits for an answer with `hagi://`, at most. */
const LIMIT_MS = 5000;
/** A machine under load rings later. */
const SLACK_MS = 4000;

/** `dead`: its machine is off, so that connections hang. `mute`: it accepts and never answers. */
type Target = 'dead' | 'mute' | 'good';

interface Case {
  readonly targets: readonly Target[];
  /** Dialplan in front of the sample. */
  readonly lines?: readonly string[];
}

/** One call each, at the same time; each has a name in the DNS of its own. */
const CASES = {
  dead: { targets: ['dead', 'good'] },
  twoDead: { targets: ['dead', 'dead', 'good'] },
  allDead: { targets: ['dead', 'dead'] },
  threeDead: { targets: ['dead', 'dead', 'dead'] },
  mute: { targets: ['mute', 'good'] },
  deadThenMute: { targets: ['dead', 'mute'] },
  limit: { targets: ['dead', 'good'], lines: ['Set(TIMEOUT(absolute)=30)'] },
  limitMute: { targets: ['mute'], lines: ['Set(TIMEOUT(absolute)=30)'] },
  limitShort: { targets: ['mute'], lines: ['Set(TIMEOUT(absolute)=5.5)'] },
} as const satisfies Record<string, Case>;
type Name = keyof typeof CASES;
const NAMES = Object.keys(CASES) as Name[];

describe.each(TELEPHONIES)('dead machines behind hagi:// on Asterisk $version with $driver', (telephony) => {
  let company: Company;
  let outcomes: ReadonlyMap<string, Outcome | Error>;
  const cleanups = new Cleanups();
  const of = (name: Name) => outcomeOf(outcomes, name);
  /** From the call to the first telephone that rang, in ms. */
  const waitedFor = (name: Name) => (of(name).rung[0]?.at ?? Number.NaN) - of(name).call.startedAt;

  beforeAll(async () => {
    const good = await startServerProcess(routerYaml(telephony));
    cleanups.add(good.kill);
    const dead = await startBlackhole();
    cleanups.add(dead.stop);
    const mute = await startFailingServer(() => {});
    cleanups.add(mute.stop);
    const ports: Record<Target, number> = { dead: dead.port, mute: mute.port, good: good.port };
    const names = await startNameServer(
      Object.fromEntries(
        NAMES.map((name, index) => [
          `case${index}.test`,
          CASES[name].targets.map((target, order) => ({ priority: 10 + order, port: ports[target] })),
        ]),
      ),
    );
    cleanups.add(names.stop);
    company = await startCompany({
      ...telephony,
      // Whoever is rung by the sample is busy, so that the limit is seen behind it.
      rules: [{ name: 'limit', to: COURIER, behaviour: 'busy' }],
      routerUrl: `agi://127.0.0.1:${good.port}/route`,
      resolvConf: names.resolvConf,
      files: (files) =>
        throughLab(
          telephony.driver,
          files,
          NAMES.map((name, index) => ({
            to: `9000${index}`,
            routerUrl: `hagi://case${index}.test/route`,
            lines: (CASES[name] as Case).lines ?? [],
          })),
        ),
    });
    cleanups.add(company.stop);
    outcomes = await placeAll(
      company,
      NAMES.map((name, index): NamedCall => ({
        name,
        from: RECIPIENT,
        to: `9000${index}`,
        giveUpAfterMs: 20_000,
      })),
    );
  }, 120_000);

  afterAll(cleanups.run, 60_000);

  // The clocks of SIPp and Asterisk are one, but both round.
  const BARELY_MS = 20;

  test('the first one is dead: the second one answers, after the wait for the first', () => {
    expect(of('dead').numbers).toEqual([COURIER]);
    expect(waitedFor('dead')).toBeGreaterThanOrEqual(CONNECT_MS - BARELY_MS);
    expect(waitedFor('dead')).toBeLessThan(CONNECT_MS + SLACK_MS);
  });

  test('two are dead: the third one answers, after the wait for each', () => {
    expect(of('twoDead').numbers).toEqual([COURIER]);
    expect(waitedFor('twoDead')).toBeGreaterThanOrEqual(2 * CONNECT_MS - BARELY_MS);
    expect(waitedFor('twoDead')).toBeLessThan(2 * CONNECT_MS + SLACK_MS);
  });

  test.each([
    ['both', 'allDead'],
    ['all three', 'threeDead'],
  ] as const)('%s are dead: the operators are rung, after the wait for each', (_title, name) => {
    const wait = CASES[name].targets.length * CONNECT_MS;
    expect(of(name).numbers).toEqual([OPERATORS_NUMBER]);
    expect(waitedFor(name)).toBeGreaterThanOrEqual(wait - BARELY_MS);
    expect(waitedFor(name)).toBeLessThan(wait + SLACK_MS);
  });

  test.each([
    ['the one that accepts never answers', 'mute'],
    ['the first one is dead, and the second one accepts and never answers', 'deadThenMute'],
  ] as const)('%s: the operators are rung, after the limit', (_title, name) => {
    expect(of(name).numbers).toEqual([OPERATORS_NUMBER]);
    expect(waitedFor(name)).toBeGreaterThanOrEqual(LIMIT_MS - BARELY_MS);
    expect(waitedFor(name)).toBeLessThan(LIMIT_MS + SLACK_MS);
  });

  test('a limit that the dialplan has set before goes on with what is left of it', async () => {
    expect(of('limit').numbers).toEqual([COURIER, OPERATORS_NUMBER]);
    expect(of('limitMute').numbers).toEqual([OPERATORS_NUMBER]);
    const left = await leftOver(company);
    // 30 s less what the look-up took.
    expect(left.get('limit')).toBeGreaterThan(28 - SLACK_MS / 1000);
    expect(left.get('limit')).toBeLessThanOrEqual(28);
    expect(left.get('limitMute')).toBeGreaterThan(25 - SLACK_MS / 1000);
    expect(left.get('limitMute')).toBeLessThanOrEqual(25);
    expect(left.get('mute')).toBe(0);
  });

  test('when the dialplan allows hardly more than the limit, the operators are rung at once', () => {
    expect(of('limitShort').numbers).toEqual([OPERATORS_NUMBER]);
    expect(waitedFor('limitShort')).toBeLessThan(2 * CONNECT_MS);
  });

  test('no channel is left', async () => {
    expect(await company.asterisk.rx('core show channels')).toContain('0 active channels');
  });
});
