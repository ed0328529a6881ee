import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';

/* What the desk asks the vendor's database, with the grants of the samples, and what it makes of it. */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const PASSWORD = 'change-me-too';
/** Recipient of 70002, which courier 11 has, of 70003, which 12 has, and of 70004, which is delivered. */
const RECIPIENT = '79162000002';

const cleanups = new Cleanups();
afterAll(cleanups.run);

let server: DatabaseServer;
let asterisk: PlayedAsterisk;
let desk: DeskProcess;

beforeAll(async () => {
  server = await startMariadb();
  cleanups.add(() => server.stop());
  await createCourierDatabase(server);
  await insertDemoCompany(server);
  // The vendor's table has them; names are shown with them.
  await server.sql(
    'ALTER TABLE address ADD target VARCHAR(200) NULL, ADD time_put_min TIME NULL, ADD time_put_max TIME NULL',
  );
  for (const file of ['grants.sql', 'desk-grants.sql']) {
    const grants = await readFile(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');
    await server.sql(grants.replaceAll('CHANGE-ME', PASSWORD));
  }
  await server.sql("SET GLOBAL log_output = 'TABLE', general_log = ON");

  asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  const passwordFile = join(home.folder, 'password');
  await writeFile(passwordFile, PASSWORD);
  const database = (user: string) => ({
    url: `mysql://${user}@127.0.0.1:${server.port}/courier`,
    passwordFile,
  });
  desk = await startDeskProcess(home, {
    ami: { port: asterisk.port, ...ACCOUNT },
    sections: {
      database: database('agi'),
      desk: {
        port: 0,
        tokensFile: join(home.folder, 'tokens.json'),
        usersFile: join(home.folder, 'users.json'),
        database: database('desk'),
      },
    },
  });
  cleanups.add(desk.kill);
  await desk.ready();
}, SERVER_START_MS);

/** A call of the recipient that is over. @returns its JSON */
async function call() {
  const before = (await desk.calls()).length;
  await asterisk.play(
    inbound(asterisk.ids, {
      from: RECIPIENT,
      to: '74950000000',
      rings: ['101'],
      answeredBy: '101',
      ringSeconds: 0.3,
      talkSeconds: 0.5,
      endedBy: 'caller',
    }),
  );
  await eventually('it is in the journal, with what it is bound to', async () => {
    const [newest, ...others] = await desk.calls();
    return others.length === before && newest?.state === 'ended' && newest.links.length > 0;
  });
  return desk.get(`/api/calls/${(await desk.calls())[0]?.id ?? ''}`).then(({ body }) => body);
}

const shipmentsOf = ({ links }: Record<string, unknown>) =>
  (links as { kind: string; code: number; rank: number; how: string }[])
    .filter(({ kind }) => kind === 'shipment')
    .map(({ code, rank, how }) => [code, rank, how]);

test('a call stays bound as it was, though shipments change hands and are delivered', async () => {
  const first = await call();
  // The newest delivery first.
  expect(shipmentsOf(first)).toEqual([
    [70_003, 1, 'matched'],
    [70_002, 2, 'matched'],
  ]);
  await server.sql(`
    UPDATE courier.givn SET State = 5 WHERE address = 70003;
    UPDATE courier.address SET date_put = '2026-03-03 15:00:00' WHERE code = 70003;
    UPDATE courier.givn SET State = 4 WHERE address = 70002;
    INSERT INTO courier.givn (address, kurier, State, date_beg) VALUES (70002, 17, 1, '2026-03-03 16:00:00')`);
  const second = await call();
  expect(shipmentsOf(second)).toEqual([[70_002, 1, 'matched']]);
  expect((await desk.get(`/api/calls/${String(first['id'])}`)).body).toEqual(first);
}, 60_000);

test("the vendor's database gets questions from it, and nothing else", async () => {
  const { status, body } = await desk.get(`/api/search?text=${encodeURIComponent('быстр')}`);
  expect([status, JSON.stringify(body)]).toEqual([200, expect.stringContaining('Андрей Быстров')]);
  const rows = await server.sql(`
    SELECT DISTINCT substring_index(user_host, '[', 1) AS user, lower(regexp_substr(argument, '^[a-zA-Z]+')) AS verb
    FROM mysql.general_log
    WHERE command_type IN ('Query', 'Prepare', 'Execute') AND user_host REGEXP '^(agi|desk)\\\\['
    ORDER BY user, verb`);
  const verbsOf = (name: string) => rows.filter(({ user }) => user === name).map(({ verb }) => verb);
  expect(verbsOf('agi')).toContain('select');
  expect(new Set([...verbsOf('agi'), ...verbsOf('desk')])).toEqual(new Set(['select', 'set']));
}, 30_000);
