import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { parseConfig } from '../../src/config/load.ts';
import { openLoneCaller } from '../../src/desk/lone-caller.ts';
import { openTestCall } from '../../src/desk/test-calls.ts';
import { whyLoginWasRefused } from '../../src/doctor/test-call/login-refusal.ts';
import { STEP_NAMES, type Step } from '../../src/doctor/test-call/step.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { doorRequest } from '../lab/door-request.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import type { ReceivedCall } from '../lab/sip.ts';
import type { PhoneRule } from '../lab/sip/phone.scenario.ts';
import { type Company, startCompany, type Telephony, trunkDial } from './company.ts';
import { installedManagerConf } from './samples.ts';

/*
 * The door and the ladder of a test call on a real Asterisk, with the very manager.conf and courier-call.conf of
 * dialplan-examples. What the door refuses is in test/service/door, the twelve faults of the ladder in
 * test/service/doctor/test-call.test.ts.
 */

const SECRET = 'change-me-desk-of-the-lab';
const DOOR_SECRET = 'change-me-door';
const COMPANY_NUMBER = '74951234567';

const COURIER = '79161000011';
const RECIPIENT = '79162000001';
/** Of the same courier. */
const OTHER_RECIPIENT = '79162000002';
/** Telephones for test calls; nobody in the database has them. */
const TESTER = {
  answers: '79990001201',
  hangsUp: '79990001202',
  busy: '79990001203',
  silent: '79990001204',
  forbidden: '79990001205',
  congested: '79990001206',
};

const RULES: readonly PhoneRule[] = [
  { to: COURIER, behaviour: 'answer' },
  { to: RECIPIENT, behaviour: 'answerThenHangUp' },
  { to: OTHER_RECIPIENT, behaviour: 'answerThenHangUp' },
  { to: TESTER.answers, behaviour: 'answer' },
  { to: TESTER.hangsUp, behaviour: 'answerThenHangUp' },
  { to: TESTER.busy, behaviour: 'busy' },
  { to: TESTER.silent, behaviour: 'noAnswer' },
  { to: TESTER.forbidden, behaviour: 'forbidden' },
  { to: TESTER.congested, behaviour: 'congested' },
];

/** Accounts as they should not be. */
const OTHER_USERS = `
[shut-out]
secret = ${SECRET}
deny = 0.0.0.0/0.0.0.0
permit = 192.0.2.1/255.255.255.255
read = system,call
write = originate,call,reporting

[mute]
secret = ${SECRET}
read = system,call
write = call,reporting
`;

const TRIED: readonly Telephony[] = [
  { version: 22, driver: 'PJSIP' },
  { version: 16, driver: 'SIP' },
];

