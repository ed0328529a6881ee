import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { phoneAddress, startPhone, TRUNK_ADDRESS } from '../lab/sip.ts';
import type { Behaviour, PhoneRule } from '../lab/sip/phone.scenario.ts';
import { type NamedCall, type Outcome, outcomeOf, placeAll, troubleIn } from './calls.ts';
import { type Company, OPERATORS_NUMBER, startCompany, TELEPHONIES, trunkDial } from './company.ts';

/** Each courier of the demo company has a gateway of their own, with the trunk of the samples for when it fails. */
const GATEWAYS = {
  gsm: { courier: '79161000011', recipient: '79162000001', address: phoneAddress(11) },
  sim: { courier: '79161000012', recipient: '79162000002', address: phoneAddress(11) },
  mute: { courier: '79161000013', recipient: '79162000010', address: phoneAddress(12) },
  closed: { courier: '79261000013', recipient: '', address: phoneAddress(13) },
  asked: { courier: '79161000015', recipient: '375291234567', address: phoneAddress(12) },
} as const;
type Gateway = keyof typeof GATEWAYS;
const NAMES = Object.keys(GATEWAYS) as Gateway[];
/** Calls at a time through the gateway `sim`. */
const CHANNELS = 2;
const MANAGER = { from: '79161000013', extension: '104', mobile: '79035550004' };

/** What each trunk must show. */
const GSM_NUMBER = '79160000001';
const TRUNK_NUMBER = '74951234567';

/** What the sample configuration promises for a trunk that says nothing at all, and what a busy machine may add. */
const SILENCE_MS = 6400;
const SLACK_MS = 3000;
/** Longer than that, or nothing is known of the trunk when the telephone has rung long enough. */
const RING_SECONDS = 10;

const CANNOT_PLACE: readonly Behaviour[] = ['congested', 'forbidden', 'serverError', 'unknownNumber'];
const REACHED: readonly Behaviour[] = ['busy', 'decline', 'unavailable', 'noAnswer'];

const call = (name: string, gateway: Gateway, habits: Partial<NamedCall> = {}): NamedCall => ({
  name,
  from: GATEWAYS[gateway].recipient,
  ...habits,
});
const LIMITED = ['line 1', 'line 2', 'line 3'].map((name) => call(name, 'sim', { talkMs: 5000 }));
const CALLS: NamedCall[] = [
  ...LIMITED,
  ...[...CANNOT_PLACE, ...REACHED, 'answer'].map((behaviour) => call(behaviour, 'gsm')),
  call('both', 'gsm'),
  call('mute', 'mute'),
  call('mute, then closed', 'mute'),
  call('asked', 'asked'),
  { name: 'ring all', from: MANAGER.from },
  { name: 'ring all, congested', from: MANAGER.from },
];
/** Where the dialplan asks for a key, `COURIER_CONFIRM=Yes`. */
const CONFIRMED = '9001';
const CONFIRM_MS = 5000;
const MAILBOX = call('mailbox', 'gsm', { to: CONFIRMED });
const ASKED: readonly NamedCall[] = [
  MAILBOX,
  ...['presses 1', 'presses 2', 'hangs up when asked'].map((name) => call(name, 'gsm', { to: CONFIRMED })),
  { name: 'extension', from: GATEWAYS.sim.courier, to: CONFIRMED },
];
CALLS.push(...ASKED);

/** Where the dialplan asks for further options of Dial(). */
const LIMITED_TALK = '9003';
/** Where the dialplan asks twice: the second answer has no list. */
const TWICE = '9004';
CALLS.push(call('options', 'gsm', { to: LIMITED_TALK, talkMs: 20_000 }), call('twice', 'gsm', { to: TWICE }));

/** The office calls outside, from an address of its own. */
const OFFICE = phoneAddress(14);
/** None of the sample's telephones: chan_sip would ask for its password. */
const OFFICE_NUMBER = '200';
/** Where courier-agi does not run. */
const ALONE = '9002';
/** Where the lines stand that the head of courier-outbound.conf gives: whatever follows this number goes there. */
const DIALLED = '89161000011';
const office = (name: string, to: string): NamedCall => ({ name, from: OFFICE_NUMBER, to, address: OFFICE });
CALLS.push(
  office('office', '89161000011'),
  office('office, congested', '89161000011'),
  office('office, busy', '89161000011'),
  office('office, decline', '89161000011'),
  office('office, mute', '+79161000013'),
  office('office, city', '84951234567'),
  office('office, emergency', '112'),
  office('office, alone', ALONE),
  office('office, commas', `${DIALLED},30,S(1)`),
);

