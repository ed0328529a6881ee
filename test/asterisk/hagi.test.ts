import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { startNameServer } from '../lab/dns.ts';
import { type ServerProcess, startServerProcess } from '../lab/server-process.ts';
import { type Company, OPERATORS_NUMBER, routerYaml, startCompany, TELEPHONIES } from './company.ts';

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
    const names = await startNameServer('courier.test', [
      { priority: 10, port: first.port },
      { priority: 20, port: second.port },
    ]);
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
