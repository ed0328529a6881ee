import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clients, fio, kurier } from '../../src/directory/demo/company.ts';
import { recipients } from '../../src/directory/demo/recipients.ts';
import { capture, type Capture } from '../lab/capture.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { spellingsOf } from '../lab/spellings.ts';
import { type Company, startCompany, trunkDial } from './company.ts';
import { installedManagerConf } from './samples.ts';

/*
 * Names stay with the desk: tcpdump reads every byte of AMI, AGI and SIP while people whose names the desk knows call, are
 * called and are put through, on a real Asterisk with the samples, the router and the desk.
 */

const SECRET = 'change-me-desk-of-the-lab';
const [RECIPIENT, CLIENT, CONTACT, COURIER] = ['79162000001', '74952000201', '74952000301', '79161000011'];
/** A caller who gives a name themselves: the search must find it, or it would find nothing. */
const CALLERS_OWN_NAME = 'Проверкин';

/** Words of the names that the desk knows; short ones may stand anywhere. */
const WORDS = [
  ...[...kurier, ...fio, ...recipients].flatMap(({ name }) => name.split(' ')),
  ...clients.flatMap(({ company }) => company.split(' ')),
].filter((word) => word.length >= 4);

describe.each([22, 16] as const)('on Asterisk %i', (version) => {
  const cleanups = new Cleanups();
  let company: Company;
  let desk: DeskProcess;
  let captured: Capture;

  beforeAll(async () => {
    const amiPort = await freeTcpPort();
    company = await startCompany({
      version,
      driver: 'PJSIP',
      files: (files) => ({
        ...files,
        'manager.conf': installedManagerConf({ port: amiPort, secret: SECRET }),
      }),
    });
    cleanups.add(company.stop);
    const { trunk, telephones, sipPort, routerUrl } = company;
    const ports = [amiPort, Number(new URL(routerUrl).port), sipPort, trunk.port, telephones.port];
    captured = await capture(ports);
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    desk = await startDeskProcess(home, {
      ami: { port: amiPort, username: 'courier-agi', secret: SECRET },
      role: 'supervisor',
      sections: {
        dial: { extension: 'PJSIP/{EXTENSION}', trunks: [{ dial: trunkDial('PJSIP', '{NUMBER}') }] },
        calls: { callerId: '74951234567', recordCouriers: true },
      },
    });
    cleanups.add(desk.kill);
    await desk.ready();
  }, 180_000);
  afterAll(cleanups.run, 60_000);

  const hasEnded = (id: unknown) =>
    eventually(
      'the call has ended',
      async () => (await desk.calls()).some((call) => call.id === id && call.state === 'ended'),
      40_000,
    );

  test('no byte of AMI, AGI and SIP has a name, an address or a company', async () => {
    // The desk knows them, and tells them to whoever asks over HTTP.
    for (const [number, name] of [
      [RECIPIENT, 'Мария Ковалёва'],
      [CLIENT, 'Книги почтой'],
      [COURIER, 'Андрей Быстров'],
    ] as const) {
      expect(JSON.stringify((await desk.get(`/api/people?number=${number}`)).body)).toContain(name);
    }
    // Each kind of caller, one after the other; the router asks for them, the desk follows.
    for (const from of [RECIPIENT, CLIENT, CONTACT, COURIER]) await company.call({ from: from ?? '' });
    await company.call({ from: '79990001122', name: CALLERS_OWN_NAME });
    // The desk calls: a click, and a courier with a recipient by the code of the shipment.
    const made = [
      await desk.send('POST', '/api/calls', { from: { extension: '101' }, to: { number: RECIPIENT } }),
      await desk.send('POST', '/api/calls', { from: { courier: 11 }, to: { shipment: 70_001 } }),
    ];
    expect(made.map(({ status, body }) => [status, body['error']])).toEqual([
      [202, undefined],
      [202, undefined],
    ]);
    // A talk that nobody ends goes on: telephones answer and wait.
    for (const { body } of made) {
      const id = String(body['id']);
      await eventually(
        'they talk',
        async () => (await desk.calls()).some((one) => one.id === id && one.state === 'talking'),
        30_000,
      );
      await desk.send('DELETE', `/api/calls/${encodeURIComponent(id)}`);
      await hasEnded(id);
    }
    // A caller on the line is put through to the courier.
    const talking = company.call({ from: '79990001123', talkMs: 60_000 });
    const live = async () =>
      (await desk.calls()).find(({ from, state }) => from.number === '79990001123' && state === 'talking');
    await eventually('somebody talks', async () => (await live()) !== undefined);
    const id = (await live())?.id ?? '';
    const before = (await company.trunk.calls()).length;
    const connected = await desk.send('POST', `/api/calls/${encodeURIComponent(id)}/connect`, {
      courier: 11,
    });
    expect(connected.status).toBe(202);
    await eventually('the courier is rung', async () => (await company.trunk.calls()).length > before);
    await desk.send('DELETE', `/api/calls/${encodeURIComponent(id)}`);
    await talking;
    await hasEnded(id);

    const bytes = await captured.stop();
    // It was worth reading.
    for (const part of [
      'INVITE sip:',
      'agi_network_script: route',
      'ROUTE_SHIPMENT',
      'Action: Login',
      'Action: Originate',
      'Action: Redirect',
      RECIPIENT ?? '',
    ])
      expect([part, bytes.includes(part)]).toEqual([part, true]);
    const isIn = (word: string): boolean => spellingsOf(word).some((one) => bytes.includes(one));
    expect(isIn(CALLERS_OWN_NAME)).toBe(true);
    expect(WORDS.length).toBeGreaterThan(30);
    expect(WORDS.filter(isIn)).toEqual([]);
  }, 240_000);
});