describe.each(TRIED)('on Asterisk $version with $driver', (telephony) => {
  const { driver } = telephony;
  const cleanups = new Cleanups();
  let company: Company;
  let desk: DeskProcess;
  let amiPort: number;
  let doorPort: number;
  let folder: string;

  beforeAll(async () => {
    amiPort = await freeTcpPort();
    doorPort = await freeTcpPort();
    company = await startCompany({
      ...telephony,
      rules: RULES,
      registered: ['101', '102'],
      files: (files) => ({
        ...files,
        'manager.conf': installedManagerConf({ port: amiPort, secret: SECRET }) + OTHER_USERS,
      }),
    });
    cleanups.add(company.stop);
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    ({ folder } = home);
    const secretFile = join(folder, 'door-secret');
    await writeFile(secretFile, DOOR_SECRET);
    desk = await startDeskProcess(home, {
      ami: { port: amiPort, username: 'courier-agi', secret: SECRET },
      sections: {
        ...sections(),
        door: {
          enabled: true,
          host: '127.0.0.1',
          port: doorPort,
          hours: '00:00-24:00',
          accounts: [
            { username: 'measoft', secretFile, allow: ['127.0.0.1'] },
            { username: 'office', secretFile, allow: ['127.0.0.1'], may: 'operatorCalls' },
          ],
        },
      },
    });
    cleanups.add(desk.kill);
    await desk.ready();
  }, 120_000);

  afterAll(cleanups.run, 60_000);

  const sections = () => ({
    dial: { extension: `${driver}/{EXTENSION}`, trunks: [{ dial: trunkDial(driver, '{NUMBER}') }] },
    calls: { callerId: COMPANY_NUMBER, ringSeconds: 5 },
  });

  const ask = (exten: string, channel = trunkDial(driver, `+${COURIER}`), username = 'measoft'): Socket => {
    const socket = connect(doorPort, '127.0.0.1');
    // The office program stays, to hear what becomes of it.
    const logoff = username !== 'office';
    socket.write(doorRequest({ username, secret: DOOR_SECRET, channel, exten, logoff }));
    return socket;
  };
  const answersOf = async (socket: Socket): Promise<string> => {
    let text = '';
    socket.on('data', (part: Buffer) => (text += part.toString()));
    await once(socket, 'close');
    return text;
  };
  const ended = async (number: string) => {
    const find = async () =>
      (await desk.calls()).find(({ to, state }) => to.number === number && state === 'ended');
    await eventually('the call has ended', async () => (await find()) !== undefined, 30_000);
    return find();
  };

  describe('the door', () => {
    test('lets the request of the source document ring the courier, and then the recipient, with the company’s number', async () => {
      expect(await answersOf(ask(`+${RECIPIENT}`))).toMatch(
        /^Asterisk Call Manager\/\S+\r\nResponse: Success\r\nMessage: Authentication accepted\r\n\r\nResponse: Success\r\nMessage: Originate successfully queued\r\n\r\nResponse: Goodbye\r\n/,
      );
      expect(await ended(RECIPIENT)).toMatchObject({
        direction: 'courier',
        outcome: 'answered',
        from: { number: COURIER },
        to: { number: RECIPIENT },
        request: { by: 'door' },
      });
      const rung = await company.trunk.calls();
      expect(rung.map(({ number, from }) => ({ number, from }))).toEqual([
        { number: COURIER, from: COMPANY_NUMBER },
        { number: RECIPIENT, from: COMPANY_NUMBER },
      ]);
      const [first, second] = rung;
      expect(second?.at).toBeGreaterThan(answeredAt(first));
    });

    test('also when nobody reads what it answers', async () => {
      const socket = ask(`+${OTHER_RECIPIENT}`);
      cleanups.add(async () => void socket.destroy());
      socket.pause();
      expect(await ended(OTHER_RECIPIENT)).toMatchObject({ outcome: 'answered' });
    });

    test.each([
      ['a number of nobody', `+${TESTER.answers}`, undefined],
      ['a client', '+74952000201', undefined],
      ['a channel of the attacker’s', `+${RECIPIENT}`, `Local/+${COURIER}@from-internal`],
      ['two channels', `+${RECIPIENT}`, `${driver}/1@trunk&${driver}/+${COURIER}@trunk`],
    ])('rings nobody for %s', async (_what, exten, channel) => {
      const before = (await company.trunk.calls()).length;
      const log = (await company.asterisk.log()).length;
      expect(await answersOf(ask(exten, channel))).toContain(
        'Response: Error\r\nMessage: Permission denied\r\n',
      );
      expect((await company.trunk.calls()).length).toBe(before);
      expect((await company.asterisk.log()).slice(log)).not.toMatch(/originate|Dial\(/i);
    });

    test('rings the telephone of an operator, and tells the office program of that telephone alone', async () => {
      const socket = ask(`+${TESTER.hangsUp}`, 'SIP/101', 'office');
      cleanups.add(async () => void socket.destroy());
      let text = '';
      socket.on('data', (part: Buffer) => (text += part.toString()));
      await eventually('the end of the call', () => text.includes('Event: Hangup\r\n'), 30_000);
      expect(text).toContain('Originate successfully queued');
      const channels = [...text.matchAll(/^(?:Dest)?Channel: (.+)\r$/gm)].map(([, channel = '']) => channel);
      expect(channels.length).toBeGreaterThan(3);
      const events = text.split('\r\n\r\n').filter((part) => part.startsWith('Event: '));
      for (const event of events) expect(event).toMatch(new RegExp(`^(?:Dest)?Channel: ${driver}/101-`, 'm'));
      expect(await ended(TESTER.hangsUp)).toMatchObject({ direction: 'out', from: { extension: '101' } });
      expect((await company.trunk.calls()).at(-1)).toMatchObject({
        number: TESTER.hangsUp,
        from: COMPANY_NUMBER,
      });
    });

    test('says no in time while Asterisk stands still, so that an app can call by other means', async () => {
      const before = (await company.trunk.calls()).length;
      process.kill(company.asterisk.pid, 'SIGSTOP');
      const begun = performance.now();
      try {
        expect(await answersOf(ask(`+${RECIPIENT}`))).toContain(
          'Response: Error\r\nMessage: Originate failed\r\n',
        );
      } finally {
        process.kill(company.asterisk.pid, 'SIGCONT');
      }
      // Two seconds, and what a busy machine takes besides.
      expect(performance.now() - begun).toBeLessThan(4000);
      expect((await company.trunk.calls()).length).toBe(before);
    });

    test('asks Asterisk with an account that may originate, and no more than the desk needs', async () => {
      const rights = await company.asterisk.rx('manager show user courier-agi');
      expect(/write perm: (.*)/.exec(rights)?.[1]?.trim().split(',').toSorted()).toEqual([
        'call',
        'originate',
        'reporting',
      ]);
    });
  });

  describe('the ladder of a test call', () => {
    const climb = async (
      from: string,
      to: string,
      asterisk: Readonly<Record<string, unknown>> = {},
      secret = SECRET,
    ) => {
      const secretFile = join(folder, `secret-${Math.random()}`);
      await writeFile(secretFile, secret);
      const config = parseConfig(
        JSON.stringify({ asterisk: { port: amiPort, secretFile, ...asterisk }, ...sections() }),
        'test',
      );
      const caller = openLoneCaller(config);
      const steps: Step[] = [];
      const why = ({ username }: { readonly username: string }) =>
        whyLoginWasRefused(company.asterisk.rx, username, () => company.asterisk.log());
      try {
        for await (const step of openTestCall(config, { from, to }, caller, why)) steps.push(step);
      } finally {
        await caller.stop();
      }
      expect(steps.map(({ name }) => name)).toEqual(STEP_NAMES);
      return steps.find(({ state }) => state === 'fail');
    };

    test('reaches the top when both answer', async () => {
      expect(await climb(TESTER.answers, TESTER.hangsUp)).toBeUndefined();
    });

    test.each([
      ['the trunk forbids the number', TESTER.forbidden, TESTER.answers, 'trunk', /403/],
      ['the trunk has no room', TESTER.congested, TESTER.answers, 'trunk', /503/],
      ['the first telephone is silent', TESTER.silent, TESTER.answers, 'first answers', /трубку не взяли/],
      ['the second telephone is busy', TESTER.answers, TESTER.busy, 'second rings', /Второй телефон занят/],
      [
        'the trunk forbids the second number',
        TESTER.answers,
        TESTER.forbidden,
        'second rings',
        /второй.*403/,
      ],
    ])('%s', async (_what, from, to, name, text) => {
      const failed = await climb(from, to);
      expect(failed).toMatchObject({ name, message: { ru: expect.stringMatching(text) } });
      expect(failed?.remedy?.ru).toMatch(/.{20}/);
    });

    test.each([
      ['a wrong secret', {}, 'wrong', 'login', /the secret is wrong/],
      ['an address that is not permitted', { username: 'shut-out' }, SECRET, 'login', /permit/],
      ['a user whom there is not', { username: 'nobody' }, SECRET, 'login', /no such user/],
      ['a right that is missing', { username: 'mute' }, SECRET, 'right', /originate is missing/],
    ])('%s', async (_what, asterisk, secret, name, text) => {
      const failed = await climb(TESTER.answers, TESTER.hangsUp, asterisk, secret);
      expect(failed).toMatchObject({ name, message: { en: expect.stringMatching(text) } });
    });

    test('a context that is not there', async () => {
      await company.asterisk.rx('dialplan remove context courier-call');
      expect(await climb(TESTER.answers, TESTER.hangsUp)).toMatchObject({ name: 'context' });
    });
  });
});

function answeredAt(call: ReceivedCall | undefined): number {
  const answer = call?.dialogue.find(({ firstLine }) => firstLine.startsWith('SIP/2.0 200'));
  if (answer === undefined) throw new Error('It was not answered.');
  return answer.at;
}
