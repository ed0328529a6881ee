import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { type Company, OPERATORS_NUMBER, startCompany, TELEPHONIES } from './company.ts';
import { troubleIn } from './calls.ts';

/** Source files that read the samples. Others complain of what is not configured in this lab. */
const READERS =
  /\] (pbx|pbx_config|pbx_variables|pbx_ael|config|config_options|ast_expr2|app_stack|sorcery|res_sorcery_config|chan_pjsip|chan_sip|res_pjsip[\w/]*|sip\/\w+)\.c: /;

const CIRCLE = [1, 2, 3, 4, 5].map((round) => `round ${round}`);

const SETTINGS = [
  ...TELEPHONIES.map((telephony) => ({ ...telephony, language: 'extensions.conf' })),
  ...TELEPHONIES.map((telephony) => ({ ...telephony, language: 'extensions.ael', dialplan: 'AEL' as const })),
];

describe.each(SETTINGS)('the samples on Asterisk $version with $driver and $language', (telephony) => {
  let company: Company;
  const cleanups = new Cleanups();

  beforeAll(async () => {
    company = await startCompany({
      ...telephony,
      atOnce: 3,
      rules: [
        { name: 'forwarded', to: '101', behaviour: 'forward', forwardTo: '79990000000' },
        { name: 'forwarded', to: '102', behaviour: 'busy' },
        { name: 'sent back', to: '79161000011', behaviour: 'forward', forwardTo: '74950000000' },
        { name: 'recorded', to: '101', behaviour: 'noAnswer' },
        { name: 'own number', to: '79161000011', behaviour: 'busy' },
        { name: 'forwarded, own number', to: '101', behaviour: 'forward', forwardTo: '79990000000' },
        { name: 'forwarded, own number', to: '102', behaviour: 'busy' },
        ...CIRCLE.map((name) => ({ name, to: '79161000011', behaviour: 'noAnswer' as const })),
      ],
    });
    cleanups.add(company.stop);
  }, 120_000);

  afterAll(cleanups.run, 60_000);

  test('load without a warning', async () => {
    const log = await company.asterisk.log();
    const trouble = troubleIn(log.slice(0, log.indexOf('Asterisk Ready')));
    const ofSamples = trouble.filter(
      (line) => READERS.test(line) && !line.includes('Unable to load config file'),
    );
    expect(ofSamples).toEqual([]);
  });

  test.each([
    ['a recipient', '79162000001', ['79161000011'], 'his courier'],
    ['a courier', '79161000012', ['103'], "his manager's extension"],
    ['a client', '74952000202', ['104', '79035550004'], "his manager's extension and mobile"],
    ['a contact person', '79162000302', ['104', '79035550004'], "the client's manager"],
    ['a stranger', '79990001122', [OPERATORS_NUMBER], 'the operators'],
  ])('%s (%s) rings %s: %s', async (_who, from, numbers) => {
    const call = await company.call({ from, name: `from-${from}` });
    const rung = await company.rung(`from-${from}`);
    expect(rung.map((one) => one.number).toSorted()).toEqual(numbers);
    expect(rung.map((one) => one.from)).toEqual(rung.map(() => from));
    expect(call.status).toBe(200);
  });

  test('whatever number, digit or name the provider delivers a call to, it is one to the company', async () => {
    const delivered = ['company', '5', '+74950000000', 'a.b-c'];
    const calls = await Promise.all(
      // Client 201 and a contact person of it, twice each.
      delivered.map((to, index) =>
        company.call({ from: index < 2 ? '74952000201' : '74952000301', name: `to ${to}`, to }),
      ),
    );
    expect(calls.map(({ status }) => status)).toEqual(delivered.map(() => 200));
    for (const to of delivered)
      expect((await company.rung(`to ${to}`)).map(({ number }) => number).toSorted()).toEqual(['101', '102']);
  });

  test('out of hours the router is not asked and nobody is rung', async () => {
    const hours = await globalOf(company, 'WORK_HOURS');
    await company.asterisk.rx('dialplan set global WORK_HOURS 00:00-00:01,mon,1,jan');
    const call = await company.call({ from: '79162000001', name: 'at night' });
    await company.asterisk.rx(`dialplan set global WORK_HOURS ${hours}`);
    expect(await company.rung('at night')).toEqual([]);
    expect(call.status).toBeGreaterThanOrEqual(400);
    // Open again, as the test after this one needs it.
    expect(await globalOf(company, 'WORK_HOURS')).toBe(hours);
  });

  test('a manager who forwards his telephone is found where he is', async () => {
    await company.call({ from: '79161000011', name: 'forwarded' });
    const numbers = (await company.rung('forwarded')).map((one) => one.number);
    expect(numbers.toSorted()).toEqual(['101', '102', '79990000000']);
  });

  test('a call that is forwarded back to us reaches the operators and is not routed again', async () => {
    const call = await company.call({ from: '79162000001', name: 'sent back' });
    const numbers = (await company.rung('sent back')).map((one) => one.number);
    expect(numbers).toEqual(['79161000011', OPERATORS_NUMBER]);
    expect(call.status).toBe(200);
  });

  test('a courier is shown our own number where the trunk wants it, the operators the caller', async () => {
    await company.asterisk.rx('dialplan set global COURIER_CALLERID 74950000000');
    await company.call({ from: '79162000001', name: 'own number' });
    await company.asterisk.rx('dialplan set global COURIER_CALLERID ""');
    const rung = await company.rung('own number');
    expect(rung.map(({ number, from }) => [number, from])).toEqual([
      ['79161000011', '74950000000'],
      [OPERATORS_NUMBER, '79162000001'],
    ]);
  });

  test("a manager's mobile is shown our own number likewise, and his extension the caller", async () => {
    await company.asterisk.rx('dialplan set global COURIER_CALLERID 74950000000');
    await company.call({ from: '74952000202', name: 'mobile' });
    await company.call({ from: '79161000011', name: 'forwarded, own number' });
    await company.asterisk.rx('dialplan set global COURIER_CALLERID ""');
    const rung = await company.rung('mobile');
    expect(Object.fromEntries(rung.map(({ number, from }) => [number, from]))).toEqual({
      '104': '74952000202',
      '79035550004': '74950000000',
    });
    const forwarded = (await company.rung('forwarded, own number')).map((one) => one.number);
    expect(forwarded.toSorted()).toEqual(['101', '102', '79990000000']);
  });

  test('a circle through a mobile that forwards to us ends at the operators', async () => {
    // Each round comes in as a call of its own, while those before it still ring.
    await Promise.all(CIRCLE.map((name) => company.call({ from: '79162000001', name })));
    const rounds = await Promise.all(CIRCLE.map((name) => company.rung(name)));
    const numbers = rounds.map((rung) => rung.map(({ number }) => number).join());
    expect(numbers.toSorted()).toEqual(
      [
        OPERATORS_NUMBER,
        OPERATORS_NUMBER,
        `79161000011,${OPERATORS_NUMBER}`,
        `79161000011,${OPERATORS_NUMBER}`,
        `79161000011,${OPERATORS_NUMBER}`,
      ].toSorted(),
    );
    // It says why.
    expect(await company.asterisk.log()).toContain(
      'COURIER_AT_ONCE=3 calls of this number are put through already',
    );
  });

  test('nothing is recorded unless the admin wants it', async () => {
    expect(await company.asterisk.spooled('monitor')).toEqual([]);
  });

  test.each(['No', 'yesterday'])('COURIER_RECORD=%s records nothing', async (value) => {
    await company.asterisk.rx(`dialplan set global COURIER_RECORD ${value}`);
    await company.call({ from: '79162000001', name: 'recorded' });
    expect(await company.asterisk.spooled('monitor')).toEqual([]);
  });

  test.each(['Yes', '1'])(
    'with COURIER_RECORD=%s a talk is recorded under a name that tells nothing of the caller',
    async (value) => {
      const before = await company.asterisk.spooled('monitor');
      await company.asterisk.rx(`dialplan set global COURIER_RECORD ${value}`);
      await company.call({ from: '79162000001', name: 'recorded' });
      await company.asterisk.rx('dialplan set global COURIER_RECORD no');
      const files = await company.asterisk.spooled('monitor');
      expect(files).toHaveLength(before.length + 1);
      expect(files).toEqual(files.map(() => expect.stringMatching(/^courier-[\d.]+\.wav$/)));
    },
  );
});

