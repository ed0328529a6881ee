import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { AgiServer } from '../../../../src/agi/server.ts';
import { ScriptRegistry } from '../../../../src/scripts/registry.ts';
import { RouteScript } from '../../../../src/scripts/route/route.script.ts';
import { callFields, logCall } from '../../../../src/monitoring/call-log.ts';
import type { CallRecord } from '../../../../src/monitoring/call-record.ts';
import { Router } from '../../../../src/scripts/route/router.ts';
import { parseConfig } from '../../../../src/config/load.ts';
import { EmbeddedDirectory } from '../../../../src/directory/demo/embedded.directory.ts';
import { DirectoryTimeoutError, type Directory } from '../../../../src/directory/directory.ts';
import { playCall } from '../../../../src/simulator/asterisk.ts';
import { parseScenario } from '../../../../src/simulator/scenario.ts';
import { eventually } from '../../agi/raw-peer.ts';

const KNOWN = 'agi_callerid: 79162000001';

describe('a call', () => {
  let server: AgiServer;
  let target: { host: string; port: number };
  let records: CallRecord[];
  let log: string;

  /** Serves on a directory, and logs as the server does. */
  const serve = async (directory: Directory, { deadlineMs = 2000, showNumbers = false } = {}) => {
    records = [];
    log = '';
    const logger = pino({ base: null }, { write: (line: string) => void (log += line) });
    const router = new Router(parseConfig('', 'test'), directory);
    const route = new RouteScript({
      router: () => router,
      onCall: (record) => {
        records.push(record);
        logCall(logger, record, callFields(record, showNumbers));
      },
    });
    const registry = new ScriptRegistry({
      scripts: { route },
      default: 'route',
      refuse: (session, request) => route.refuse(session, request),
    });
    server = new AgiServer({
      host: '127.0.0.1',
      port: 0,
      allow: ['127.0.0.1'],
      maxSessions: 10,
      deadlineMs,
      handler: (session) => registry.run(session),
      overloadLine: '',
      onOverload: () => {},
      onQueueReset: () => {},
      onListenerError: () => {},
      onSilent: () => {},
      onError: (error) => {
        throw error;
      },
      onRefused: () => {},
    });
    target = await server.start();
  };
  const play = async (...lines: string[]) => playCall(target, parseScenario(lines.join('\n'), 'test'));
  const recorded = async () => {
    await eventually(() => records.length > 0);
    return records[0];
  };
  const failing = (find: Directory['find']): Directory => ({ find });
  afterEach(() => server.stop(0));

  test('never rings the one who calls, though another number is asked for', async () => {
    await serve(new EmbeddedDirectory());
    const asked = 'agi_request: agi://127.0.0.1:4573/route?number=79162000001';
    const ofSomebodyElse = await play(asked, 'agi_callerid: anonymous');
    expect(ofSomebodyElse.variables.get('ROUTE_DIAL_1')).toBe('PJSIP/79161000011@trunk');
    const ofTheCourier = await play(asked, 'agi_callerid: 8 916 100-00-11');
    expect(ofTheCourier.variables.get('ROUTE_STATUS')).toBe('NO_TARGET');
    expect(ofTheCourier.variables.get('ROUTE_DIAL_1')).toBeUndefined();
  });

  test('is answered, and told in one line with its numbers masked', async () => {
    await serve(new EmbeddedDirectory());
    const { variables, commands } = await play(KNOWN, 'agi_uniqueid: 1700000000.7');
    expect(Object.fromEntries(variables)).toMatchObject({ ROUTE_STATUS: 'OK', AGISTATUS: 'SUCCESS' });
    expect(commands).toHaveLength(1);
    expect(await recorded()).toMatchObject({ outcome: 'delivered', error: null, uniqueId: '1700000000.7' });
    expect(log.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(log)).toMatchObject({
      level: 30,
      msg: 'call',
      call: '1700000000.7',
      status: 'OK',
      caller: 'recipient',
      courier: 11,
      number: '7916*****01',
      routeMs: expect.any(Number),
      totalMs: expect.any(Number),
    });
    expect(log).not.toContain('79162000001');
  });

  test("is told with the linkedid of Asterisk's own records where the dialplan passes it", async () => {
    await serve(new EmbeddedDirectory());
    await play(KNOWN, 'agi_request: agi://127.0.0.1/route?linkedid=pbx-1700000000.5');
    expect(await recorded()).toMatchObject({ linkedId: 'pbx-1700000000.5', decision: { status: 'OK' } });
    expect(JSON.parse(log)).toMatchObject({ linkedId: 'pbx-1700000000.5' });
  });

  test('shows whole numbers in the log where the admin wants them', async () => {
    await serve(new EmbeddedDirectory(), { showNumbers: true });
    await play(KNOWN);
    await recorded();
    expect(JSON.parse(log)).toMatchObject({ number: '79162000001' });
  });

  test('whose look-up takes too long gets ERROR before the deadline', async () => {
    // A directory that would keep its word only after the session's end.
    const late: Directory['find'] = async (_number, budgetMs) => {
      await sleep(budgetMs);
      throw new DirectoryTimeoutError('The database gave no answer.');
    };
    await serve(failing(late), { deadlineMs: 300 });
    const { variables, agiStatus } = await play(KNOWN);
    expect([variables.get('ROUTE_STATUS'), agiStatus]).toEqual(['ERROR', 'SUCCESS']);
    expect(await recorded()).toMatchObject({ outcome: 'delivered', error: { code: 'DIRECTORY_TIMEOUT' } });
    expect(JSON.parse(log)).toMatchObject({ level: 40, error: 'DIRECTORY_TIMEOUT', number: '7916*****01' });
    expect(variables.get('ROUTE_NUMBER')).toBe('79162000001');
  });

  test('that the snapshot answered is told with the reason why the database did not', async () => {
    const liveError = 'DIRECTORY_TIMEOUT';
    await serve(failing(async () => ({ matches: [], source: 'snapshot', ageSeconds: 42, liveError })));
    await play(KNOWN);
    await recorded();
    expect(JSON.parse(log)).toMatchObject({ level: 30, source: 'snapshot', ageSeconds: 42, liveError });
  });

  test('without a usable number is told with the reason', async () => {
    await serve(new EmbeddedDirectory());
    await play('agi_callerid: anonymous');
    await recorded();
    expect(JSON.parse(log)).toMatchObject({ status: 'INVALID', invalid: 'anonymous', number: '' });
  });

  test('that meets a defect of ours gets ERROR, and the log gets the stack', async () => {
    await serve(
      failing(() => {
        throw new TypeError('a defect');
      }),
    );
    expect((await play(KNOWN)).variables.get('ROUTE_STATUS')).toBe('ERROR');
    await recorded();
    expect(JSON.parse(log)).toMatchObject({ level: 50, err: { type: 'TypeError', message: 'a defect' } });
  });

  test.each([
    ['an unknown script', 'agi_network_script: survey', 'SCRIPT_REQUEST'],
    ['an unknown parameter', 'agi_network_script: route?nummer=1', 'SCRIPT_REQUEST'],
  ])('for %s gets ERROR, and AGISTATUS shows it', async (_case, line, code) => {
    await serve(new EmbeddedDirectory());
    const { variables, agiStatus } = await play(KNOWN, line);
    expect([variables.get('ROUTE_STATUS'), agiStatus]).toEqual(['ERROR', 'FAILURE']);
    expect(await recorded()).toMatchObject({ outcome: 'delivered', error: { code } });
  });

  test('with a forged environment gets ERROR, and AGISTATUS shows it', async () => {
    await serve(new EmbeddedDirectory());
    const socket = connect(target.port, target.host);
    socket.write('agi_callerid: 1\nagi_callerid: 2\n\n');
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(String(first)).toContain('ROUTE_STATUS=ERROR');
    socket.write('200 result=0\n');
    const [second] = (await once(socket, 'data')) as [Buffer];
    expect(String(second)).toBe('failure\n');
    socket.destroy();
    expect(await recorded()).toMatchObject({ error: { code: 'AGI_ENVIRONMENT' } });
  });

  test('whose caller hangs up is no error', async () => {
    await serve(new EmbeddedDirectory());
    await play(KNOWN, 'hangup after 0');
    expect(await recorded()).toMatchObject({ error: null });
    expect(JSON.parse(log)).toMatchObject({ level: 30 });
  });

  test('that is only a health check is not told of', async () => {
    await serve(new EmbeddedDirectory());
    const socket = connect(target.port, target.host);
    await once(socket, 'connect');
    socket.end();
    await once(socket, 'close');
    await play(KNOWN);
    await recorded();
    expect(records).toHaveLength(1);
  });

  test('cannot write to the log as its caller likes', async () => {
    await serve(new EmbeddedDirectory());
    await play(KNOWN, 'agi_uniqueid: x"} \u001B[31m', 'agi_calleridname: Иван <script>');
    await recorded();
    expect(JSON.parse(log)).toMatchObject({ call: expect.stringMatching(/^[\w.?-]+$/) });
    expect(log).not.toContain('Иван');
  });
});