const AT_THE_GATEWAY: readonly PhoneRule[] = [
  ...[...CANNOT_PLACE, ...REACHED].map((behaviour) => ({ name: behaviour, behaviour })),
  { name: 'both', behaviour: 'congested' },
  { name: 'ring all, congested', behaviour: 'congested' },
  { name: 'office, congested', behaviour: 'congested' },
  { name: 'office, busy', behaviour: 'busy' },
  { name: 'office, decline', behaviour: 'decline' },
  { name: 'twice', behaviour: 'busy' },
  { name: 'presses 1', behaviour: 'pressOne' },
  { name: 'presses 2', behaviour: 'pressTwo' },
  { name: 'hangs up when asked', behaviour: 'answerThenHangUp' },
];
const AT_THE_TRUNK: readonly PhoneRule[] = [
  { name: 'twice', to: '103', behaviour: 'congested' },
  { name: 'both', to: GATEWAYS.gsm.courier, behaviour: 'congested' },
  { name: 'mute, then closed', to: GATEWAYS.mute.courier, behaviour: 'busy' },
  { name: 'ring all', to: MANAGER.extension, behaviour: 'busy' },
  { name: 'ring all, congested', to: MANAGER.extension, behaviour: 'busy' },
];

/** A line that ends within a subroutine: at the limit of its trunk, or while it is asked. chan_sip tells of refusals. */
const EXPECTED_TROUBLE =
  /Abnormal 'Gosub\(courier-(?:route,leg|confirm,s),1|asked|Received response: "Forbidden"|no reply to our critical|Retransmission timeout|FastAGI failed|Connecting to '127.0.0.1:1' failed/;

