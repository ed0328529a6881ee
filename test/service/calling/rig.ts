import { jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallEngine } from '../../../src/calling/engine.ts';
import type { CallsConfig } from '../../../src/calling/options.ts';
import type { CallRequest, Requester } from '../../../src/calling/request.ts';
import type { Call } from '../../../src/calls/call.ts';
import { EmbeddedDirectory } from '../../../src/directory/demo/embedded.directory.ts';
import { Desk } from '../../../src/desk/desk.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { openJournalOn } from '../../../src/journal/open.ts';
import { RequestStore } from '../../../src/journal/requests.store.ts';
import { createFieldParser } from '../../../src/phone/field.ts';
import { normaliseNumber } from '../../../src/phone/number.ts';
import { createDialer } from '../../../src/routing/dialer.ts';
import { PlayedAsterisk, type PlayedAsteriskOptions } from '../../../src/simulator/ami/played-asterisk.ts';
import { originated, type Originated } from '../../../src/simulator/ami/stories.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { sqliteInProcess } from '../../lab/journal/sqlite-in-process.ts';

const SUPERVISOR = { kind: 'token', name: 'test', role: 'supervisor', user: null, extensions: [] } as const;

export const OLGA: Requester = {
  name: 'session olga',
  user: 'olga',
  telephones: ['101', '102'],
  mayActForOthers: false,
};
export const PROGRAM: Requester = {
  name: 'token crm',
  user: null,
  telephones: [],
  mayActForOthers: true,
};

export const CALLS: CallsConfig = {
  callerId: '+74951234567',
  context: 'courier-call',
  ringSeconds: 30,
  perMinute: 1000,
  hours: '00:00-24:00',
  recordCouriers: false,
  confirmCourier: false,
  announceCourier: '',
  announceRecipient: '',
  autoAnswer: [],
};

const ACCOUNT = { username: 'desk', secret: 'a-long-secret' };

export interface RigOptions {
  readonly calls?: Partial<CallsConfig> | undefined;
  readonly played?: Partial<PlayedAsteriskOptions>;
  /** What becomes of a call that was asked for. Default: both answer. */
  readonly story?: Partial<Originated>;
  readonly folder?: string;
  readonly courierPrefix?: string;
}

/**
 * The real desk on a played Asterisk, on the demo company, with a real journal: what the engine does, without a sound.
 * Calls take a hundredth of their time.
 */
export async function startRig(options: RigOptions = {}) {
  const cleanups = new Cleanups();
  // SQLite works in this thread here, and would hold up everything at each flush of the disk.
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = options.folder ?? (await mkdtemp(join(memory, 'courier-agi-calling-')));
  if (options.folder === undefined) cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const onOriginate: PlayedAsteriskOptions['onOriginate'] = (ids, request) =>
    originated(ids, {
      ...request,
      ringSeconds: 2,
      outcome: 'both answer',
      talkSeconds: 10,
      ...options.story,
    });
  const asked = jest.fn(onOriginate);
  const asterisk = new PlayedAsterisk({
    host: '127.0.0.1',
    port: 0,
    account: ACCOUNT,
    speed: 100,
    onOriginate: asked,
    ...options.played,
  });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());

  const journal = new Journal({
    open: () => openJournalOn('sqlite', () => sqliteInProcess(join(folder, 'journal.db'))),
    onProblem: jest.fn(),
    onBack: jest.fn(),
    onLost: jest.fn(),
    onRefused: jest.fn(),
    collectMs: 50,
  });
  const directory = new EmbeddedDirectory();
  cleanups.add(() => directory.close());
  const numbers = { country: 'RU' } as const;
  const onProblem = jest.fn();
  const engine = new CallEngine({
    calls: 'calls' in options && options.calls === undefined ? undefined : { ...CALLS, ...options.calls },
    timeZone: 'Europe/Moscow',
    dialer: createDialer(
      {
        extension: 'PJSIP/{EXTENSION}',
        trunks: [{ dial: 'PJSIP/{NUMBER}@trunk' }],
        numberFormat: 'digits',
      },
      'RU',
    ),
    courierPrefix: options.courierPrefix ?? '',
    people: {
      find: async (number) => (await directory.find(number)).matches,
      findShipment: (code) => directory.findShipment(code),
      findCourier: (code) => directory.findCourier(code),
      normalise: (raw) => normaliseNumber(raw, 'RU'),
      parseField: createFieldParser('RU'),
      courierPhones: ['phonem', 'phonek'],
    },
    asterisks: () => desk.followers,
    requests: () => new RequestStore(journal.store.db),
    findCall: (id) => journal.store.get(id),
    tell: (call) => desk.tell(call),
    onProblem,
  });
  // Back at once after a cut, however often there is one.
  const timing = { firstPauseMs: 20, longestPauseMs: 50 };
  const account = { host: '127.0.0.1', port: asterisk.port, ...ACCOUNT, timing };
  const desk: Desk = new Desk({
    asterisks: [
      {
        name: 'main',
        account,
        trunks: ['trunk'],
        numbers,
      },
    ],
    journal,
    engine,
    bindings: { findMatches: async () => [], userOf: () => null },
    normalise: (raw) => raw,
    holder: 'rig',
    onStatus: jest.fn(),
    onRole: jest.fn(),
    onProblem,
  });
  /** Every version of every call, as those who follow are told. */
  const told: Call[] = [];
  desk.events.follow(({ textFor }) => {
    const [, name, data = ''] = /event: (\w+)\ndata: (.*)\n/.exec(textFor(SUPERVISOR)) ?? [];
    if (name === 'call') told.push(JSON.parse(data));
  });
  desk.start();
  engine.start();
  cleanups.add(async () => {
    engine.stop();
    await desk.stop(1000);
    await journal.stop(1000);
  });
  await eventually('the Asterisk is followed', () =>
    desk.followers.some(({ status }) => status.state === 'followed'),
  );

  return {
    asterisk,
    engine,
    desk,
    journal,
    folder,
    told,
    onProblem,
    /** What Asterisk was asked for. */
    asked: () => asked.mock.calls.map(([, request]) => request),
    place: (request: Partial<CallRequest> & Pick<CallRequest, 'to'>) =>
      engine.place({ requester: OLGA, by: 'click', key: null, from: { kind: 'own' }, ...request }),
    /** The last version of a call, once it has ended. */
    ended: async (id: string): Promise<Call> => {
      const find = () => told.findLast((call) => call.id === id && call.state === 'ended');
      await eventually(`the call ${id} has ended`, () => find() !== undefined);
      return find() as Call;
    },
    stop: cleanups.run,
  };
}

export type Rig = Awaited<ReturnType<typeof startRig>>;
