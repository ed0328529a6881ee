import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/load.ts';
import { diagnose } from '../../src/doctor/doctor.ts';
import { playCall } from '../../src/simulator/asterisk.ts';
import { Cleanups } from '../lab/cleanups.ts';
import {
  documented,
  startReplication,
  type Product,
  type Replication,
} from '../lab/databases/replication.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { type ServerProcess, startServerProcess } from '../lab/server-process.ts';

/** The parcel 70001 is in the hands of courier 11, until a test changes that. */
const RECIPIENT = '79162000001';
const PARCEL = 70_001;
/** Nothing of his changes here: courier 12 has his parcel. */
const OTHER_RECIPIENT = '79162000002';

/** What the office does when a parcel goes to another courier. */
const issueTo = (courier: number) => `
  UPDATE courier.givn SET State = 4 WHERE address = ${PARCEL};
  INSERT INTO courier.givn (address, kurier, State, date_beg) VALUES (${PARCEL}, ${courier}, 1, now())`;

describe.each<Product>(['MariaDB', 'MySQL'])('courier-agi on a replica of %s', (product) => {
  const cleanups = new Cleanups();
  let replication: Replication;
  let yaml: string;
  let server: ServerProcess;

  beforeAll(async () => {
    replication = await startReplication(product);
    cleanups.add(replication.stop);
    const { port } = replication.replica.server;
    yaml = `
listen: { port: ${await freeTcpPort()} }
http: { port: ${await freeTcpPort()} }
database: { url: "mysql://agi:CHANGE-ME@127.0.0.1:${port}/courier" }
`;
    await replication.caughtUp();
    server = await startServerProcess(yaml);
    cleanups.add(server.kill);
  }, SERVER_START_MS);

  afterAll(cleanups.run, 60_000);

  /** What the dialplan gets for a call of the number. */
  const call = async (number = RECIPIENT) => {
    const target = { host: '127.0.0.1', port: server.port };
    const environment = new Map([['agi_callerid', number]]);
    const { variables, problems } = await playCall(target, { environment, presets: new Map() });
    expect(problems).toEqual([]);
    const [status, courier, source] = ['STATUS', 'COURIER', 'SOURCE'].map((name) =>
      variables.get(`ROUTE_${name}`),
    );
    return { status, courier: Number(courier), source };
  };
  const from = (source: 'live' | 'snapshot', courier: number) => ({ status: 'OK', courier, source });
  const onPrimary = (statements: string) => replication.primary.server.sql(statements);
  const onReplica = (statements: string) => replication.replica.server.sql(statements);

  // The tests follow one another: a parcel goes from hand to hand.
  test('the replica lets nobody write but the replication', async () => {
    const [row] = await onReplica(
      product === 'MySQL' ? 'SELECT @@super_read_only AS refuses' : 'SELECT @@read_only AS refuses',
    );
    expect(row).toEqual({ refuses: 1 });
  });

  test('doctor finds all good there', async () => {
    const config = parseConfig(yaml, 'test');
    const results = [];
    for await (const result of diagnose({ config, file: null, databasePassword: undefined }, []))
      results.push(result);
    const troubles = results.filter(({ state }) => state === 'warn' || state === 'fail');
    expect(troubles).toEqual([]);
    expect(results.filter(({ state }) => state === 'ok').map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'database',
        'grants',
        'columns',
        'contacts index',
        'numbers',
        'look-up',
        'agi',
      ]),
    );
  });

  test('a call is routed by what stands there', async () => {
    expect(await call()).toEqual(from('live', 11));
  });

  test('a parcel issued to another courier on the primary rings him as soon as it is replicated', async () => {
    await onPrimary(issueTo(12));
    await replication.caughtUp();
    expect(await call()).toEqual(from('live', 12));
  });

  test('while the replica does not apply what comes, calls are routed as it stood before', async () => {
    await onReplica('STOP REPLICA SQL_THREAD');
    await onPrimary(issueTo(13));
    expect(await call()).toEqual(from('live', 12));
    await onReplica('START REPLICA SQL_THREAD');
    await replication.caughtUp();
    expect(await call()).toEqual(from('live', 13));
  });

  test('while the primary is away, calls go on with what the replica has; then it follows again', async () => {
    await replication.primary.shutDown();
    expect(await call()).toEqual(from('live', 13));
    await replication.primary.startAgain();
    await onPrimary(issueTo(11));
    await replication.caughtUp();
    expect(await call()).toEqual(from('live', 11));
  }, 90_000);

  test('while the replica is away the snapshot answers; when it is back it does, and follows', async () => {
    await until(() => Promise.resolve(server.log().includes('"msg":"snapshot taken"')));
    await replication.replica.shutDown();
    expect(await call(OTHER_RECIPIENT)).toEqual(from('snapshot', 12));
    await replication.replica.startAgain();
    await until(async () => (await call(OTHER_RECIPIENT)).source === 'live');
    await onPrimary(issueTo(12));
    await replication.caughtUp();
    expect(await call()).toEqual(from('live', 12));
  }, 90_000);
});

/** Waits for what another process does in its own time; jest's limit ends it if that never comes. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50);
}
