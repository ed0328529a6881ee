import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CdrTable } from '../../src/cdr/cdr-table.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { EPOCH, row } from '../service/desk/cdr-rows.ts';

/* The table `cdr` as FreePBX has it, and as somebody may have it who gave it fewer columns. */

const cleanups = new Cleanups();
afterAll(cleanups.run);

let server: DatabaseServer;

beforeAll(async () => {
  server = await startMariadb();
  cleanups.add(() => server.stop());
  await server.sql(
    `CREATE DATABASE asteriskcdrdb; USE asteriskcdrdb;
     CREATE TABLE cdr (calldate DATETIME NOT NULL, src VARCHAR(80) NOT NULL, dst VARCHAR(80) NOT NULL,
       channel VARCHAR(80) NOT NULL, dstchannel VARCHAR(80) NOT NULL, lastapp VARCHAR(80) NOT NULL,
       duration INT NOT NULL, billsec INT NOT NULL, disposition VARCHAR(45) NOT NULL,
       uniqueid VARCHAR(32) NOT NULL, linkedid VARCHAR(32) NOT NULL);
     INSERT INTO cdr VALUES ('2026-11-26 13:00:00', '+79162000001', '74950000000', 'PJSIP/trunk-00000001',
       'PJSIP/102-00000003', 'Dial', 32, 27, 'ANSWERED', '${EPOCH}.17', '${EPOCH}.17');
     CREATE USER desk IDENTIFIED BY 'change-me';
     GRANT SELECT ON asteriskcdrdb.cdr TO desk;
     CREATE USER narrow IDENTIFIED BY 'change-me';
     GRANT SELECT (calldate, src, dst, channel, dstchannel, duration, billsec, disposition, uniqueid)
       ON asteriskcdrdb.cdr TO narrow;`,
  );
}, SERVER_START_MS);

async function read(user: string) {
  const table = new CdrTable(`mysql://${user}@127.0.0.1:${server.port}/asteriskcdrdb`, 'change-me');
  try {
    return await table.rowsBetween(EPOCH * 1000, EPOCH * 1000 + 60_000);
  } finally {
    await table.close();
  }
}

test('is read with the Linkedid and the last application', async () => {
  expect(await read('desk')).toEqual([row({ linkedid: `${EPOCH}.17` })]);
});

test('is read without them where they are not there for us', async () => {
  expect(await read('narrow')).toEqual([row({ lastapp: '' })]);
});
