import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/config/load.ts';
import { openLoneCaller } from '../../../src/desk/lone-caller.ts';
import { openTestCall } from '../../../src/desk/test-calls.ts';
import { whyLoginWasRefused, type LoginRefusal } from '../../../src/doctor/test-call/login-refusal.ts';
import { STEP_NAMES, type Step } from '../../../src/doctor/test-call/step.ts';
import { testCall } from '../../../src/doctor/test-call/test-call.ts';
import { PlayedAsterisk, type PlayedAsteriskOptions } from '../../../src/simulator/ami/played-asterisk.ts';
import type { Script } from '../../../src/simulator/ami/script.ts';
import { originated, type Originated } from '../../../src/simulator/ami/stories.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { startDeafPort } from '../../lab/deaf-port.ts';
import { freeTcpPort } from '../../lab/free-port.ts';

/*
 * The ladder of a test call on a played Asterisk, on ports that are none, and on logs as Asterisk writes them. What SIP
 * and a real Asterisk do is held by test/asterisk/test-call.test.ts.
 */

const cleanups = new Cleanups();
afterEach(cleanups.run);

const SECRET = 'a-long-secret';
const FROM = '79161000011';
const TO = '79162000001';

interface Fault {
  readonly asterisk?: Readonly<Record<string, unknown>>;
  readonly played?: Partial<PlayedAsteriskOptions>;
  readonly story?: Partial<Originated>;
  readonly change?: (script: Script) => Script;
  readonly secret?: string;
  readonly calls?: unknown;
  readonly why?: LoginRefusal | null;
  readonly from?: string;
}

async function climb(fault: Fault = {}): Promise<Step[]> {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-test-call-'));
  cleanups.add(() => rm(folder, { recursive: true }));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, fault.secret ?? SECRET);
  const asterisk = new PlayedAsterisk({
    host: '127.0.0.1',
    port: 0,
    account: { username: 'courier-agi', secret: SECRET },
    speed: 20,
    onOriginate: (ids, request) => {
      const story = { ringSeconds: 2, outcome: 'both answer', talkSeconds: 60, ...fault.story } as const;
      const script = originated(ids, { ...request, ...story });
      return fault.change?.(script) ?? script;
    },
    ...fault.played,
  });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const config = parseConfig(
    JSON.stringify({
      asterisk: { port: asterisk.port, secretFile, ...fault.asterisk },
      ...('calls' in fault ? {} : { calls: { callerId: '74951234567' } }),
    }),
    'test',
  );
  const caller = openLoneCaller(config);
  cleanups.add(caller.stop);
  const { why } = fault;
  const steps =
    why === undefined
      ? openTestCall(config, { from: fault.from ?? FROM, to: TO }, caller)
      : testCall({
          section: config.asterisk[0] as never,
          secret: fault.secret ?? SECRET,
          settings: null,
          whyRefused: async () => why,
          place: () => Promise.reject(new Error('It never comes to this.')),
          patienceMs: 1000,
        });
  const told: Step[] = [];
  for await (const step of steps) told.push(step);
  return told;
}

/** A first leg that its line refuses before anything rings. */
function refusedBy(cause: number, code: string) {
  return (script: Script): Script =>
    script
      .filter(({ event }) => event['Event'] !== 'Newstate' && event['DialStatus'] !== 'RINGING')
      .map(({ atMs, event }) => ({
        atMs,
        event: {
          ...event,
          ...('ChannelState' in event && { ChannelState: '0', ChannelStateDesc: 'Down' }),
          ...('DestChannelState' in event && { DestChannelState: '0', DestChannelStateDesc: 'Down' }),
          ...('Cause' in event && { Cause: String(cause) }),
          ...('TechCause' in event && { TechCause: code }),
        },
      }));
}

