import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { parseConfig } from '../../../src/config/load.ts';
import { logOutbound } from '../../../src/monitoring/outbound-log.ts';
import { OutboundRouter } from '../../../src/routing/outbound.ts';
import { OutboundScript } from '../../../src/scripts/outbound/outbound.script.ts';
import { ScriptRegistry } from '../../../src/scripts/registry.ts';
import { playCall } from '../../../src/simulator/asterisk.ts';
import { parseScenario } from '../../../src/simulator/scenario.ts';
import { eventually, startServer, stopServers } from '../agi/raw-peer.ts';

afterEach(stopServers);

const CONFIG = `dial: {courierPrefix: '*5', trunks: [
  {prefix: [7916], dial: [SIP/gsm, SIP/city], callerId: 79160000001, channels: 2},
  {dial: SIP/city, callerId: 74951234567}]}`;

async function serve() {
  let log = '';
  const logger = pino({ base: null }, { write: (line: string) => void (log += line) });
  const outbound = new OutboundScript({
    router: () => new OutboundRouter(parseConfig(CONFIG, 'test')),
    onCall: (record) => logOutbound(logger, record, false),
  });
  const registry = new ScriptRegistry({ scripts: { outbound }, default: 'route', refuse: async () => {} });
  const { port } = await startServer((session) => registry.run(session));
  return {
    ask: async (query: string) => {
      const scenario = `agi_request: agi://127.0.0.1/outbound${query}\nagi_uniqueid: 1.2`;
      const { variables, agiStatus } = await playCall(
        { host: '127.0.0.1', port },
        parseScenario(scenario, 'test'),
      );
      await eventually(() => log.endsWith('\n'));
      return { variables: Object.fromEntries(variables), agiStatus, line: JSON.parse(log) as object };
    },
  };
}

test('an outgoing call gets its trunks in order, with the number that each must show', async () => {
  const { ask } = await serve();
  const { variables, line } = await ask('?number=89161234567&linkedid=1.1');
  expect(variables).toEqual({
    ROUTE_NUMBER: '79161234567',
    ROUTE_DIAL_1: 'SIP/gsm/79161234567',
    ROUTE_CALLERID_1: '79160000001',
    ROUTE_LIMIT_1: 'gsm:2',
    ROUTE_DIAL_2: 'SIP/city/79161234567',
    ROUTE_CALLERID_2: '74951234567',
    ROUTE_COUNT: '2',
    ROUTE_STATUS: 'OK',
    AGISTATUS: 'SUCCESS',
  });
  expect(line).toMatchObject({
    msg: 'outgoing call',
    call: '1.2',
    linkedId: '1.1',
    status: 'OK',
    number: '7916*****67',
    trunk: 1,
    dials: ['SIP/gsm/7916*****67', 'SIP/city/7916*****67'],
  });
});

test('a number that cannot be dialled is INVALID', async () => {
  const { ask } = await serve();
  const { variables, line } = await ask('?number=7916%26PJSIP/101');
  expect(variables).toEqual({ ROUTE_COUNT: '0', ROUTE_STATUS: 'INVALID', AGISTATUS: 'SUCCESS' });
  expect(line).toMatchObject({ status: 'INVALID', invalid: 'malformed' });
});

test('a request without a number is a fault of the dialplan', async () => {
  const { ask } = await serve();
  const { variables, line } = await ask('');
  expect(variables).toEqual({ ROUTE_COUNT: '0', ROUTE_STATUS: 'ERROR', AGISTATUS: 'FAILURE' });
  expect(line).toMatchObject({ level: 40, error: 'SCRIPT_REQUEST' });
});

test("a courier's number gets the prefix of couriers", async () => {
  const { ask } = await serve();
  const { variables } = await ask('?number=89991234567&courier=1');
  expect(variables).toMatchObject({ ROUTE_STATUS: 'OK', ROUTE_DIAL_1: 'SIP/city/*579991234567' });
});
