import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Call } from '../../src/calls/call.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { phoneAddress, type ReceivedCall, startPhone, TRUNK_ADDRESS } from '../lab/sip.ts';
import { header } from '../lab/sip/message-log.ts';
import type { Behaviour, PhoneRule } from '../lab/sip/phone.scenario.ts';
import { type Company, startCompany, TELEPHONIES, type Telephony, trunkDial } from './company.ts';
import { installedManagerConf } from './samples.ts';

/*
 * Calls that the desk makes over a list of trunks, on a real Asterisk: of both sides the next trunk is tried when one
 * cannot place the call, each with the number that it must show, and never when the telephone was reached.
 */

const SECRET = 'change-me-desk-of-the-lab';
const COMPANY_NUMBER = '74951234567';
/** What each trunk must show. */
const GSM_NUMBER = '79160000001';
const TRUNK_NUMBER = '78120000002';
const GSM_ADDRESS = phoneAddress(11);
/** Nobody listens there. */
const CLOSED_ADDRESS = phoneAddress(13);

/** Couriers of the demo company, with a recipient of each. */
const COURIERS = {
  congested: { code: 11, number: '79161000011', recipient: '79162000001' },
  busy: { code: 12, number: '79161000012', recipient: '79162000002' },
  /** Behind the gateway that is gone. */
  closed: { code: 13, number: '79161000013', recipient: '79162000010' },
} as const;

/** What the gateway does with a number that the office calls. */
const SECOND: Readonly<Record<string, readonly [number: string, at: Behaviour]>> = {
  congested: ['79160001001', 'congested'],
  unknown: ['79160001002', 'unknownNumber'],
  busy: ['79160001003', 'busy'],
  declined: ['79160001004', 'decline'],
  silent: ['79160001005', 'noAnswer'],
};
/** Behind the gateway that is gone. */
const BEHIND_CLOSED = '79267000001';
/** Refused by the only trunk that takes it. */
const LAST = { unknown: '78000001001', declined: '78000001002' } as const;

const AT_THE_GATEWAY: readonly PhoneRule[] = [
  { to: COURIERS.congested.number, behaviour: 'congested' },
  { to: COURIERS.busy.number, behaviour: 'busy' },
  ...Object.values(SECOND).map(([to, behaviour]) => ({ to, behaviour })),
];
const AT_THE_TRUNK: readonly PhoneRule[] = [
  { to: COURIERS.congested.number, behaviour: 'answer' },
  { to: COURIERS.closed.number, behaviour: 'answer' },
  { to: LAST.unknown, behaviour: 'unknownNumber' },
  { to: LAST.declined, behaviour: 'decline' },
];