const FAULTS: readonly (readonly [what: string, at: Step['name'], fault: () => Promise<Fault> | Fault])[] = [
  ['DNS', 'name', () => ({ asterisk: { host: 'asterisk.invalid' } })],
  ['port', 'port', async () => ({ asterisk: { port: await freeTcpPort() } })],
  [
    'dropped packets',
    'port',
    async () => {
      const { port, stop } = await startDeafPort();
      cleanups.add(stop);
      return { asterisk: { port } };
    },
  ],
  [
    'not AMI',
    'banner',
    async () => {
      const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      cleanups.add(async () => void server.close());
      const address = server.address();
      return { asterisk: { port: typeof address === 'object' ? address?.port : 0 } };
    },
  ],
  ['secret', 'login', () => ({ secret: 'wrong', why: 'secret' })],
  ['permit', 'login', () => ({ secret: 'wrong', why: 'address' })],
  ['right', 'right', () => ({ played: { mayOriginate: false } })],
  ['context', 'context', () => ({ played: { unknownExtensions: [`courier-call,${TO}`] } })],
  ['trunk 403', 'trunk', () => ({ story: { outcome: 'first refuses' }, change: refusedBy(21, '403') })],
  ['trunk 503', 'trunk', () => ({ story: { outcome: 'first refuses' }, change: refusedBy(34, '503') })],
  ['leg 1 silent', 'first answers', () => ({ story: { outcome: 'first does not answer' } })],
  ['leg 2 busy', 'second answers', () => ({ story: { outcome: 'second is busy' } })],
];

/** As it is told of every fault: one rung fails, those below are good, those above are not tried. */
function expectLadder(steps: readonly Step[], failed: Step['name']): Step {
  expect(steps.map(({ name }) => name)).toEqual(STEP_NAMES);
  const at = STEP_NAMES.indexOf(failed);
  expect(steps.map(({ state }) => state)).toEqual(
    STEP_NAMES.map((_name, index) => (index < at ? 'ok' : index === at ? 'fail' : 'skipped')),
  );
  const step = steps[at];
  if (step === undefined) throw new Error('There is no such rung.');
  return step;
}

test('a test call in which both answer reaches the top', async () => {
  const steps = await climb();
  expect(steps.map(({ name, state }) => [name, state])).toEqual(STEP_NAMES.map((name) => [name, 'ok']));
});

describe('twelve faults', () => {
  const told = new Map<string, Step>();

  test.each(FAULTS)('%s: the rung «%s» fails', async (what, name, fault) => {
    told.set(what, expectLadder(await climb(await fault()), name));
  });

  test.each(['en', 'ru'] as const)('have twelve texts and remedies: %s', (language) => {
    expect(told.size).toBe(12);
    const steps = [...told.values()];
    expect(new Set(steps.map(({ message }) => message[language])).size).toBe(12);
    expect(new Set(steps.map(({ remedy }) => remedy?.[language])).size).toBeGreaterThanOrEqual(11);
    for (const { message, remedy } of steps) {
      expect(message[language]).toMatch(/.{10}/);
      expect(remedy?.[language]).toMatch(/.{20}/);
      expect(/[а-яё]/i.test(message[language] + remedy?.[language])).toBe(language === 'ru');
    }
    expect(JSON.stringify(steps)).not.toMatch(/7916\d{7}|a-long-secret/);
  });
});

describe('what else may be wrong', () => {
  test('a user whom Asterisk does not have', async () => {
    const step = expectLadder(await climb({ secret: 'wrong', why: 'no such user' }), 'login');
    expect(step.message.en).toContain('no such user');
  });

  test('a login that nobody can explain: what it may be', async () => {
    const step = expectLadder(await climb({ secret: 'wrong', why: null }), 'login');
    expect(step.remedy?.en).toMatch(/secret.*permit/);
  });

  test('no section calls', async () => {
    const step = expectLadder(await climb({ calls: undefined }), 'right');
    expect(step.remedy?.en).toContain('callerId');
  });

  test('a telephone of the office that is not there', async () => {
    const steps = await climb({ from: '101', played: { deviceStates: { 'PJSIP/101': 'UNAVAILABLE' } } });
    expect(steps.find(({ state }) => state === 'fail')).toMatchObject({ name: 'first rings' });
  });

  test('a number that is none', () => {
    const config = parseConfig(JSON.stringify({ asterisk: {}, calls: { callerId: '74951234567' } }), 'test');
    const refuse = () => Promise.reject(new Error('no'));
    expect(() =>
      openTestCall(config, { from: 'hello', to: TO }, { place: refuse, asteriskFor: refuse }),
    ).toThrow('"hello" is no telephone number');
  });
});