describe.each(TELEPHONIES)('lists of trunks on Asterisk $version with $driver', (telephony) => {
  let company: Company;
  let outcomes: ReadonlyMap<string, Outcome | Error>;
  const cleanups = new Cleanups();
  /** Who was rung, in order: over which trunk, and with which number shown. */
  const rungFor = (name: string) =>
    outcomeOf(outcomes, name).rung.map(({ where, number, from }) => [
      where === TRUNK_ADDRESS ? 'trunk' : where === GATEWAYS.gsm.address ? 'gsm' : 'inside',
      number,
      from,
    ]);
  const waitedFor = (name: string) => {
    const { call: placed, rung } = outcomeOf(outcomes, name);
    return (rung[0]?.at ?? Number.NaN) - placed.startedAt;
  };

  beforeAll(async () => {
    const gsm = await startPhone({ address: GATEWAYS.gsm.address, rules: AT_THE_GATEWAY });
    cleanups.add(gsm.stop);
    // It takes what comes, and says nothing: no ICMP tells Asterisk of it.
    const mute = createSocket('udp4').bind(0, GATEWAYS.mute.address);
    cleanups.add(async () => void mute.close());
    await once(mute, 'listening');
    const mutePort = mute.address().port;
    const ports: Record<Gateway, number> = {
      gsm: gsm.port,
      sim: gsm.port,
      mute: mutePort,
      asked: mutePort,
      closed: 9,
    };
    const file = telephony.driver === 'PJSIP' ? 'pjsip.conf' : 'sip.conf';
    company = await startCompany({
      ...telephony,
      rules: AT_THE_TRUNK,
      phones: [gsm],
      ringSeconds: RING_SECONDS,
      trunks: trunksYaml(telephony.driver),
      files: (files) => ({
        ...files,
        [file]: [
          files[file],
          ...NAMES.map((name) => section(telephony.driver, name, ports[name], name === 'asked')),
          officeSection(telephony.driver),
        ].join('\n'),
        'extensions.conf': [
          files['extensions.conf'],
          '[from-trunk]',
          `exten => ${CONFIRMED},1,Set(COURIER_CONFIRM=Yes)`,
          ' same => n,Goto(s,1)',
          `exten => ${LIMITED_TALK},1,Set(COURIER_DIAL_OPTIONS=S(2))`,
          ' same => n,Goto(s,1)',
          `exten => ${TWICE},1,Gosub(courier-route,s,1)`,
          ` same => n,Set(COURIER_ROUTER=\${COURIER_ROUTER}?number=${GATEWAYS.sim.courier})`,
          ' same => n,Goto(s,1)',
          '[from-internal]',
          `exten => ${ALONE},1,Set(COURIER_OUTBOUND=agi://127.0.0.1:1/outbound)`,
          ' same => n,Goto(84951234567,1)',
          `exten => _${DIALLED}.,1,NoOp()`,
          ...linesToCopy(files['courier-outbound.conf'] ?? '', telephony.driver),
          '',
        ].join('\n'),
      }),
    });
    cleanups.add(company.stop);
    await untilUnreachable(company, 'asked');
    outcomes = await placeAll(company, CALLS);
  }, 180_000);

  afterAll(cleanups.run, 60_000);

  test.each(CANNOT_PLACE)(
    'a gateway that is %s: the next trunk rings the courier at once, and shows its own number',
    (name) => {
      expect(rungFor(name)).toEqual([
        ['gsm', GATEWAYS.gsm.courier, GSM_NUMBER],
        ['trunk', GATEWAYS.gsm.courier, TRUNK_NUMBER],
      ]);
      expect(outcomeOf(outcomes, name).call.status).toBe(200);
    },
  );

  test.each(REACHED)('a courier who is %s is not rung again over the next trunk', (name) => {
    expect(rungFor(name)).toEqual([
      ['gsm', GATEWAYS.gsm.courier, GSM_NUMBER],
      ['trunk', OPERATORS_NUMBER, GATEWAYS.gsm.recipient],
    ]);
  });

  test('a gateway that places the call: no other trunk is tried', () => {
    expect(rungFor('answer')).toEqual([['gsm', GATEWAYS.gsm.courier, GSM_NUMBER]]);
  });

  test('no trunk can place the call: the operators are rung', () => {
    expect(rungFor('both')).toEqual([
      ['gsm', GATEWAYS.gsm.courier, GSM_NUMBER],
      ['trunk', GATEWAYS.gsm.courier, TRUNK_NUMBER],
      ['trunk', OPERATORS_NUMBER, GATEWAYS.gsm.recipient],
    ]);
  });

  test('a gateway that says nothing at all: the next trunk rings the courier after the time that the sample sets', () => {
    expect(rungFor('mute')).toEqual([['trunk', GATEWAYS.mute.courier, TRUNK_NUMBER]]);
    expect(waitedFor('mute')).toBeGreaterThan(SILENCE_MS - 1000);
    expect(waitedFor('mute')).toBeLessThan(SILENCE_MS + SLACK_MS);
  });

  test('a gateway whose port is closed, likewise', () => {
    const [first, second] = outcomeOf(outcomes, 'mute, then closed').rung;
    expect(rungFor('mute, then closed')).toEqual([
      ['trunk', GATEWAYS.mute.courier, TRUNK_NUMBER],
      ['trunk', GATEWAYS.closed.courier, TRUNK_NUMBER],
    ]);
    expect((second?.at ?? Number.NaN) - (first?.at ?? 0)).toBeLessThan(SILENCE_MS + SLACK_MS);
  });

  test('a gateway that is known to be away: the next trunk rings the courier at once', () => {
    expect(rungFor('asked')).toEqual([['trunk', GATEWAYS.asked.courier, TRUNK_NUMBER]]);
    expect(waitedFor('asked')).toBeLessThan(SLACK_MS);
  });

  test('the caller hears ringing all the while', () => {
    for (const { name, address } of CALLS) {
      if (address === OFFICE) continue;
      const { messages, startedAt } = outcomeOf(outcomes, name).call;
      const ringing = messages.find((one) => one.firstLine.startsWith('SIP/2.0 180'));
      expect((ringing?.at ?? Number.NaN) - startedAt).toBeLessThan(SLACK_MS / 2);
    }
  });

  test('of three calls at the same time through a gateway with two channels the third takes the next trunk', async () => {
    const ways = LIMITED.flatMap(({ name }) => rungFor(name));
    expect(ways.toSorted()).toEqual([
      ['gsm', GATEWAYS.sim.courier, GSM_NUMBER],
      ['gsm', GATEWAYS.sim.courier, GSM_NUMBER],
      ['trunk', GATEWAYS.sim.courier, TRUNK_NUMBER],
    ]);
    expect(await company.asterisk.log()).toContain('trunk sim carries as many calls as dial.trunks allows');
    // Its channels are free again.
    await company.call(call('line 4', 'sim'));
    expect((await company.rung('line 4')).map(({ where }) => where)).toEqual([GATEWAYS.sim.address]);
  });

  test("a manager's extension sees the caller, and their mobile the number of its own trunk", () => {
    const [first, second, ...more] = rungFor('ring all');
    expect([first, second].toSorted()).toEqual([
      ['gsm', MANAGER.mobile, GSM_NUMBER],
      ['inside', MANAGER.extension, MANAGER.from],
    ]);
    expect(more).toEqual([]);
  });

  test('a busy extension and a mobile whose gateway fails: busy counts, the operators are rung', () => {
    expect(rungFor('ring all, congested').at(-1)).toEqual(['trunk', OPERATORS_NUMBER, MANAGER.from]);
  });

  test('a mailbox that answers presses nothing: the operators are rung', () => {
    const { call: placed, rung } = outcomeOf(outcomes, 'mailbox');
    expect(rungFor('mailbox')).toEqual([
      ['gsm', GATEWAYS.gsm.courier, GSM_NUMBER],
      ['trunk', OPERATORS_NUMBER, GATEWAYS.gsm.recipient],
    ]);
    expect(rung[0]?.endedAt).toBeDefined();
    expect((rung[1]?.at ?? 0) - (rung[0]?.at ?? 0)).toBeGreaterThan(CONFIRM_MS);
    expect((rung[1]?.at ?? 0) - (rung[0]?.at ?? 0)).toBeLessThan(CONFIRM_MS + SLACK_MS);
    expect(placed.status).toBe(200);
  });

  test('who answers and presses 1 has the call', () => {
    expect(rungFor('presses 1')).toEqual([['gsm', GATEWAYS.gsm.courier, GSM_NUMBER]]);
    expect(outcomeOf(outcomes, 'presses 1').call).toMatchObject({ status: 200, endedBy: 'caller' });
  });

  test.each(['presses 2', 'hangs up when asked'])('who %s has not: the operators are rung', (name) => {
    expect(rungFor(name).at(-1)).toEqual(['trunk', OPERATORS_NUMBER, GATEWAYS.gsm.recipient]);
    expect(outcomeOf(outcomes, name).call.status).toBe(200);
  });

  test('an extension is not asked', () => {
    expect(rungFor('extension')).toEqual([['inside', '103', GATEWAYS.sim.courier]]);
    expect(outcomeOf(outcomes, 'extension').call.status).toBe(200);
  });

  test('further options of Dial() are taken: the talk ends after 2 s', () => {
    expect(outcomeOf(outcomes, 'options').call).toMatchObject({ status: 200, endedBy: 'callee' });
  });

  test('nothing of a list is left when the dialplan asks again', () => {
    expect(rungFor('twice').map(([, number]) => number)).toEqual([
      GATEWAYS.gsm.courier,
      '103',
      OPERATORS_NUMBER,
    ]);
  });

  describe('the office calls outside', () => {
    test('over the trunk of the prefix, which shows its own number', () => {
      expect(rungFor('office')).toEqual([['gsm', GATEWAYS.gsm.courier, GSM_NUMBER]]);
      expect(rungFor('office, city')).toEqual([['trunk', '74951234567', TRUNK_NUMBER]]);
      expect(outcomeOf(outcomes, 'office').call.status).toBe(200);
    });

    test('over the next one when it cannot place the call, or says nothing at all', () => {
      expect(rungFor('office, congested')).toEqual([
        ['gsm', GATEWAYS.gsm.courier, GSM_NUMBER],
        ['trunk', GATEWAYS.gsm.courier, TRUNK_NUMBER],
      ]);
      expect(rungFor('office, mute')).toEqual([['trunk', GATEWAYS.mute.courier, TRUNK_NUMBER]]);
      expect(waitedFor('office, mute')).toBeLessThan(SILENCE_MS + SLACK_MS);
    });

    test('and hears that the other side is busy, or refuses', () => {
      expect(rungFor('office, busy')).toEqual([['gsm', GATEWAYS.gsm.courier, GSM_NUMBER]]);
      expect(outcomeOf(outcomes, 'office, busy').call.status).toBe(486);
      expect(rungFor('office, decline')).toEqual([['gsm', GATEWAYS.gsm.courier, GSM_NUMBER]]);
      expect(outcomeOf(outcomes, 'office, decline').call.status).toBeGreaterThanOrEqual(400);
    });

    test('an emergency number goes over the trunk without prefix, as it was dialled', () => {
      expect(rungFor('office, emergency')).toEqual([['trunk', '112', TRUNK_NUMBER]]);
      expect(outcomeOf(outcomes, 'office, emergency').call.status).toBe(200);
    });

    test('commas in what a telephone dials are no further arguments, such as options of Dial()', () => {
      expect(rungFor('office, commas')).toEqual([['trunk', '89161000011301', OFFICE_NUMBER]]);
    });

    test('courier-agi does not run: the dialplan dials as it did without', () => {
      expect(rungFor('office, alone')).toEqual([['trunk', '84951234567', OFFICE_NUMBER]]);
      expect(outcomeOf(outcomes, 'office, alone').call.status).toBe(200);
    });
  });

  test('no channel is left, and Asterisk had nothing to warn of but the gateways', async () => {
    expect(await company.asterisk.rx('core show channels')).toContain('0 active channels');
    const log = await company.asterisk.log();
    const trouble = troubleIn(log.slice(log.indexOf('Asterisk Ready')));
    expect(trouble.filter((line) => !EXPECTED_TROUBLE.test(line))).toEqual([]);
  });
});