describe.each(TELEPHONIES)('trunks of own calls on Asterisk $version with $driver', (telephony) => {
  const { driver } = telephony;
  const cleanups = new Cleanups();
  let company: Company;
  let gateway: Awaited<ReturnType<typeof startPhone>>;
  let desk: DeskProcess;
  const results = new Map<string, Call>();

  beforeAll(async () => {
    gateway = await startPhone({
      address: GSM_ADDRESS,
      rules: AT_THE_GATEWAY,
      behaviour: 'answerThenHangUp',
    });
    cleanups.add(gateway.stop);
    const amiPort = await freeTcpPort();
    const file = driver === 'PJSIP' ? 'pjsip.conf' : 'sip.conf';
    company = await startCompany({
      ...telephony,
      // Telephones of the office answer; what the trunk gets hangs up by itself, unless it is a courier.
      rules: [
        ...AT_THE_TRUNK,
        ...['101', '102', '103', '104'].map((to) => ({ to, behaviour: 'answer' as const })),
      ],
      behaviour: 'answerThenHangUp',
      trunks: JSON.stringify(trunks(driver)),
      files: (files) => ({
        ...withIdentities(files, driver),
        'manager.conf': installedManagerConf({ port: amiPort, secret: SECRET }),
        [file]: [
          withIdentities(files, driver)[file],
          gatewaySection(driver, 'gsm', GSM_ADDRESS, gateway.port),
          gatewaySection(driver, 'closed', CLOSED_ADDRESS, 9),
        ].join('\n'),
      }),
    });
    cleanups.add(company.stop);
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    desk = await startDeskProcess(home, {
      ami: { port: amiPort, username: 'courier-agi', secret: SECRET },
      role: 'supervisor',
      sections: {
        dial: { extension: `${driver}/{EXTENSION}`, trunks: trunks(driver) },
        calls: { callerId: COMPANY_NUMBER, ringSeconds: 8 },
      },
    });
    cleanups.add(desk.kill);
    await desk.ready();
    const office = (name: string, number: string) => (extension: string) =>
      [name, { extension }, { number }] as const;
    const asked = [
      ...Object.entries(SECOND).map(([name, [number]]) => office(name, number)),
      office('closed', BEHIND_CLOSED),
      office('last unknown', LAST.unknown),
      office('last declined', LAST.declined),
    ].map((ask, index) => ask(['101', '102', '103', '104'][index % 4] ?? ''));
    const couriers = Object.entries(COURIERS).map(
      ([name, { code, recipient }]) => [`courier ${name}`, { courier: code }, { number: recipient }] as const,
    );
    // Each telephone makes one call at a time.
    await Promise.all([
      ...[0, 1, 2, 3].map(async (telephone) => {
        for (const [index, one] of asked.entries()) if (index % 4 === telephone) await make(...one);
      }),
      ...couriers.map((one) => make(...one)),
    ]);
  }, 180_000);
  afterAll(cleanups.run, 60_000);

  async function make(name: string, from: object, to: object): Promise<void> {
    let placed: Awaited<ReturnType<typeof desk.send>> | undefined;
    // A telephone that has just hung up may count as busy for a moment.
    await eventually(`${name} is made`, async () => {
      placed = await desk.send('POST', '/api/calls', { from, to });
      return placed.status === 202;
    });
    const id = String(placed?.body['id']);
    await eventually(
      `${name} is over`,
      async () => {
        const call = (await desk.calls()).find((one) => one.id === id);
        if (call?.state === 'ended') results.set(name, call);
        return call?.state === 'ended';
      },
      60_000,
    );
  }

  /** Who was rung with a number, in order: over which trunk, and what it was shown. */
  const rung = async (number: string) => {
    const calls = [...(await gateway.calls()), ...(await company.trunk.calls())]
      .filter((one) => one.number === number)
      .toSorted((a, b) => a.at - b.at);
    return calls.map((one) => [one.where === TRUNK_ADDRESS ? 'trunk' : 'gsm', shown(one, company.sipPort)]);
  };
  const result = (name: string) => results.get(name)?.request?.result?.code;
  const GSM = ['gsm', identitiesOf(GSM_NUMBER, telephony)];
  const TRUNK = ['trunk', identitiesOf(TRUNK_NUMBER, telephony)];

  test.each(['congested', 'unknown'])(
    'the second side, a trunk that cannot place the call (%s): the next one, with its own number',
    async (name) => {
      expect(await rung(SECOND[name]?.[0] ?? '')).toEqual([GSM, TRUNK]);
      expect(result(name)).toBe('answered');
    },
  );

  test('the second side, a gateway that is gone: the next one, with its own number', async () => {
    expect(await rung(BEHIND_CLOSED)).toEqual([TRUNK]);
    expect(result('closed')).toBe('answered');
  });

  test.each([
    ['busy', 'busy'],
    ['declined', 'refused'],
    ['silent', 'no_answer'],
  ])('the second side was reached (%s): no other trunk is tried', async (name, outcome) => {
    expect(await rung(SECOND[name]?.[0] ?? '')).toEqual([GSM]);
    expect(result(name)).toBe(outcome);
  });

  test('the first side, a trunk that cannot place the call: the next one, with its own number', async () => {
    const { number, recipient } = COURIERS.congested;
    expect(await rung(number)).toEqual([GSM, TRUNK]);
    expect(await rung(recipient)).toEqual([GSM]);
    expect(result('courier congested')).toBe('answered');
  });

  test('the first side, a gateway that is gone: the next one, with its own number', async () => {
    const { number, recipient } = COURIERS.closed;
    expect(await rung(number)).toEqual([TRUNK]);
    expect(await rung(recipient)).toEqual([GSM]);
    expect(result('courier closed')).toBe('answered');
  });

  test('the first side is busy: no other trunk is tried, and nobody is called', async () => {
    const { number, recipient } = COURIERS.busy;
    expect(await rung(number)).toEqual([GSM]);
    expect(await rung(recipient)).toEqual([]);
    expect(result('courier busy')).toBe('first_busy');
  });

  test('what the last trunk answers is said in words', async () => {
    const said = (name: string) => results.get(name)?.request?.result;
    expect(said('last unknown')).toMatchObject({
      code: 'unreachable',
      ru: 'Абонент: нет связи: выключен, вне сети или номер не обслуживается.',
    });
    expect(said('last declined')).toMatchObject({ code: 'refused', ru: 'Абонент: звонок сброшен.' });
    expect(await rung(LAST.unknown)).toEqual([TRUNK]);
    expect(await rung(LAST.declined)).toEqual([TRUNK]);
  });
});