describe('of several Asterisks', () => {
  /** @param played of each, by its name; null for one that is switched off */
  const climbSeveral = async (
    played: Readonly<Record<string, Partial<PlayedAsteriskOptions> | null>>,
    from: string,
    to = TO,
  ) => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-test-call-'));
    cleanups.add(() => rm(folder, { recursive: true }));
    const secretFile = join(folder, 'secret');
    await writeFile(secretFile, SECRET);
    const called: string[] = [];
    const extens: string[] = [];
    const sections: unknown[] = [];
    for (const [name, options] of Object.entries(played)) {
      const asterisk = new PlayedAsterisk({
        host: '127.0.0.1',
        port: 0,
        account: { username: 'courier-agi', secret: SECRET },
        speed: 20,
        onOriginate: (ids, request) => {
          called.push(name);
          extens.push(request.exten);
          return originated(ids, {
            ...request,
            ringSeconds: 2,
            outcome: 'both answer',
            talkSeconds: 60,
          });
        },
        ...options,
      });
      await asterisk.start();
      sections.push({ name, port: asterisk.port, secretFile });
      if (options === null) await asterisk.stop();
      else cleanups.add(() => asterisk.stop());
    }
    const config = parseConfig(
      JSON.stringify({ asterisk: sections, calls: { callerId: '74951234567' } }),
      'test',
    );
    const caller = openLoneCaller(config);
    cleanups.add(caller.stop);
    const steps = [];
    for await (const step of openTestCall(config, { from, to }, caller)) steps.push(step);
    return { steps, called, extens, asterisks: new Set(steps.map(({ asterisk }) => asterisk)) };
  };
  const elsewhere = { deviceStates: { 'PJSIP/101': 'UNAVAILABLE' } };

  test('the one where the telephone is makes the call, and every rung is about it', async () => {
    const { steps, called, asterisks } = await climbSeveral({ one: elsewhere, two: {} }, '101');
    expect(steps.map(({ name, state }) => [name, state])).toEqual(STEP_NAMES.map((name) => [name, 'ok']));
    expect([called, asterisks]).toEqual([['two'], new Set(['two'])]);
    expect(steps[0]?.message).toEqual({
      en: 'Asterisk two: 127.0.0.1 is known.',
      ru: 'Asterisk two: Хост 127.0.0.1 найден.',
    });
  });

  test('a number from abroad is called as it was written', async () => {
    // Of Hanoi. Without its plus it would be 8 495…, a number of Moscow.
    const { extens } = await climbSeveral({ one: {}, two: {} }, '101', '+84951234567');
    expect(extens).toEqual(['84951234567']);
  });

  test('the first that is there makes the call to a telephone outside', async () => {
    const { called, asterisks } = await climbSeveral({ one: null, two: {} }, FROM);
    expect([called, asterisks]).toEqual([['two'], new Set(['two'])]);
  });

  test('where the telephone may be on the one that is away, the rungs tell why that is', async () => {
    const { steps, called, asterisks } = await climbSeveral({ one: elsewhere, two: null }, '101');
    expect([called, asterisks]).toEqual([[], new Set(['two'])]);
    expect(steps.find(({ state }) => state === 'fail')?.name).toBe('port');
  });
});

describe('the log of Asterisk', () => {
  const CHANNELS = [
    'Channel                             Type     Formatter  Status    Configuration',
    '-------                             ----     ---------  ------    -------------',
    '/var/log/asterisk/messages.log      File     default    Enabled    - NOTICE WARNING ERROR',
    '/var/log/asterisk/other             File     default    Disabled   - NOTICE',
    '                                    Console  default    Enabled    - NOTICE WARNING ERROR',
  ].join('\n');
  const notice = (text: string) => `[Nov 27 01:00:00] NOTICE[42] manager.c: ${text}`;
  const failed = notice("127.0.0.1 failed to authenticate as 'courier-agi'");
  const why = (...lines: readonly string[]) =>
    whyLoginWasRefused(
      async () => CHANNELS,
      'courier-agi',
      async (path) => {
        if (path !== '/var/log/asterisk/messages.log') throw new Error('no such file');
        return lines.join('\n');
      },
    );

  test('tells what a refused login does not', async () => {
    const acl = notice("127.0.0.1 failed to pass IP ACL as 'courier-agi'");
    const nobody = notice("127.0.0.1 tried to authenticate with nonexistent user 'courier-agi'");
    expect(await why(failed)).toBe('secret');
    expect(await why(acl, failed)).toBe('address');
    expect(await why(nobody, failed)).toBe('no such user');
    // The last one counts, and that of this user.
    expect(await why(acl, failed, failed)).toBe('secret');
    expect(await why(failed, notice("127.0.0.1 failed to authenticate as 'other'"), acl, failed)).toBe(
      'address',
    );
    expect(await why(notice("127.0.0.1 failed to authenticate as 'other'"))).toBeNull();
    expect(await why()).toBeNull();
  });
});
