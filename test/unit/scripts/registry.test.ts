import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ScriptRegistry } from '../../../src/scripts/registry.ts';
import type { FailedRequest, Script, ScriptRequest } from '../../../src/scripts/script.ts';
import { eventually, startServer, stopServers } from '../agi/raw-peer.ts';

afterEach(stopServers);

/** A server with two scripts, `route` and `survey`; the second may take five seconds. */
async function serve(run: Script['run'] = async () => {}) {
  const asked: (ScriptRequest & { script: string })[] = [];
  const refused: FailedRequest[] = [];
  const script = (name: string): Script['run'] => {
    return async (session, request) => {
      asked.push({ ...request, script: name });
      await run(session, request);
    };
  };
  const registry = new ScriptRegistry({
    scripts: {
      route: { parameters: ['number', 'only'], run: script('route') },
      survey: { parameters: ['shipment'], deadlineMs: 5000, run: script('survey') },
    },
    default: 'route',
    refuse: async (_session, request) => void refused.push(request),
  });
  const server = await startServer((session) => registry.run(session), { deadlineMs: 300 });
  const ask = async (...lines: string[]) => {
    const peer = await server.connect();
    peer.send([...lines, '', ''].join('\n'));
    await eventually(() => asked.length + refused.length > 0);
    return peer;
  };
  return { server, asked, refused, ask };
}

describe('the script that the dialplan asks for', () => {
  test.each([
    [[], 'route', {}],
    [['agi_network_script: '], 'route', {}],
    [['agi_network_script: route'], 'route', {}],
    [['agi_network_script: route?'], 'route', {}],
    [['agi_network_script: ?number=101'], 'route', { number: '101' }],
    [['agi_network_script: route?number=+7 916 200-00-01'], 'route', { number: '+7 916 200-00-01' }],
    // A slash too many is no other script, nor is a capital letter.
    [['agi_network_script: route/'], 'route', {}],
    [['agi_network_script: //route'], 'route', {}],
    [['agi_network_script: Survey'], 'survey', {}],
    [['agi_network_script: /route/?number=101'], 'route', { number: '101' }],
    [['agi_network_script: survey?shipment=70001'], 'survey', { shipment: '70001' }],
    [['agi_network_script: route?only=courier', 'agi_arg_1: client'], 'route', { only: 'courier,client' }],
    [
      ['agi_network_script: route?only=courier', 'agi_arg_1: client&number=7916'],
      'route',
      { only: 'courier,client', number: '7916' },
    ],
  ])('%p runs %s with %p', async (lines, script, params) => {
    const { asked, ask } = await serve();
    await ask(...lines);
    expect(asked).toMatchObject([{ script, linkedId: '' }]);
    expect(Object.fromEntries(asked[0]?.params ?? [])).toEqual(params);
  });

  test('gets the linkedid that the dialplan passes, whatever else it knows', async () => {
    const { asked, ask } = await serve();
    await ask('agi_network_script: survey?linkedid=pbx-1.2');
    expect(asked).toMatchObject([{ script: 'survey', linkedId: 'pbx-1.2' }]);
  });
});

describe('what does not exist is refused', () => {
  test.each([
    [['agi_network_script: voicemail'], 'unknown AGI script "voicemail"; there is: route, survey'],
    [['agi_network_script: route', 'agi_arg_1: 7916'], 'unknown AGI script "route,7916"'],
    [['agi_network_script: route/more'], 'unknown AGI script "route/more"'],
    [['agi_network_script: constructor'], 'unknown AGI script "constructor"'],
    [['agi_network_script: 79161234567'], 'unknown AGI script "…"'],
    [
      ['agi_network_script: route?nummer=1'],
      'unknown parameter "nummer" of the AGI script route; there are: number, only, linkedid',
    ],
    [['agi_network_script: survey?number=1'], 'unknown parameter "number" of the AGI script survey'],
  ])('%p: %s', async (lines, message) => {
    const { asked, refused, ask } = await serve();
    await ask('agi_uniqueid: 1.2', ...lines);
    expect(asked).toEqual([]);
    expect(refused).toMatchObject([{ uniqueId: '1.2', error: { code: 'SCRIPT_REQUEST' } }]);
    expect(refused[0]?.error.message).toContain(message);
  });

  test('a forged environment, too', async () => {
    const { refused, ask } = await serve();
    await ask('agi_callerid: 1', 'agi_callerid: 2');
    expect(refused).toMatchObject([{ uniqueId: '', error: { code: 'AGI_ENVIRONMENT' } }]);
  });
});

describe('the deadline', () => {
  test('of the server bounds the environment', async () => {
    const { server, refused } = await serve();
    await server.connect();
    await eventually(() => refused.length > 0);
    expect(refused).toMatchObject([{ error: { code: 'AGI_TIMEOUT' } }]);
  });

  test('of the server bounds a script that has none of its own', async () => {
    let end: unknown;
    const { ask } = await serve(async (session) => {
      end = await session.getVariable('A').catch((error: unknown) => error);
    });
    const peer = await ask('agi_network_script: route');
    await peer.untilText('failure\n');
    expect(end).toMatchObject({ code: 'AGI_TIMEOUT' });
  });

  test("of a script begins once the environment is read, and outlasts the server's", async () => {
    let remaining = 0;
    let late: string | undefined = 'not asked';
    const { server, ask } = await serve(async (session) => {
      remaining = session.deadline - performance.now();
      await sleep(500);
      late = await session.getVariable('SHIPMENT');
    });
    const peer = await ask('agi_network_script: survey');
    expect(remaining).toBeGreaterThan(4900);
    expect(remaining).toBeLessThanOrEqual(5000);
    await peer.untilText('"SHIPMENT"\n');
    peer.send('200 result=1 (70001)\n');
    await eventually(() => late === '70001');
    expect(server.errors).toEqual([]);
  });
});
