import { connect, type Socket } from 'node:net';
import { AmiClient } from '../../../src/ami/client.ts';
import { EmbeddedDirectory } from '../../../src/directory/demo/embedded.directory.ts';
import { Door, type DoorOptions } from '../../../src/door/door.ts';
import type { Alarm } from '../../../src/door/alarms.ts';
import type { DoorAccount, DoorCall, DoorPeople, Refusal } from '../../../src/door/options.ts';
import { countryOfNumber } from '../../../src/phone/country.ts';
import { createFieldParser } from '../../../src/phone/field.ts';
import { normaliseNumber } from '../../../src/phone/number.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { doorRequest } from '../../lab/door-request.ts';
import { eventually } from '../../lab/eventually.ts';
import { FakeAmi, SECRET, success } from '../../unit/ami/fake-ami.ts';

/** A courier of the demo company, and the recipient of a shipment in their hands. */
export const COURIER = '+79161000011';
export const RECIPIENT = '+79162000001';
export const DOOR_SECRET = 'change-me-door';

const COURIERS: DoorAccount = {
  username: 'measoft',
  secret: DOOR_SECRET,
  allow: ['127.0.0.1'],
  may: 'courierCalls',
};
export const OPERATORS: DoorAccount = {
  username: 'office',
  secret: 'change-me-office',
  allow: ['127.0.0.0/8'],
  may: 'operatorCalls',
};

/** The door on the demo company, and an Asterisk behind it that tells every byte that came. */
export interface StartedDoor {
  readonly door: Door;
  readonly port: number;
  readonly calls: DoorCall[];
  readonly refusals: Refusal[];
  readonly alarms: Alarm[];
  /** What Asterisk got since the desk logged in. */
  readonly bytes: () => string;
  readonly connect: (localAddress?: string) => Promise<Program>;
}

const directory = new EmbeddedDirectory();
const parseField = createFieldParser('RU', { strip: ['9', '0'] });
const STAFF: Readonly<Record<string, readonly string[]>> = {
  olga: ['101', '102'],
  pavel: ['103'],
  irina: ['104', '79035550004'],
};

/** Whose numbers are whose in the demo company. */
export const demoPeople: DoorPeople = {
  find: async (number) => (await directory.find(number)).matches,
  normalise: (raw) => normaliseNumber(raw, 'RU', { strip: ['9', '0'] }),
  parseField,
  userOf: (extension) =>
    Object.entries(STAFF).find(([, telephones]) => telephones.includes(extension))?.[0] ?? null,
  telephonesOf: (user) => STAFF[user] ?? [],
};

export async function startDoor(
  cleanups: Cleanups,
  changes: Partial<DoorOptions> = {},
): Promise<StartedDoor> {
  const ami = await new FakeAmi({
    answers: { originate: (request) => success(request, 'Message: Originate successfully queued') },
  }).start();
  cleanups.add(() => ami.stop());
  const client = new AmiClient({
    host: '127.0.0.1',
    port: ami.port,
    username: 'courier-agi',
    secret: SECRET,
    events: [],
    timing: { settleMs: 1, pingMs: 600_000 },
    onReady: () => undefined,
    onEvent: () => undefined,
    onDown: () => undefined,
    onProblem: () => undefined,
  });
  client.start();
  cleanups.add(() => client.stop());
  await eventually('the desk has logged in', () => client.ready);
  const before = ami.peer.text.length;

  const calls: DoorCall[] = [];
  const refusals: Refusal[] = [];
  const alarms: Alarm[] = [];
  const door = new Door({
    host: '127.0.0.1',
    port: 0,
    accounts: [COURIERS, OPERATORS],
    officeNumbers: ['100'],
    courierPrefix: '',
    recipientPrefix: '',
    perCourierHour: 60,
    perCourierAtOnce: 1000,
    perAccountHour: 5000,
    hours: '00:00-24:00',
    timeZone: 'Europe/Moscow',
    loginSeconds: 10,
    refusalMs: 10,
    maxConnections: 1000,
    maxPerAddress: 200,
    people: demoPeople,
    countryOf: countryOfNumber,
    placeCall: async (call) => {
      calls.push(call);
      const to = call.to.kind === 'number' ? call.to.number : call.to.extension;
      await client.action('Originate', [['Exten', to]]);
      return { id: `call-${calls.length}` };
    },
    onRefused: (refusal) => refusals.push(refusal),
    onAlarm: (alarm) => alarms.push(alarm),
    onDropped: () => undefined,
    onListenerError: () => undefined,
    ...changes,
  });
  const { port } = await door.start();
  cleanups.add(() => door.stop());
  return {
    door,
    port,
    calls,
    refusals,
    alarms,
    bytes: () => ami.peer.text.slice(before),
    connect: (localAddress) => openProgram(cleanups, port, localAddress),
  };
}

/** A program that has connected. */
export interface Program {
  readonly socket: Socket;
  readonly send: (text: string | Buffer) => void;
  /** All that came. */
  readonly text: () => string;
  /** Waits until this has come. @returns all that came */
  readonly until: (text: string) => Promise<string>;
  readonly ended: () => Promise<string>;
}

export async function openProgram(
  cleanups: Cleanups,
  port: number,
  localAddress = '127.0.0.1',
): Promise<Program> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  cleanups.add(async () => void socket.destroy());
  return watchProgram(socket);
}

export function watchProgram(socket: Socket): Program {
  let text = '';
  let isOver = false;
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => (isOver = true));
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    text: () => text,
    until: async (wanted) => {
      await eventually(`${wanted} in ${JSON.stringify(text)}`, () => text.includes(wanted));
      return text;
    },
    ended: async () => {
      await eventually('the end of the connection', () => isOver);
      return text;
    },
  };
}

/** Lines of an action, with the empty one. */
export function action(...lines: readonly string[]): string {
  return [...lines, '', ''].join('\r\n');
}

export const LOGIN = action('Action: login', 'Username: measoft', `Secret: ${DOOR_SECRET}`);
export const OFFICE_LOGIN = action('Action: Login', 'Username: office', 'Secret: change-me-office');

/** The request of the source document, word for word, with `+7…` numbers and the trunk of its settings. */
export function vendorsRequest({
  channel = `SIP/trunk_name/${COURIER}`,
  exten = RECIPIENT,
}: { readonly channel?: string; readonly exten?: string } = {}): string {
  return doorRequest({ username: 'measoft', secret: DOOR_SECRET, channel, exten, logoff: true });
}
