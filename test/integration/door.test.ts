import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import type { OriginateRequest } from '../../src/simulator/ami/actions.ts';
import { originated } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess } from '../lab/desk-process.ts';
import { doorRequest } from '../lab/door-request.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';

/*
 * The real desk with its door, as a process, on a played Asterisk. What the door refuses is in test/service/door; what it
 * does on a real Asterisk in test/asterisk/door.test.ts.
 */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const SECRET = 'change-me-door';

const cleanups = new Cleanups();
afterEach(cleanups.run);

async function startCompany() {
  const asked: OriginateRequest[] = [];
  const asterisk = new PlayedAsterisk({
    host: '127.0.0.1',
    port: 0,
    account: ACCOUNT,
    onOriginate: (ids, request) => {
      asked.push(request);
      return originated(ids, { ...request, ringSeconds: 0.2, outcome: 'both answer', talkSeconds: 0.5 });
    },
  });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  const secretFile = join(home.folder, 'door-secret');
  await writeFile(secretFile, `${SECRET}\n`);
  const port = await freeTcpPort();
  const account = { secretFile, allow: ['127.0.0.1'] };
  const desk = await startDeskProcess(home, {
    ami: { port: asterisk.port, ...ACCOUNT },
    sections: {
      calls: { callerId: '74951234567' },
      door: {
        enabled: true,
        host: '127.0.0.1',
        port,
        hours: '00:00-24:00',
        accounts: [
          { ...account, username: 'measoft' },
          { ...account, username: 'office', may: 'operatorCalls' },
        ],
      },
    },
  });
  cleanups.add(desk.kill);
  await desk.ready();
  return { asterisk, asked, desk, port };
}

/** Sends it all at once. @returns what came until the connection was closed, or until a text came */
async function say(port: number, text: string, until?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let said = '';
  socket.on('data', (part: string) => (said += part));
  socket.write(text);
  if (until === undefined) await once(socket, 'close');
  else await eventually(until, () => said.includes(until));
  socket.destroy();
  return said;
}

const request = (username: string, channel: string, exten: string, logoff = true) =>
  doorRequest({ username, secret: SECRET, channel, exten, logoff });

test('a courier’s call passes, in the desk’s own words, and stands in the journal with its shipment', async () => {
  const { asked, desk, port } = await startCompany();
  const said = await say(port, request('measoft', 'SIP/evil/+79161000011', '+79162000001'));
  expect(said).toContain('Originate successfully queued');
  await eventually('the call', () => asked.length === 1);
  expect(asked[0]).toMatchObject({ exten: '79162000001', context: 'courier-call', callerId: '74951234567' });
  expect(JSON.stringify(asked)).not.toMatch(/evil|(?<!PJ)SIP\/|"courier"/);
  await eventually('the journal', async () => (await desk.calls())[0]?.state === 'ended');
  expect((await desk.calls())[0]).toMatchObject({
    direction: 'courier',
    outcome: 'answered',
    from: { number: '79161000011' },
    to: { number: '79162000001' },
    request: { by: 'door', user: null },
    links: expect.arrayContaining([
      { kind: 'shipment', code: 70_001, how: 'requested', rank: 1 },
      { kind: 'courier', code: 11, how: 'requested', rank: 1 },
    ]),
  });
});

test('what is refused leaves a line with masked numbers and a count, and Asterisk hears nothing', async () => {
  const { asked, desk, port } = await startCompany();
  expect(await say(port, request('measoft', 'SIP/t/+79161000011', '+79990001122'))).toContain(
    'Permission denied',
  );
  expect(await say(port, request('measoft', 'SIP/t/+79161000011&SIP/x', '+79162000001'))).toContain('denied');
  expect(asked).toEqual([]);
  // The log comes through a pipe.
  await eventually('the alarm', () => desk.log().includes('somebody may be trying to call at your cost'));
  expect(desk.log()).toMatch(
    /"account":"measoft","from":"7916\*{5}11","to":"7999\*{5}22".*refused a request: not-a-recipient/,
  );
  expect(desk.log()).not.toMatch(/7916100001|7999000112|change-me/);
  const metrics = await (await fetch(`http://127.0.0.1:${desk.port}/metrics`)).text();
  expect(metrics).toContain('courier_agi_desk_door_refusals{reason="not-a-recipient"} 1');
  expect(metrics).toContain('courier_agi_desk_door_alarm 1');
  expect(metrics).toContain('courier_agi_desk_door_calls 0');
});

test('the office program calls from a telephone of a user, and hears of that telephone', async () => {
  const { asked, port } = await startCompany();
  const said = await say(port, request('office', 'SIP/101', '+79990001122', false), 'Event: Hangup');
  expect(said).toContain('Originate successfully queued');
  expect(asked).toMatchObject([{ channel: 'PJSIP/101', exten: '79990001122' }]);
  const channels = [...said.matchAll(/^Channel: (.*)\r$/gm)].map(([, channel]) => channel);
  expect(channels.length).toBeGreaterThan(3);
  for (const channel of channels) expect(channel).toMatch(/^PJSIP\/101-/);
});
