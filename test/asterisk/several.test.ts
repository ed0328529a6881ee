import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { Call } from '../../src/calls/call.ts';
import { RUN_FOLDER } from '../lab/asterisk/namespace.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { type Company, startCompany } from './company.ts';
import { WatchedClient } from '../unit/ami/watched-client.ts';
import { installedManagerConf, readSample } from './samples.ts';

/*
 * Two Asterisks behind one desk, each with telephones and a trunk of its own: both are followed, and a call is made where
 * the telephone is.
 */

const SECRET = 'change-me-desk-of-the-lab';
const STRANGER = '79990001101';
/** Those who talk until the other side hangs up; one of them presses a key meanwhile. */
const TALKER = '79990003301';
const PRESSER = '79990003302';

const QUESTION = `${RUN_FOLDER}/etc/question`;
const THEN_A_SURVEY = `
[then-a-survey]
exten => _XXX,1,Dial(PJSIP/\${EXTEN},20,g)
 same => n,Gosub(courier-survey,s,1)
 same => n,Hangup()
#tryinclude "courier-survey.conf"
`;

const cleanups = new Cleanups();
let one: Company;
let two: Company;
let desk: DeskProcess;
let amiPorts: readonly [number, number];

beforeAll(async () => {
  const ports = [await freeTcpPort(), await freeTcpPort()] as const;
  const start = async (version: 16 | 22, port: number, registered: readonly string[]): Promise<Company> => {
    const company = await startCompany({
      version,
      driver: 'PJSIP',
      behaviour: 'answerThenHangUp',
      rules: [
        { to: '101', behaviour: 'answer' },
        { to: '102', behaviour: 'answer' },
        { to: TALKER, behaviour: 'answer' },
        { to: PRESSER, behaviour: 'pressOne' },
      ],
      registered,
      changes: { operators: `PJSIP/${registered[0]}` },
      files: (files) => ({
        ...files,
        'manager.conf': installedManagerConf({ port, secret: SECRET }),
        'courier-survey.conf': readSample('courier-survey.conf'),
        'question.ulaw': 'Ua'.repeat(400),
        'extensions.conf': `${files['extensions.conf']}\n${THEN_A_SURVEY}`,
      }),
    });
    cleanups.add(company.stop);
    return company;
  };
  one = await start(22, ports[0], ['101']);
  // 104 hangs up by itself.
  two = await start(16, ports[1], ['102', '104']);
  const surveyPort = await freeTcpPort();
  for (const { asterisk } of [one, two])
    await asterisk.rx(`dialplan set global COURIER_SURVEYOR agi://127.0.0.1:${surveyPort}/survey`);
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  const account = { username: 'courier-agi', secretFile: join(home.folder, 'ami-secret') };
  amiPorts = ports;
  desk = await startDeskProcess(home, {
    ami: { port: ports[0], username: 'courier-agi', secret: SECRET },
    role: 'supervisor',
    sections: {
      asterisk: [
        { name: 'one', port: ports[0], ...account },
        { name: 'two', port: ports[1], ...account },
      ],
      dial: { trunks: [{ dial: 'PJSIP/{NUMBER}@trunk' }] },
      calls: { callerId: '74951234567', ringSeconds: 10 },
      survey: {
        port: surveyPort,
        hours: '00:00-24:00',
        questions: [{ name: 'company', prompt: QUESTION, about: 'anybody' }],
      },
    },
  });
  cleanups.add(desk.kill);
  await desk.ready();
}, 120_000);
afterAll(cleanups.run, 60_000);

const place = (from: object, to: object) => desk.send('POST', '/api/calls', { from, to });
const codeOf = ({ body }: Awaited<ReturnType<typeof place>>): unknown =>
  Reflect.get(Object(body['error']), 'code');

/** A call that was made, once it has ended. */
async function ended({ status, body }: Awaited<ReturnType<typeof place>>): Promise<Call> {
  expect([status, body['error']]).toEqual([202, undefined]);
  const find = async () => (await desk.calls()).find(({ id }) => id === body['id']);
  await eventually('the call has ended', async () => (await find())?.state === 'ended', 30_000);
  return (await find()) as Call;
}
const invites = async ({ trunk, telephones }: Company, number: string): Promise<number> =>
  [...(await trunk.calls()), ...(await telephones.calls())].filter((call) => call.number === number).length;