describe.each(TELEPHONIES)(
  'a trunk that tells who answered, on Asterisk $version with $driver',
  (telephony) => {
    let company: Company;
    const cleanups = new Cleanups();

    beforeAll(async () => {
      company = await startCompany({
        ...telephony,
        files: (files) => ({ ...files, ...tellingWhoAnswered(files) }),
      });
      cleanups.add(company.stop);
    }, 120_000);

    afterAll(cleanups.run, 60_000);

    test("the caller is not shown the courier's number", async () => {
      const { messages } = await company.call({ from: '79162000001', name: 'curious' });
      const received = messages.filter((one) => one.direction === 'received').map((one) => one.text);
      expect(received.length).toBeGreaterThan(2);
      expect(received.filter((text) => text.includes('79161000011'))).toEqual([]);
    });
  },
);

/** A trunk that hands on who was connected, and who was rung. */
function tellingWhoAnswered(files: Record<string, string>): Record<string, string> {
  const { 'pjsip.conf': pjsip, 'sip.conf': sip } = files;
  return {
    ...(pjsip === undefined
      ? {}
      : {
          'pjsip.conf': pjsip.replace(
            '\naors=trunk\n',
            '\naors=trunk\nsend_pai=yes\ntrust_id_inbound=yes\ntrust_id_outbound=yes\n',
          ),
        }),
    ...(sip === undefined
      ? {}
      : { 'sip.conf': sip.replace('[trunk]\n', '[trunk]\nsendrpid=pai\ntrustrpid=yes\n') }),
  };
}

async function globalOf(company: Company, name: string): Promise<string> {
  const all = await company.asterisk.rx('dialplan show globals');
  return new RegExp(`^ *${name}=(.*)$`, 'm').exec(all)?.[1]?.trim() ?? '';
}
