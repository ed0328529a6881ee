import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../src/calls/call.ts';
import { judgeCalls } from '../../src/doctor/desk/calls.check.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { followDesk, type ToldCall } from '../lab/followed-desk.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import type { ReceivedCall } from '../lab/sip.ts';
import { header, type SipMessage } from '../lab/sip/message-log.ts';
import type { PhoneRule } from '../lab/sip/phone.scenario.ts';
import { type Company, startCompany, TELEPHONIES, trunkDial } from './company.ts';
import { installedManagerConf } from './samples.ts';

/*
 * Calls that the desk makes, on a real Asterisk with the very courier-call.conf of dialplan-examples: what its telephones
 * see on the line. What the desk does when AMI breaks is in test/service/calling.
 */

const SECRET = 'change-me-desk-of-the-lab';
const COMPANY_NUMBER = '74951234567';

/** Couriers and recipients of the demo company. */
/** Goes before a courier's number, and before no recipient's. */
const PREFIX = '00';
const COURIER = '79161000011';
const SILENT_COURIER = '79161000012';
const RECIPIENT = '79162000001';
const SHIPMENT = 70_001;
/** In the hands of the silent courier. */
const OTHER_SHIPMENT = 70_003;
const OTHER_RECIPIENT = '79162000002';

/** Numbers that are nobody's. */
const STRANGER = { answers: '79990001101', waits: '79990001102', busy: '79990001103', dead: '79980000000' };

/** An odd number: the machine may be busy with something else in one of them. */
const CLICKS = 3;

const RULES: readonly PhoneRule[] = [
  { to: PREFIX + COURIER, behaviour: 'pressOne' },
  // A mailbox: it picks up, and presses nothing.
  { to: PREFIX + SILENT_COURIER, behaviour: 'answer' },
  { to: RECIPIENT, behaviour: 'answerThenHangUp' },
  { to: STRANGER.answers, behaviour: 'answerThenHangUp' },
  { to: STRANGER.waits, behaviour: 'noAnswer' },
  { to: STRANGER.busy, behaviour: 'busy' },
  { to: '102', behaviour: 'busy' },
];