test('calls of both are in one journal, with the name of their Asterisk', async () => {
  await Promise.all([
    one.call({ from: '79990002201', talkMs: 300 }),
    two.call({ from: '79990002202', talkMs: 300 }),
  ]);
  const of = async (number: string) => (await desk.calls()).find(({ from }) => from.number === number);
  await eventually('both are over', async () =>
    [await of('79990002201'), await of('79990002202')].every((call) => call?.state === 'ended'),
  );
  expect(await of('79990002201')).toMatchObject({ asterisk: 'one', answeredBy: { extension: '101' } });
  expect(await of('79990002202')).toMatchObject({ asterisk: 'two', answeredBy: { extension: '102' } });
}, 30_000);

test.each([
  ['101', 'one'],
  ['102', 'two'],
])(
  'a click on the telephone %s makes the call where it is registered: at %s',
  async (extension, name) => {
    const before = [await invites(one, STRANGER), await invites(two, STRANGER)];
    const call = await ended(await place({ extension }, { number: STRANGER }));
    expect(call).toMatchObject({ asterisk: name, outcome: 'answered', from: { extension } });
    const after = [await invites(one, STRANGER), await invites(two, STRANGER)];
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual(
      name === 'one' ? [1, 0] : [0, 1],
    );
  },
  40_000,
);

test('a telephone that is registered at neither is refused, and rings nowhere', async () => {
  expect(codeOf(await place({ extension: '103' }, { number: STRANGER }))).toBe('unreachable_extension');
  expect([await invites(one, '103'), await invites(two, '103')]).toEqual([0, 0]);
});

test('a test call is made where the telephone is, and every step names it', async () => {
  const { status, body } = await desk.send('POST', '/api/test-calls', { from: '102', to: STRANGER });
  const steps = body['steps'] as { asterisk: string; message: string }[];
  expect([status, body['good']]).toEqual([200, true]);
  expect(new Set(steps.map(({ asterisk }) => asterisk))).toEqual(new Set(['two']));
  expect(steps[0]?.message).toMatch(/^Asterisk two: /);
}, 40_000);

test('of two calls with the same id the one whose caller was asked gets the mark', async () => {
  const id = '1764230000.7';
  const begin = async (port: number, number: string, extension: string): Promise<void> => {
    const watched = new WatchedClient(port, { username: 'courier-agi', secret: SECRET });
    try {
      await watched.ready();
      await watched.client.action('Originate', [
        ['Channel', `PJSIP/${number}@trunk`],
        ['Context', 'then-a-survey'],
        ['Exten', extension],
        ['Priority', '1'],
        ['Async', 'true'],
        ['ChannelId', id],
      ]);
    } finally {
      await watched.client.stop();
    }
  };
  const of = async (name: string) => (await desk.calls()).find((call) => call.id === `${name}-${id}`);
  await begin(amiPorts[0], TALKER, '101');
  await eventually('one talks', async () => (await of('one'))?.state === 'talking');
  await begin(amiPorts[1], PRESSER, '104');
  await eventually('the other has ended', async () => (await of('two'))?.state === 'ended', 30_000);
  expect((await of('two'))?.survey).toMatchObject([{ question: 'company', value: 1 }]);
  expect(await of('one')).toMatchObject({ state: 'talking', survey: [] });
  await one.asterisk.rx('channel request hangup all');
}, 60_000);

test('one that is gone leaves the other at work', async () => {
  process.kill(one.asterisk.pid, 'SIGKILL');
  await eventually('it is missed', async () => {
    const { body } = await desk.get('/ready');
    const asterisks = body['asterisks'] as { asterisk: string; problem: string | null }[];
    return asterisks.find(({ asterisk }) => asterisk === 'one')?.problem !== null;
  });
  expect(codeOf(await place({ extension: '101' }, { number: STRANGER }))).toBe('asterisk_away');
  const click = await ended(await place({ extension: '102' }, { number: STRANGER }));
  expect(click).toMatchObject({ asterisk: 'two', outcome: 'answered' });
  // A courier is not registered anywhere: the first that is there calls.
  const courier = await ended(await place({ courier: 11 }, { shipment: 70_001 }));
  expect(courier).toMatchObject({ asterisk: 'two', direction: 'courier' });
}, 60_000);
