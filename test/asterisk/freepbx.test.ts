import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { type Outcome, outcomeOf, placeAll, troubleIn } from './calls.ts';
import { type Company, startCompany } from './company.ts';
import { readSample } from './samples.ts';

/** Contexts written after FreePBX's sources, around the sample for it; the operators are extension 104 in its queue. */
const FREEPBX = readFileSync(join(import.meta.dirname, 'freepbx', 'extensions.conf'), 'utf8');
const QUEUES = '[general]\n[600]\nstrategy=ringall\ntimeout=15\nmember => PJSIP/104\n';
const OPERATORS = '104';
const RECIPIENT = '79162000002';
const COURIERS = ['79161000012', '74951000012', '79161000011'];

const SETTINGS = [
  { version: 22, trunk: 'PJSIP/{NUMBER}@trunk', through: 'the trunk itself' },
  { version: 16, trunk: 'PJSIP/{NUMBER}@trunk', through: 'the trunk itself' },
  { version: 22, trunk: 'Local/{NUMBER}@from-internal', through: 'the outbound routes' },
  { version: 16, trunk: 'Local/{NUMBER}@from-internal', through: 'the outbound routes' },
] as const;

const CALLS = [
  { name: 'first', title: 'the first courier answers', expected: COURIERS.slice(0, 1) },
  { name: 'second', title: 'the first is busy, the second answers', expected: COURIERS.slice(0, 2) },
  { name: 'nobody', title: 'all are busy: the queue rings, once', expected: [...COURIERS, OPERATORS] },
  {
    name: 'congested',
    title: 'no line is free: the queue rings, once',
    expected: [...COURIERS, OPERATORS],
  },
];

describe.each(SETTINGS)(
  "contexts written after FreePBX's sources on Asterisk $version, calling through $through",
  ({ version, trunk }) => {
    let company: Company;
    let outcomes: ReadonlyMap<string, Outcome | Error>;
    const of = (name: string) => outcomeOf(outcomes, name);
    const cleanups = new Cleanups();

    beforeAll(async () => {
      company = await startCompany({
        version,
        driver: 'PJSIP',
        trunk,
        rules: [
          { name: 'second', to: '79161000012', behaviour: 'busy' },
          ...COURIERS.map((to) => ({ name: 'nobody', to, behaviour: 'busy' as const })),
          ...COURIERS.map((to) => ({ name: 'congested', to, behaviour: 'congested' as const })),
          { name: 'hangup', to: '79161000012', behaviour: 'noAnswer' },
          { name: 'ends', to: '79161000012', behaviour: 'answerThenHangUp' },
          { name: 'presses 1', to: '79161000012', behaviour: 'pressOne' },
        ],
        files: (files, routerUrl) => ({
          'pjsip.conf': files['pjsip.conf'] ?? '',
          'queues.conf': QUEUES,
          'extensions.conf': FREEPBX,
          'globals_custom.conf': `COURIER_ROUTER=${routerUrl}\n`,
          'extensions_custom.conf': readSample('extensions_custom.conf'),
          'courier-route.conf': readSample('courier-route.conf'),
        }),
      });
      cleanups.add(company.stop);
      outcomes = await placeAll(company, [
        ...CALLS.map(({ name }) => ({ name, from: RECIPIENT, talkMs: 6000 })),
        { name: 'stranger', from: '79990001122', talkMs: 6000 },
        { name: 'courier', from: '79161000011' },
        { name: 'hangup', from: RECIPIENT, giveUpAfterMs: 400 },
        { name: 'ends', from: RECIPIENT, talkMs: 10_000 },
      ]);
    }, 120_000);

    afterAll(cleanups.run, 60_000);

    test.each(CALLS)('$title', ({ name, expected }) => {
      const { call, numbers, rung } = of(name);
      expect(numbers).toEqual(expected);
      expect(call.status).toBe(200);
      // Whoever is rung sees the caller.
      expect(rung.map((one) => one.from)).toEqual(rung.map(() => RECIPIENT));
    });

    test('a stranger reaches the queue', () => {
      expect(of('stranger').numbers).toEqual([OPERATORS]);
    });

    test('a courier rings the extensions of his manager', () => {
      expect(of('courier').numbers.toSorted()).toEqual(['101', '102']);
    });

    test('the caller hangs up: nothing keeps ringing', () => {
      const { call, numbers, rung } = of('hangup');
      expect(call.status).toBe(487);
      expect(numbers).toEqual(COURIERS.slice(0, 1));
      expect(rung[0]?.cancelledAt).toBeDefined();
    });

    test('the courier hangs up: the call is over, the queue does not ring', () => {
      const { call, numbers } = of('ends');
      expect(call.endedBy).toBe('callee');
      expect(numbers).toEqual(COURIERS.slice(0, 1));
    });

    test('the courier is shown our own number where the admin wants it, the extension of a manager the caller', async () => {
      await company.asterisk.rx('dialplan set global COURIER_CALLERID 74950000001');
      await company.call({ from: RECIPIENT, name: 'own number' });
      await company.call({ from: '79161000011', name: 'own number inside' });
      await company.asterisk.rx('dialplan set global COURIER_CALLERID ""');
      const shown = async (name: string) => (await company.rung(name)).map((one) => one.from);
      expect(await shown('own number')).toEqual(['74950000001']);
      expect(await shown('own number inside')).toEqual(['79161000011', '79161000011']);
    });

    test('a mailbox is no answer where the admin wants a key pressed: the queue rings', async () => {
      await company.asterisk.rx('dialplan set global COURIER_CONFIRM on');
      const [one] = await Promise.all([
        company.call({ from: RECIPIENT, name: 'presses 1' }),
        company.call({ from: '79162000001', name: 'mailbox', talkMs: 6000 }),
      ]);
      await company.asterisk.rx('dialplan set global COURIER_CONFIRM no');
      const numbers = async (name: string) => (await company.rung(name)).map(({ number }) => number);
      expect(one.status).toBe(200);
      expect(await numbers('presses 1')).toEqual(['79161000012']);
      expect(await numbers('mailbox')).toEqual(['79161000011', OPERATORS]);
    });

    test('the record of the call says who called and which courier it is about', async () => {
      expect(await company.asterisk.log()).toContain('CDR(userfield)=recipient/12');
    });

    test('no channel is left, and Asterisk had nothing to warn of', async () => {
      expect(await company.asterisk.rx('core show channels')).toContain('0 active channels');
      const log = await company.asterisk.log();
      const [start = '', calls = ''] = log.split('Asterisk Ready');
      const ofDialplan = troubleIn(start).filter((line) => /\] (pbx|pbx_config|config)\.c: /.test(line));
      // FreePBX includes contexts that the admin may write or not.
      expect(ofDialplan.filter((line) => !/nonexistent context '[\w-]+-custom'/.test(line))).toEqual([]);
      expect(troubleIn(calls)).toEqual([]);
    });
  },
);