describe.each(TELEPHONIES)('calls that the desk makes on Asterisk $version with $driver', (telephony) => {
  const { driver } = telephony;
  const cleanups = new Cleanups();
  let company: Company;
  let desk: DeskProcess;
  /** It takes as long as a courier is given to press a key. */
  let mailbox: ReturnType<typeof place>;

  beforeAll(async () => {
    const amiPort = await freeTcpPort();
    company = await startCompany({
      ...telephony,
      rules: RULES,
      registered: ['101', '102', '103'],
      courierPrefix: PREFIX,
      changes: { operators: `${driver}/101` },
      files: (files) => ({
        ...files,
        'manager.conf': installedManagerConf({ port: amiPort, secret: SECRET }),
        ...withIdentities(files, driver),
      }),
    });
    cleanups.add(company.stop);
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    desk = await startDeskProcess(home, {
      ami: { port: amiPort, username: 'courier-agi', secret: SECRET },
      // Who talks with whom while it lasts is nothing for operators.
      role: 'supervisor',
      sections: {
        dial: {
          extension: `${driver}/{EXTENSION}`,
          courierPrefix: PREFIX,
          trunks: [
            { prefix: ['7998'], dial: driver === 'PJSIP' ? 'PJSIP/{NUMBER}@dead' : 'SIP/dead/{NUMBER}' },
            { dial: trunkDial(driver, '{NUMBER}') },
          ],
        },
        calls: {
          callerId: COMPANY_NUMBER,
          ringSeconds: 20,
          recordCouriers: true,
          confirmCourier: true,
          announceCourier: 'beep',
          announceRecipient: 'beeperr',
          autoAnswer: [{ extensions: ['101'], header: 'call-info' }],
        },
      },
    });
    cleanups.add(desk.kill);
    await desk.ready();
    mailbox = place({ courier: 12 }, { shipment: OTHER_SHIPMENT });
  }, 120_000);

  afterAll(cleanups.run, 60_000);

  const place = (from: object, to: object, key?: string) =>
    desk.send('POST', '/api/calls', { from, to }, key === undefined ? {} : { 'idempotency-key': key });

  /** The call of an answer, once it has ended. */
  const ended = async ({ status, body }: Awaited<ReturnType<typeof place>>): Promise<Call> => {
    expect([status, body['error']]).toEqual([202, undefined]);
    const find = async () => (await desk.calls()).find(({ id }) => id === body['id']);
    await eventually('the call has ended', async () => (await find())?.state === 'ended', 30_000);
    return (await find()) as Call;
  };

  /** In less than a tenth of a second nobody says a word: that is no talk. */
  const aWord = () => sleep(300);

  /** Calls that a telephone or the trunk got for a number. */
  const rung = async (number: string): Promise<readonly ReceivedCall[]> => {
    const all = [...(await company.trunk.calls()), ...(await company.telephones.calls())];
    return all.filter((one) => one.number === number);
  };

  test('the sample loads without a warning', async () => {
    expect(await company.asterisk.rx('dialplan show courier-call')).toContain("[ Context 'courier-call'");
    const trouble = (await company.asterisk.log()).split('\n');
    expect(trouble.filter((line) => /\] (WARNING|ERROR)\[.*(courier-|pbx_config)/.test(line))).toEqual([]);
  });

  test('the telephone rings first and shows whom it calls; the other side sees the company', async () => {
    const call = await ended(await place({ extension: '101' }, { number: STRANGER.answers }));
    expect(call).toMatchObject({
      direction: 'out',
      outcome: 'answered',
      from: { extension: '101', user: 'olga' },
      to: { number: STRANGER.answers },
      request: { by: 'click', result: { code: 'answered' } },
      completeness: 'whole',
    });
    const [first, ...more] = await rung('101');
    const [second, ...others] = await rung(STRANGER.answers);
    expect([more, others]).toEqual([[], []]);
    expect(first?.from).toBe(STRANGER.answers);
    expect(second?.from).toBe(COMPANY_NUMBER);
    expect(second?.at).toBeGreaterThanOrEqual(answeredAt(first));
    expect(identities(second)).toEqual(new Set([COMPANY_NUMBER]));
    expect(identities(first)).toEqual(new Set([STRANGER.answers]));
    expect(textOf(second)).not.toMatch(/sip:101@|"101"/);
    // It picks up by itself, and the other side is not told to.
    expect(headerOf(first, 'Call-Info')).toMatch(/answer-after=0/);
    expect(headerOf(second, 'Call-Info')).toBe('');
  });

  test('whoever clicks sees it ring, talk and end within 300 ms of the line', async () => {
    const followed = await followDesk(desk);
    const delays: Record<string, number[]> = {};
    const note = (moment: string, seen: ToldCall | undefined, line: SipMessage | undefined): void => {
      (delays[moment] ??= []).push((seen?.at ?? Infinity) - (line?.at ?? -Infinity));
    };
    for (let click = 0; click < CLICKS; click += 1) {
      const { id } = await ended(await place({ extension: '101' }, { number: STRANGER.answers }));
      const seen = (isReached: (call: Call) => boolean) =>
        followed.told.find(({ call }) => call.id === id && isReached(call));
      const [first, second] = [(await rung('101')).at(-1), (await rung(STRANGER.answers)).at(-1)];
      note(
        'the first rings',
        seen(({ legs }) => legs[0]?.rangAt != null),
        said(first, 'SIP/2.0 180'),
      );
      note(
        'the second rings',
        seen(({ legs }) => legs[1]?.rangAt != null),
        said(second, 'SIP/2.0 180'),
      );
      note(
        'they talk',
        seen(({ state }) => state === 'talking'),
        said(second, 'SIP/2.0 200'),
      );
      const over = seen(({ state }) => state === 'ended');
      note('it ends', over, said(second, 'BYE'));
      expect(over?.call).toMatchObject({ outcome: 'answered', request: { result: { code: 'answered' } } });

      const { id: refused } = await ended(await place({ extension: '102' }, { number: STRANGER.waits }));
      const busy = followed.told.find(({ call }) => call.id === refused && call.state === 'ended');
      note('it ends busy', busy, said((await rung('102')).at(-1), 'SIP/2.0 486'));
      expect(busy?.call.outcome).toBe('busy');
    }
    followed.stop();
    // With the variables that the sample of manager.conf asks for.
    expect(desk.log()).not.toMatch(/was not believed/);
    const late = Object.entries(delays).filter(([, ms]) => !(Math.abs(medianOf(ms)) <= 300));
    expect(late).toEqual([]);
  }, 60_000);

  test('a telephone that is busy: nobody outside is called', async () => {
    const call = await ended(await place({ extension: '102' }, { number: STRANGER.waits }));
    expect(call).toMatchObject({ outcome: 'busy', request: { result: { code: 'first_busy' } } });
    expect(await rung(STRANGER.waits)).toEqual([]);
  });

  test('the other side is busy', async () => {
    const call = await ended(await place({ extension: '101' }, { number: STRANGER.busy }));
    expect(call).toMatchObject({ outcome: 'busy', request: { result: { code: 'busy' } } });
  });

  test('a double click is one call; it is cancelled while it rings, and talking on that telephone refuses another', async () => {
    const from = { extension: '103' };
    const [one, other] = await Promise.all([
      place(from, { number: STRANGER.waits }, 'a'),
      place(from, { number: STRANGER.waits }, 'b'),
    ]);
    expect(one?.body['id']).toBe(other?.body['id']);
    await eventually('the other side rings', async () => (await rung(STRANGER.waits)).length > 0);
    const busy = await place(from, { number: STRANGER.answers });
    expect(codeOf(busy)).toBe('busy');
    expect((await desk.send('DELETE', `/api/calls/${String(one?.body['id'])}`)).status).toBe(202);
    const call = await ended(one);
    expect(call).toMatchObject({ outcome: 'cancelled', request: { result: { code: 'cancelled' } } });
    expect(await rung('103')).toHaveLength(1);
    const [waiting, ...more] = await rung(STRANGER.waits);
    expect(more).toEqual([]);
    expect(waiting?.cancelledAt).toBeGreaterThan(0);
  });

  test('five refusals, five texts, and not one INVITE', async () => {
    const before = await invites();
    const refusals = [
      await place({ extension: '104' }, { number: STRANGER.answers }),
      await place({ extension: '101' }, { number: STRANGER.dead }),
      await place({ extension: '101' }, { number: 'PJSIP/101&Local/1@x' }),
      await place({ courier: 12 }, { shipment: SHIPMENT }),
    ];
    const doctor = async () => (await judgeCalls('courier-call', company.asterisk.rx)).state;
    expect(await doctor()).toBe('ok');
    await company.asterisk.rx('dialplan remove context courier-call');
    expect(await doctor()).toBe('warn');
    refusals.push(await place({ extension: '101' }, { number: STRANGER.answers }));
    await company.asterisk.rx('dialplan reload');
    expect(refusals.map(codeOf)).toEqual([
      'unreachable_extension',
      'trunk_away',
      'invalid_number',
      'not_entitled',
      'no_dialplan',
    ]);
    const texts = refusals.map(({ body }) => (body['error'] as { message: string }).message);
    expect(new Set(texts).size).toBe(5);
    for (const text of texts) expect(text).toMatch(/[а-я]{4}/);
    for (const { body } of refusals) expect(body['fallbackNumber']).toBe(COMPANY_NUMBER);
    expect(await invites()).toEqual(before);
  });

  test("a courier asks by shipment: rung first, presses 1, and never learns the recipient's number", async () => {
    const call = await ended(await place({ courier: 11 }, { shipment: SHIPMENT }));
    expect(call).toMatchObject({
      direction: 'courier',
      outcome: 'answered',
      from: { number: COURIER },
      to: { number: RECIPIENT },
      links: expect.arrayContaining([
        { kind: 'shipment', code: SHIPMENT, how: 'requested', rank: 1 },
        { kind: 'courier', code: 11, how: 'requested', rank: 1 },
      ]),
      request: { by: 'courier', result: { code: 'answered' } },
      completeness: 'whole',
    });
    const [first, ...more] = await rung(PREFIX + COURIER);
    const [second, ...others] = await rung(RECIPIENT);
    expect([more, others]).toEqual([[], []]);
    expect([first?.from, second?.from]).toEqual([COMPANY_NUMBER, COMPANY_NUMBER]);
    expect(second?.at).toBeGreaterThan(answeredAt(first));
    expect(textOf(first)).not.toContain(RECIPIENT.slice(-7));
    expect(textOf(second)).not.toContain(COURIER.slice(-7));
    // Each side hears what is for it, and nobody else does.
    const played = (await company.asterisk.log()).matchAll(/<([^>]+)> Playing '(\w+)\.\w+'/g);
    expect([...played].map(([, channel, sound]) => [channel, sound])).toEqual([
      [expect.stringContaining(`${COURIER}@courier-call-first`), 'beep'],
      [expect.stringContaining(`${driver}/trunk`), 'beeperr'],
    ]);
    const files = await company.asterisk.spooled('monitor');
    const name = `courier-${call.linkedIds[0]}`;
    expect(files.filter((file) => file.startsWith(name)).toSorted()).toEqual([
      `${name}-in.wav`,
      `${name}-out.wav`,
      `${name}.wav`,
    ]);
    expect(call.recordings).toMatchObject([{ id: `${name}.wav` }]);
    const attempts = await desk.get(`/api/shipments/${SHIPMENT}/attempts`);
    expect(attempts.body['attempts']).toMatchObject([
      { call: call.id, outcome: 'answered', recordings: [{ id: `${name}.wav` }] },
    ]);
  });

  test('a mailbox presses nothing: the recipient is not called', async () => {
    const call = await ended(await mailbox);
    expect(call).toMatchObject({
      direction: 'courier',
      outcome: 'no_answer',
      request: { result: { code: 'not_confirmed' } },
    });
    expect(await rung(PREFIX + SILENT_COURIER)).toHaveLength(1);
    expect(await rung(OTHER_RECIPIENT)).toEqual([]);
  }, 40_000);

  test('a live caller is put through to a courier', async () => {
    const before = (await rung(PREFIX + COURIER)).length;
    const talking = company.call({ from: STRANGER.answers, talkMs: 60_000 });
    // Told where it is awaited; a test that fails before must not end the run.
    talking.catch(() => undefined);
    const live = async () =>
      (await desk.calls()).find(({ direction, state }) => direction === 'in' && state === 'talking');
    await eventually('the caller talks with an operator', async () => (await live()) !== undefined);
    const call = await live();
    expect(call?.answeredBy?.extension).toBe('101');
    const connect = (to: object) => desk.send('POST', `/api/calls/${call?.id}/connect`, to);
    await aWord();
    // That one is busy: the caller comes back to whom they talked with.
    const operators = (await rung('101')).length;
    expect((await connect({ extension: '102' })).status).toBe(202);
    await eventually('the operator is rung again', async () => (await rung('101')).length > operators);
    await eventually('and talks again', async () => (await live())?.talks.length === 2);
    await aWord();
    const { status, body } = await connect({ courier: 11 });
    expect([status, body['error']]).toEqual([202, undefined]);
    await eventually('and then with the courier', async () => (await live())?.talks.length === 3);
    await aWord();
    expect((await desk.send('DELETE', `/api/calls/${call?.id}`)).status).toBe(202);
    await talking;
    const last = await ended({ status, body });
    const [courier, ...more] = (await rung(PREFIX + COURIER)).slice(before);
    expect(more).toEqual([]);
    expect(courier?.from).toBe(COMPANY_NUMBER);
    expect(last.talks.map(({ b }) => b.extension ?? b.number)).toEqual(['101', '101', COURIER]);
  }, 60_000);

  test('a caller comes back to a mobile as calls to outside are dialled', async () => {
    const before = (await rung(STRANGER.answers)).length;
    const talking = company.call({ from: STRANGER.waits, talkMs: 60_000 });
    talking.catch(() => undefined);
    const talks = async () =>
      (await desk.calls()).find(({ direction, state }) => direction === 'in' && state === 'talking')?.talks;
    await eventually('the caller talks with an operator', async () => (await talks())?.length === 1);
    const channels = await company.asterisk.rx('core show channels concise');
    const channel = /^\S+?\/trunk-[^!]+/m.exec(channels)?.[0];
    expect(channel).toBeDefined();
    const variables = {
      CONNECT: 'yes',
      CALLERID: COMPANY_NUMBER,
      RING: '10',
      OUTSIDE: 'no',
      // That one is busy.
      LINE: `${driver}/102`,
      BACK: `${driver}/101`,
      BACK_NUMBER: STRANGER.answers,
    };
    for (const [name, value] of Object.entries(variables))
      await company.asterisk.rx(`dialplan set chanvar ${channel} COURIER_${name} ${value}`);
    await company.asterisk.rx(`channel redirect ${channel} courier-call,102,1`);
    await talking;
    const [mobile, ...more] = (await rung(STRANGER.answers)).slice(before);
    expect(more).toEqual([]);
    expect(mobile?.from).toBe(COMPANY_NUMBER);
  }, 60_000);

  test('a recipient who calls back reaches the courier', async () => {
    const before = (await rung(PREFIX + COURIER)).length;
    await company.call({ from: RECIPIENT, talkMs: 300 });
    expect(await rung(PREFIX + COURIER)).toHaveLength(before + 1);
  });

  test('without the router the call goes over the trunk that the desk names', async () => {
    const before = (await rung(STRANGER.answers)).length;
    await company.asterisk.rx('dialplan set global COURIER_OUTBOUND agi://127.0.0.1:1/outbound');
    const call = await ended(await place({ extension: '101' }, { number: STRANGER.answers }));
    expect(call.outcome).toBe('answered');
    const [second, ...more] = (await rung(STRANGER.answers)).slice(before);
    expect(more).toEqual([]);
    expect(second?.from).toBe(COMPANY_NUMBER);
  });

  test('an Asterisk that stands still refuses within 2 s, and rings nobody when it goes on', async () => {
    const before = await invites();
    const { pid } = company.asterisk;
    process.kill(pid, 'SIGSTOP');
    // On a busy machine its threads go on for a moment.
    await eventually('it stands still', async () =>
      (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') T '),
    );
    const startedAt = Date.now();
    const refused = await place({ extension: '101' }, { number: STRANGER.answers }).finally(() => {
      process.kill(pid, 'SIGCONT');
    });
    expect(codeOf(refused)).toBe('asterisk_away');
    expect(refused.body['fallbackNumber']).toBe(COMPANY_NUMBER);
    expect(Date.now() - startedAt).toBeLessThan(2000);
    await desk.ready();
    expect(await invites()).toEqual(before);
  });

  /** All so far: whom and when. */
  async function invites(): Promise<string[]> {
    const all = [...(await company.trunk.calls()), ...(await company.telephones.calls())];
    return all.map(({ number, at }) => `${number} ${new Date(at).toISOString()}`).toSorted();
  }
});

