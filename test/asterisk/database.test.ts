import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { type ServerProcess, startServerProcess } from '../lab/server-process.ts';
import { type Company, OPERATORS_NUMBER, routerYaml, startCompany } from './company.ts';

const RECIPIENT = '79162000001';
const COURIER = '79161000011';
const TELEPHONY = { version: 22, driver: 'PJSIP' } as const;
/** `routing.deadlineMs` of the server, and what a loaded machine may add. */
const DEADLINE_MS = 1500;
const SLACK_MS = 4000;

/**
 * From a telephone to MariaDB and back, first with everything in order, then with less and less of it. The
 * tests follow one another: the database is stopped on the way and does not come back.
 */
describe('calls routed from a real MariaDB', () => {
  const cleanups = new Cleanups();
  let database: DatabaseServer;
  let company: Company;
  /** Servers of their own, for what is done to them. The called number chooses. */
  const servers = {} as Record<'plain' | 'remembering' | 'killed' | 'frozen', ServerProcess>;
  const numberOf = (server: keyof typeof servers) => `9000${Object.keys(SNAPSHOT).indexOf(server)}`;

  beforeAll(async () => {
    database = await startMariadb();
    cleanups.add(() => database.stop());
    await createCourierDatabase(database);
    await insertDemoCompany(database);
    for (const [name, snapshot] of Object.entries(SNAPSHOT)) {
      const yaml = `database: { url: "${database.url('courier')}" }\nsnapshot: { enabled: ${snapshot} }`;
      const server = await startServerProcess(routerYaml({ ...TELEPHONY, database: yaml }));
      cleanups.add(server.kill);
      servers[name as keyof typeof servers] = server;
    }
    company = await startCompany({
      ...TELEPHONY,
      routerUrl: `agi://127.0.0.1:${servers.plain.port}/route`,
      files: (files) => ({
        ...files,
        'pjsip.conf': (files['pjsip.conf'] ?? '').replace('context=from-trunk', 'context=lab'),
        'extensions.conf': [
          files['extensions.conf'],
          '[lab]',
          ...Object.entries(servers).flatMap(([name, { port }]) => [
            `exten => ${numberOf(name as keyof typeof servers)},1,Set(COURIER_ROUTER=agi://127.0.0.1:${port}/route)`,
            ' same => n,Goto(from-trunk,s,1)',
          ]),
          '',
        ].join('\n'),
      }),
    });
    cleanups.add(company.stop);
  }, 180_000);

  afterAll(cleanups.run, 60_000);

  async function ring(server: keyof typeof servers, from: string, name: string) {
    const call = await company.call({ from, name, to: numberOf(server), giveUpAfterMs: 20_000 });
    const rung = await company.rung(name);
    return {
      status: call.status,
      numbers: rung.map((one) => one.number).toSorted(),
      waitedMs: (rung[0]?.at ?? Number.NaN) - call.startedAt,
    };
  }

  test.each([
    ['a recipient', RECIPIENT, [COURIER], 'the courier who has his parcel'],
    ['a courier', COURIER, ['101', '102'], 'the extensions of his manager'],
    ['a client', '74952000202', ['104', '79035550004'], 'the extension and the mobile of its manager'],
    ['a contact person', '74952000301', ['101', '102'], "the extensions of the client's manager"],
    ['a stranger', '79990001122', [OPERATORS_NUMBER], 'the operators'],
  ])('%s (%s) rings %s: %s', async (_who, from, numbers) => {
    const call = await ring('plain', from, `from-${from}`);
    expect(call.numbers).toEqual(numbers);
    expect(call.status).toBe(200);
  });

  test('the shipment goes to another courier: the next call rings him', async () => {
    await database.sql('UPDATE givn SET kurier = 15 WHERE address = 70001');
    expect((await ring('plain', RECIPIENT, 'handed over')).numbers).toEqual(['79161000015']);
    await database.sql('UPDATE givn SET kurier = 11 WHERE address = 70001');
  });

  describe('while the database hangs', () => {
    beforeAll(() => database.freeze());
    afterAll(() => database.thaw());

    test.each([
      ['the operators are rung after the deadline', 'plain', OPERATORS_NUMBER],
      ['a server that remembers rings the courier', 'remembering', COURIER],
    ] as const)('%s', async (_title, server, number) => {
      const call = await ring(server, RECIPIENT, `hanging-${server}`);
      expect(call.numbers).toEqual([number]);
      expect(call.waitedMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
    });

    test('the server is killed during the look-up: the operators are rung', async () => {
      const calling = ring('killed', RECIPIENT, 'killed');
      await sleep(600);
      await servers.killed.kill();
      expect((await calling).numbers).toEqual([OPERATORS_NUMBER]);
    });

    test('the server is stopped in its tracks during the look-up: the operators are rung', async () => {
      const calling = ring('frozen', RECIPIENT, 'frozen');
      await sleep(600);
      servers.frozen.freeze();
      expect((await calling).numbers).toEqual([OPERATORS_NUMBER]);
    });
  });

  describe('when the database is down', () => {
    beforeAll(() => database.stop());

    test.each([
      ['the operators are rung', 'plain', OPERATORS_NUMBER],
      ['a server that remembers rings the courier', 'remembering', COURIER],
    ] as const)('%s', async (_title, server, number) => {
      const call = await ring(server, RECIPIENT, `down-${server}`);
      expect(call.numbers).toEqual([number]);
      expect(call.waitedMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
    });
  });
});

/** Whether the server keeps a snapshot. */
const SNAPSHOT = { plain: false, remembering: true, killed: false, frozen: false };
