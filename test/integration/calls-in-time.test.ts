import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { parseConfig } from '../../src/config/load.ts';
import { App } from '../../src/server/app.ts';
import type { OriginateRequest } from '../../src/simulator/ami/actions.ts';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { originated } from '../../src/simulator/ami/stories.ts';
import { playCall } from '../../src/simulator/asterisk.ts';
import { SmallDisk } from '../chaos/parts/small-disk.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';
import { startTcpProxy, type TcpProxy } from '../lab/databases/tcp-proxy.ts';
import { startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { doorRequest } from '../lab/door-request.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';

/*
 * Calls of couriers while something is broken: whoever asks has an answer in time, over HTTP and at the door, and nobody
 * is called whom the courier may not call. The desk is a process, its courier database real, its Asterisk played.
 */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const DOOR_SECRET = 'change-me-door';
const COMPANY_NUMBER = '74951234567';
/** Two seconds, and what a busy machine takes besides. To the ms: test/service/calling/in-time.test.ts. */
const PATIENCE_MS = 4000;

const ANDREY = { code: 11, number: '79161000011' };
const BORIS = { code: 12, number: '79161000012' };
/** Of 70001, which Andrey has. */
const ANNA = '79162000001';
/** Of 70002 and 70003, which Andrey and Boris have. */
const TWO = '79162000002';
const SHIPMENT = 70_001;

describe.each(DATABASE_SERVERS)('calls of couriers, with %s', (_name, startServer) => {
  const cleanups = new Cleanups();
  let server: DatabaseServer;
  let database: TcpProxy;
  let ami: TcpProxy;
  let disk: SmallDisk;
  let desk: DeskProcess;
  let doorPort: number;
  const asked: OriginateRequest[] = [];

  beforeAll(async () => {
    server = await startServer();
    cleanups.add(() => server.stop());
    await createCourierDatabase(server);
    await insertDemoCompany(server);
    database = await startTcpProxy(server);
    cleanups.add(() => database.stop());
    const asterisk = new PlayedAsterisk({
      host: '127.0.0.1',
      port: 0,
      account: ACCOUNT,
      onOriginate: (ids, request) => {
        asked.push(request);
        return originated(ids, { ...request, ringSeconds: 0.1, outcome: 'both answer', talkSeconds: 0.1 });
      },
    });
    await asterisk.start();
    cleanups.add(() => asterisk.stop());
    ami = await startTcpProxy({ host: '127.0.0.1', port: asterisk.port });
    cleanups.add(() => ami.stop());
    const folder = mkdtempSync(join(tmpdir(), 'courier-agi-in-time-'));
    cleanups.add(async () => rmSync(folder, { recursive: true, force: true }));
    disk = await SmallDisk.mount(folder, '16m');
    cleanups.add(async () => disk.unmount());
    const secretFile = join(folder, 'door-secret');
    await writeFile(secretFile, DOOR_SECRET);
    doorPort = await freeTcpPort();
    desk = await startDeskProcess(disk, {
      ami: { port: ami.port, ...ACCOUNT },
      sections: {
        database: { url: server.url('courier').replace(String(server.port), String(database.port)) },
        calls: { callerId: COMPANY_NUMBER, perMinute: 1000 },
        door: {
          enabled: true,
          host: '127.0.0.1',
          port: doorPort,
          hours: '00:00-24:00',
          perCourierAtOnce: 100,
          accounts: [{ username: 'measoft', secretFile, allow: ['127.0.0.1'] }],
        },
      },
    });
    cleanups.add(desk.kill);
    await desk.ready();
    // Refused in any case: nobody of that code is there.
    const nobody = { from: { courier: 999 }, to: { extension: '103' } };
    await eventually('the database has been looked at', async () => {
      const { body } = await desk.send('POST', '/api/calls', nobody);
      return Reflect.get(Object(body['error']), 'code') !== 'database_away';
    });
  }, SERVER_START_MS);
  afterAll(cleanups.run, 60_000);

  /** What an answer says, which comes in time. */
  const inTime = async (asking: Promise<string>): Promise<string> => {
    const begun = performance.now();
    const answer = await asking;
    expect(performance.now() - begun).toBeLessThan(PATIENCE_MS);
    return answer;
  };
  const overHttp = async (from: object, to: object): Promise<string> => {
    const { status, body } = await desk.send('POST', '/api/calls', { from, to });
    if (status === 202) return 'made';
    expect(body['fallbackNumber']).toBe(COMPANY_NUMBER);
    return String(Reflect.get(Object(body['error']), 'code'));
  };
  const atTheDoor = async (from: string, to: string): Promise<string> => {
    const socket = connect(doorPort, '127.0.0.1').setEncoding('utf8');
    let said = '';
    socket.on('data', (part: string) => (said += part));
    const request = { username: 'measoft', secret: DOOR_SECRET, exten: `+${to}`, logoff: true };
    socket.write(doorRequest({ ...request, channel: `SIP/trunk/+${from}` }));
    await once(socket, 'close');
    return (
      /Message: (?:Originate successfully queued|Originate failed|Permission denied)/.exec(said)?.[0] ?? said
    );
  };
  const MADE = 'Message: Originate successfully queued';
  const FAILED = 'Message: Originate failed';
  const DENIED = 'Message: Permission denied';

  /** Each couple is another call at the door: the same one within 3 s is one. */
  const bothWays = async (): Promise<string[]> => [
    await inTime(overHttp({ courier: ANDREY.code }, { number: ANNA })),
    await inTime(atTheDoor(ANDREY.number, ANNA)),
  ];
  const unknownBothWays = async (): Promise<string[]> => [
    await inTime(overHttp({ courier: BORIS.code }, { shipment: 70_003 })),
    await inTime(atTheDoor(BORIS.number, TWO)),
  ];
  /** Over HTTP the same two are one call while it rings. */
  const over = () =>
    eventually('the calls are over', async () => {
      const { body } = await desk.get('/api/calls?state=ended&limit=500');
      return (body['calls'] as unknown[]).length >= new Set(asked.map(({ channelId }) => channelId)).size;
    });

  test('what is delivered or changes hands ends it, and the recipient reaches operators', async () => {
    const config = parseConfig(
      JSON.stringify({
        database: { url: server.url('courier') },
        listen: { host: '127.0.0.1', port: 0 },
        http: { enabled: false },
        snapshot: { enabled: false },
      }),
      'test',
    );
    const app = new App({ config, file: null, databasePassword: undefined }, pino({ level: 'silent' }));
    const { port } = await app.start();
    cleanups.add(() => app.stop(1000));
    const courierOf = async (caller: string) => {
      const environment = new Map([['agi_callerid', caller]]);
      const played = await playCall({ host: '127.0.0.1', port }, { environment, presets: new Map() });
      return played.variables.get('ROUTE_COURIER') ?? '';
    };
    const change = (statement: string) => server.sql(`USE courier; ${statement}`);

    const byShipment = () => overHttp({ courier: ANDREY.code }, { shipment: SHIPMENT });
    await eventually('they may call', async () => (await byShipment()) === 'made');
    await eventually('at the door too', async () => (await atTheDoor(ANDREY.number, ANNA)) === MADE);
    expect(await courierOf(ANNA)).toBe(String(ANDREY.code));
    const before = asked.length;

    await change(`UPDATE address SET date_put = now() WHERE code = ${SHIPMENT}`);
    await eventually('they may not', async () => (await byShipment()) === 'not_entitled');
    await eventually('nor at the door', async () => (await atTheDoor(ANDREY.number, ANNA)) === DENIED);
    await change(`UPDATE givn SET State = 5 WHERE address = ${SHIPMENT}`);
    expect(await courierOf(ANNA)).toBe('');

    await change(`
      UPDATE address SET date_put = NULL WHERE code = ${SHIPMENT};
      UPDATE givn SET State = 4 WHERE address = ${SHIPMENT};
      INSERT INTO givn (address, kurier, State, date_beg) VALUES (${SHIPMENT}, ${BORIS.code}, 1, now())`);
    await eventually('they still may not', async () => (await byShipment()) === 'not_entitled');
    await eventually('nor at the door', async () => (await atTheDoor(ANDREY.number, ANNA)) === DENIED);
    expect(await courierOf(ANNA)).toBe(String(BORIS.code));
    await eventually('another one may', async () => (await atTheDoor(BORIS.number, ANNA)) === MADE);
    // Of those who might not, nobody was rung.
    expect(asked.slice(before).every(({ channel }) => channel.includes(BORIS.number))).toBe(true);

    await change(`
      DELETE FROM givn WHERE address = ${SHIPMENT} AND kurier = ${BORIS.code};
      UPDATE givn SET State = 1 WHERE address = ${SHIPMENT}`);
    await over();
  });

  test('a slow database: in time, also beyond what it is given', async () => {
    try {
      database.delay(20);
      await eventually('it answers', async () => (await bothWays()).join() === `made,${MADE}`);
      await over();
      database.delay(300);
      expect(await unknownBothWays()).toEqual(['database_away', FAILED]);
    } finally {
      database.delay(0);
    }
  });

  test.each([
    ['frozen', () => server.freeze(), () => server.thaw()],
    ['gone', () => database.cut(), () => database.mend()],
  ])(
    'a database that is %s: who could be called just before can be called, and nobody else',
    async (_how, breakIt, mendIt) => {
      await eventually('it answers', async () => (await bothWays()).join() === `made,${MADE}`);
      await over();
      breakIt();
      try {
        expect(await bothWays()).toEqual(['made', MADE]);
        expect(await unknownBothWays()).toEqual(['database_away', FAILED]);
        // Each of the two numbers is known, and one is not the other's.
        expect(await inTime(atTheDoor(ANNA, ANDREY.number))).toBe(DENIED);
      } finally {
        mendIt();
      }
      await over();
    },
    60_000,
  );

  test('a disk that is full: the call is made', async () => {
    disk.fill();
    try {
      await eventually('the journal cannot be written', async () => {
        expect(await bothWays()).toEqual(['made', MADE]);
        return (await desk.get('/ready')).status === 503;
      });
      expect(await bothWays()).toEqual(['made', MADE]);
    } finally {
      disk.free();
    }
    await desk.ready();
    await over();
  }, 60_000);

  test('a line to Asterisk that has fallen silent', async () => {
    ami.forgetConnections();
    const before = asked.length;
    expect(await inTime(overHttp({ courier: ANDREY.code }, { number: ANNA }))).toBe('asterisk_away');
    expect(await inTime(atTheDoor(ANDREY.number, TWO))).toBe(FAILED);
    expect(asked).toHaveLength(before);
  });
});