function trunksYaml(driver: Company['driver']): string {
  const dialOf = (name: string) => (driver === 'PJSIP' ? `PJSIP/{NUMBER}@${name}` : `SIP/${name}/{NUMBER}`);
  const trunk = trunkDial(driver, '{NUMBER}');
  const lists = NAMES.map((name) => {
    const numbers = name === 'gsm' ? `${GATEWAYS.gsm.courier}, ${MANAGER.mobile}` : GATEWAYS[name].courier;
    const limit = name === 'sim' ? `, channels: ${CHANNELS}` : '';
    return `{ prefix: [${numbers}], dial: ["${dialOf(name)}", "${trunk}"], callerId: "${GSM_NUMBER}"${limit} }`;
  });
  return `[${[...lists, `{ dial: "${trunk}", callerId: "${TRUNK_NUMBER}" }`].join(', ')}]`;
}

/** Asterisk's configuration of a gateway. @param asked whether it is asked every few seconds if it is there */
function section(driver: Company['driver'], name: Gateway, port: number, asked: boolean): string {
  const { address } = GATEWAYS[name];
  const lines =
    driver === 'PJSIP'
      ? [
          `[${name}]\ntype=endpoint\ncontext=from-trunk\ndisallow=all\nallow=alaw\naors=${name}\ndirect_media=no`,
          `[${name}]\ntype=aor\ncontact=sip:${address}:${port}`,
          asked ? 'qualify_frequency=2\nqualify_timeout=1' : '',
        ]
      : [
          `[${name}]\ntype=peer\nhost=${address}\nport=${port}\ncontext=from-trunk`,
          asked ? 'qualify=1000\nqualifyfreq=2' : '',
        ];
  return [...lines, ''].join('\n');
}