/** Telephones and trunks that are told who calls in every header there is for it, and a trunk that is away. */
function withIdentities(
  files: Readonly<Record<string, string>>,
  driver: 'PJSIP' | 'SIP',
): Record<string, string> {
  if (driver === 'SIP') {
    const sip = files['sip.conf'] ?? '';
    return {
      'sip.conf': `${sip.replace('[general]\n', '[general]\nsendrpid=pai\ntrustrpid=yes\n')}
[dead]
type=peer
host=dynamic
context=from-trunk
`,
    };
  }
  const told = 'direct_media=no\nsend_pai=yes\nsend_rpid=yes\ntrust_id_outbound=yes';
  return {
    'pjsip.conf': `${(files['pjsip.conf'] ?? '').replaceAll('direct_media=no', told)}
[dead]
type=endpoint
context=from-trunk
disallow=all
allow=alaw
aors=dead
[dead]
type=aor
`,
  };
}

/** What a telephone said first of that kind, or heard. */
function said(call: ReceivedCall | undefined, beginning: string): SipMessage | undefined {
  return call?.dialogue.find(({ firstLine }) => firstLine.startsWith(beginning));
}

/** Of an odd number of them. */
function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[(numbers.length - 1) / 2] ?? NaN;
}

function answeredAt(call: ReceivedCall | undefined): number {
  return call?.dialogue.find(({ firstLine }) => firstLine.startsWith('SIP/2.0 200'))?.at ?? Infinity;
}

function textOf(call: ReceivedCall | undefined): string {
  return call?.dialogue.map(({ text }) => text).join('\n') ?? '';
}

function headerOf(call: ReceivedCall | undefined, name: string): string {
  const [invite] = call?.dialogue ?? [];
  return invite === undefined ? '' : header(invite, name);
}

/** The numbers that the headers of an INVITE say who calls. */
function identities(call: ReceivedCall | undefined): ReadonlySet<string> {
  const headers = ['From', 'P-Asserted-Identity', 'Remote-Party-ID'].map((name) => headerOf(call, name));
  return new Set(headers.flatMap((text) => /sip:([^@>]*)@/.exec(text)?.[1] ?? []));
}

function codeOf({ body }: { readonly body: Record<string, unknown> }): string {
  return (body['error'] as { code?: string } | undefined)?.code ?? 'none';
}