function trunks(driver: Telephony['driver']): object[] {
  const dialOf = (name: string) => (driver === 'PJSIP' ? `PJSIP/{NUMBER}@${name}` : `SIP/${name}/{NUMBER}`);
  const trunk = trunkDial(driver, '{NUMBER}');
  return [
    { prefix: [COURIERS.closed.number, '7926'], dial: [dialOf('closed'), trunk], callerId: GSM_NUMBER },
    { prefix: ['7916'], dial: [dialOf('gsm'), trunk], callerId: GSM_NUMBER },
    { dial: trunk, callerId: TRUNK_NUMBER },
  ];
}

function gatewaySection(driver: Telephony['driver'], name: string, address: string, port: number): string {
  if (driver === 'SIP') {
    return `[${name}]\ntype=peer\nhost=${address}\nport=${port}\ncontext=from-trunk\n`;
  }
  const endpoint = `[${name}]\ntype=endpoint\ncontext=from-trunk\ndisallow=all\nallow=alaw\naors=${name}\n${TOLD}`;
  return `${endpoint}\n[${name}]\ntype=aor\ncontact=sip:${address}:${port}\n`;
}

const TOLD = 'direct_media=no\nsend_pai=yes\nsend_rpid=yes\ntrust_id_outbound=yes';

/** Whoever is called is told who calls in every header that there is for it. */
function withIdentities(
  files: Readonly<Record<string, string>>,
  driver: Telephony['driver'],
): Record<string, string> {
  const { 'pjsip.conf': pjsip = '', 'sip.conf': sip = '' } = files;
  return driver === 'PJSIP'
    ? { ...files, 'pjsip.conf': pjsip.replaceAll('direct_media=no', TOLD) }
    : { ...files, 'sip.conf': sip.replace('[general]\n', '[general]\nsendrpid=pai\ntrustrpid=yes\n') };
}

/** What an INVITE says who calls: its headers as they are, but for the tag, and for Asterisk's own port. */
function shown({ dialogue: [invite] }: ReceivedCall, port: number): readonly string[] {
  const texts = ['From', 'P-Asserted-Identity', 'Remote-Party-ID'].map((name) =>
    invite === undefined ? '' : header(invite, name),
  );
  return texts.map((text) => text.replace(/;tag=.*$/, '').replace(`@127.0.0.1:${port}>`, '@127.0.0.1>'));
}

function identitiesOf(number: string, { driver }: Telephony): readonly string[] {
  const address = `<sip:${number}@127.0.0.1>`;
  if (driver === 'SIP') return [address, `"${number}" ${address}`, ''];
  return [address, address, `${address};party=calling;privacy=off;screen=no`];
}