/** A telephone of the office that needs no password, known by its address. */
function officeSection(driver: Company['driver']): string {
  if (driver === 'SIP') {
    return `[office]\ntype=peer\nhost=${OFFICE}\ninsecure=port,invite\ncontext=from-internal\n`;
  }
  const endpoint =
    '[office]\ntype=endpoint\ncontext=from-internal\ndisallow=all\nallow=alaw\ndirect_media=no';
  return `${endpoint}\n[office]\ntype=identify\nendpoint=office\nmatch=${OFFICE}\n`;
}

/** Those that are to stand in one's own dialplan, in the head of a sample. */
function linesToCopy(sample: string, driver: Company['driver']): string[] {
  const lines = sample.matchAll(/^; +(same => .*)$/gm);
  return [...lines].map(([, line = '']) => line.replace('PJSIP/', `${driver}/`));
}

async function untilUnreachable({ asterisk, driver }: Company, name: string): Promise<void> {
  const command = driver === 'PJSIP' ? `pjsip show contacts` : `sip show peer ${name}`;
  for (let look = 0; look < 40; look += 1) {
    const lines = (await asterisk.rx(command)).split('\n').filter((line) => /asked|Status/.test(line));
    if (lines.some((line) => /Unavail|UNREACHABLE/.test(line))) return;
    await sleep(500);
  }
  throw new Error(`Asterisk did not notice that ${name} is away.`);
}
