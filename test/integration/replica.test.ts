import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/load.ts';
import { diagnose } from '../../src/doctor/doctor.ts';
import { playCall, type CallResult } from '../../src/simulator/asterisk.ts';
import { eventually } from '../lab/eventually.ts';
import { Cleanups } from '../lab/cleanups.ts';
import {
  documented,
  startReplication,
  type Product,
  type Replication,
} from '../lab/databases/replication.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';
import { startCallStream, type CallStream } from '../lab/call-stream.ts';
import { type Fleet, type FleetMember, startFleet } from '../lab/fleet.ts';
import { type Haproxy, startHaproxy } from '../lab/haproxy.ts';

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
  let fleet: Fleet;
  let first: FleetMember;
  let haproxy: Haproxy;

  beforeAll(async () => {
    replication = await startReplication(product);
    cleanups.add(replication.stop);
    await replication.caughtUp();
    const { port } = replication.replica.server;
    fleet = await startFleet(`database: { url: "mysql://agi:CHANGE-ME@127.0.0.1:${port}/courier" }`);
    cleanups.add(fleet.stop);
    [first] = fleet.members;
    haproxy = await startHaproxy(fleet.members);
    cleanups.add(haproxy.stop);
  }, SERVER_START_MS);

  afterAll(cleanups.run, 60_000);

  /** What the dialplan gets for a call of the number. */
  const call = async (number = RECIPIENT, port = first.agiPort) => {
    const target = { host: '127.0.0.1', port };
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
    const config = parseConfig(first.yaml, 'test');
    const results = [];
    for await (const result of diagnose({ config, file: null, databasePassword: undefined }, []))
      results.push(result);
    // The demo company has people who cannot be rung; and its configuration stands in no file of ours here.
    const known = new Set(['couriers', 'clients', 'configuration']);
    const troubles = results.filter(
      ({ name, state }) => !known.has(name) && (state === 'warn' || state === 'fail'),
    );
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

  /** What the document has an admin look at. */
  const status = async () => {
    const question = documented('sql', 'MariaDB and MySQL, the replica: does it follow?');
    const cells = Object.entries((await onReplica(question))[0] ?? {});
    const cell = (name: RegExp) => cells.find(([key]) => name.test(key))?.[1];
    return {
      reads: cell(/^(Slave|Replica)_IO_Running$/),
      applies: cell(/^(Slave|Replica)_SQL_Running$/),
      seconds: cell(/^Seconds_Behind_(Master|Source)$/),
    };
  };
  const bothHaveDoneTheSame = async () => {
    const question = documented('sql', `${product}: the primary, and the replica`);
    return isDeepStrictEqual(await onPrimary(question), await onReplica(question));
  };

  test('a call is routed by what stands there', async () => {
    expect(await call()).toEqual(from('live', 11));
  });

  test('a parcel issued to another courier on the primary rings him as soon as it is replicated', async () => {
    await onPrimary(issueTo(12));
    await replication.caughtUp();
    expect(await call()).toEqual(from('live', 12));
    expect(await bothHaveDoneTheSame()).toBe(true);
    // It is up to date a moment before it says so.
    await until(async () => isDeepStrictEqual(await status(), { reads: 'Yes', applies: 'Yes', seconds: 0 }));
  });

  test('while the replica does not apply what comes, calls are routed as it stood before', async () => {
    await onReplica('STOP REPLICA SQL_THREAD');
    await onPrimary(issueTo(13));
    expect(await call()).toEqual(from('live', 12));
    expect(await status()).toEqual({ reads: 'Yes', applies: 'No', seconds: null });
    expect(await bothHaveDoneTheSame()).toBe(false);
    await onReplica('START REPLICA SQL_THREAD');
    await replication.caughtUp();
    expect(await call()).toEqual(from('live', 13));
  });

  test('while the primary hangs, nothing on the replica tells, and calls go on', async () => {
    await until(async () => (await status()).seconds === 0);
    replication.primary.server.freeze();
    try {
      expect(await call()).toEqual(from('live', 13));
      // What it had to apply takes it a moment.
      await until(async () => (await status()).seconds === 0);
      expect(await status()).toEqual({ reads: 'Yes', applies: 'Yes', seconds: 0 });
    } finally {
      replication.primary.server.thaw();
    }
  });

  test('while the primary is away, calls go on with what the replica has; then it follows again', async () => {
    await replication.primary.shutDown();
    expect(await call()).toEqual(from('live', 13));
    await until(async () => (await status()).reads === 'Connecting');
    expect(await status()).toEqual({ reads: 'Connecting', applies: 'Yes', seconds: null });
    await replication.primary.startAgain();
    await onPrimary(issueTo(11));
    await replication.caughtUp();
    expect(await call()).toEqual(from('live', 11));
  }, 90_000);

  test('while the replica is away the snapshot answers; when it is back it does, and follows', async () => {
    await until(() => Promise.resolve(first.log().includes('"msg":"snapshot taken"')));
    await replication.replica.shutDown();
    expect(await call(OTHER_RECIPIENT)).toEqual(from('snapshot', 12));
    await replication.replica.startAgain();
    for (const { agiPort } of fleet.members) {
      await until(async () => (await call(OTHER_RECIPIENT, agiPort)).source === 'live');
    }
    await onPrimary(issueTo(12));
    await replication.caughtUp();
    expect(await call()).toEqual(from('live', 12));
  }, 90_000);

  test('HAProxy has a call answered by the other server as soon as one refuses', async () => {
    const [, second] = fleet.members;
    expect(await first.stop()).toBe(0);
    // It asks whether a server is ready every second, and one no is not enough.
    const calls = await Promise.all(Array.from({ length: 6 }, () => call(OTHER_RECIPIENT, haproxy.port)));
    expect(calls).toEqual(Array(6).fill(from('live', 12)));
    await until(async () => second.calls() > 0);
    await first.start();
    await until(async () => (await haproxy.server('agi1')).status === 'UP');
  });

  /** One server after the other, as docs/rolling-update.md has it. */
  const updateAll = async (stream: CallStream, around: Partial<Around> = {}) => {
    for (const [index, member] of fleet.members.entries()) {
      const other = fleet.members[1 - index] ?? member;
      await stream.more(20);
      await around.before?.(member);
      expect(await member.stop()).toBe(0);
      // The calls that have ended by now are in the log a moment later.
      await sleep(200);
      const before = other.calls();
      await stream.more(20);
      await until(async () => other.calls() > before);
      await member.start();
      await around.after?.(member);
    }
    await stream.more(20);
    return stream.stop();
  };
  const expectAnswers = (results: readonly CallResult[]) => {
    const outcomes = new Set(
      results.map(({ variables }) => `${variables.get('ROUTE_STATUS')} ${variables.get('ROUTE_COURIER')}`),
    );
    expect([...outcomes]).toEqual(['OK 12']);
  };

  test('a rolling update behind HAProxy, as the document tells, loses no call', async () => {
    const stream = startCallStream({ number: OTHER_RECIPIENT, concurrency: 6, ports: [haproxy.port] });
    const say = async (title: string, member: FleetMember) => {
      const lines = documented('sh', title, 'docs/rolling-update.md').replaceAll('agi1', nameOf(member));
      for (const [, command = ''] of lines.matchAll(/^echo "(set .+)" \| sudo socat/gm)) {
        expect((await haproxy.admin(command)).trim()).toBe('');
      }
    };
    const nameOf = (member: FleetMember) => `agi${fleet.members.indexOf(member) + 1}`;
    const results = await updateAll(stream, {
      before: async (member) => {
        await say('HAProxy: take agi1 out', member);
        await until(async () => (await haproxy.server(nameOf(member))).sessions === 0);
      },
      after: async (member) => {
        await until(async () => (await haproxy.server(nameOf(member))).status === 'DRAIN');
        await say('HAProxy: put agi1 back', member);
        await until(async () => (await haproxy.server(nameOf(member))).status === 'UP');
      },
    });
    expectAnswers(results);
  }, 90_000);

  // The simulator plays Asterisk's part of hagi://; test/asterisk/hagi.test.ts has the real one.
  test('a rolling update behind hagi:// needs no more than a stop: the next server answers', async () => {
    const ports = fleet.members.map(({ agiPort }) => agiPort);
    const results = await updateAll(startCallStream({ number: OTHER_RECIPIENT, concurrency: 1, ports }));
    // Whose connection is made in the very moment of closing is reset: one caller cannot do so twice.
    const reset = results.filter(({ connectMs, commands }) => connectMs !== null && commands.length === 0);
    expect(reset.length).toBeLessThanOrEqual(1);
    expectAnswers(results.filter((result) => !reset.includes(result)));
  }, 90_000);
});

/** What is done to a server besides: before its stop, and when it is ready again. */
interface Around {
  readonly before: (member: FleetMember) => Promise<void>;
  readonly after: (member: FleetMember) => Promise<void>;
}

/** What another process does in its own time. */
function until(condition: () => Promise<boolean>): Promise<void> {
  return eventually('the other process is as far', condition, 60_000);
}
