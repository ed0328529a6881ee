import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAsterisk } from '../../test/lab/asterisk.ts';
import { Cleanups } from '../../test/lab/cleanups.ts';
import { insertBigCompany, type BigCompany } from '../../test/lab/databases/big-company.ts';
import { createCourierDatabase } from '../../test/lab/databases/courier-schema.ts';
import { startDeskProcess, type DeskProcess } from '../../test/lab/desk-process.ts';
import { freeTcpPort } from '../../test/lab/free-port.ts';
import { startServerProcess } from '../../test/lab/server-process.ts';
import { type Phone, startPhone, TRUNK_ADDRESS } from '../../test/lab/sip.ts';
import { startBenchDatabase } from '../database.ts';
import { tell } from '../progress.ts';
import { askDoor, DOOR_SECRET, DOOR_USER } from './door.ts';
import { followEvents, type EventTimes } from './event-times.ts';
import { AMI_SECRET, callingFiles, EXTENSIONS } from './files.ts';
import { goal, percentiles, printTable, type Row } from './table.ts';

export interface CallingBenchOptions {
  readonly callsPerSecond: number;
  /** Of each way to ask. */
  readonly calls: number;
  readonly shipments: number;
}

/** A call that was asked for. */
interface Asked {
  /** Who is rung first, as in the INVITE. */
  readonly first: string;
  readonly second: string;
  /** Ms since 1970. */
  readonly at: number;
  /** Of the journal, where the answer names it. */
  readonly id: string | undefined;
}

interface Lab {
  readonly desk: DeskProcess;
  readonly doorPort: number;
  readonly company: BigCompany;
  readonly trunk: Phone;
  readonly telephones: Phone;
}

/** From a request to the first telephone, in ms, and what a page is told later than the telephones, as issue and docs promise. */
const INVITE_GOAL_MS = 50;
const TOLD_GOAL_MS = 300;
/** Calls that are not measured: a process that has just begun is slower. */
const WARM = 20;
const WARM_MS = 3000;
/** All calls are over by then. */
const OVER_MS = 4000;

/** Calls that the desk makes, on a real Asterisk with SIPp. @returns the exit status: 1 when a goal is missed */
export async function benchCalling(options: CallingBenchOptions): Promise<number> {
  const cleanups = new Cleanups();
  try {
    const lab = await startLab(options, cleanups);
    const events = await followEvents(lab.desk.port, lab.desk.token);
    cleanups.add(async () => events.stop());
    const ways: Readonly<Record<string, (index: number) => Promise<Asked>>> = {
      'a click, over HTTP': (index) => click(lab, index),
      'a courier, over HTTP': (index) => courier(lab, index),
      'a courier, at the door': (index) => atDoor(lab, index),
    };
    for (const [name, ask] of Object.entries(ways)) {
      tell(`warming up: ${name}`);
      await askAll(ask, { ...options, calls: WARM, from: 0 });
    }
    await sleep(WARM_MS);
    const rows: Row[] = [];
    let clicked: readonly Asked[] = [];
    for (const [name, ask] of Object.entries(ways)) {
      tell(`${name}: ${options.calls} calls`);
      const asked = await askAll(ask, { ...options, from: WARM });
      await sleep(OVER_MS);
      rows.push(await toFirstInvite(name, asked, lab));
      if (name.startsWith('a click')) clicked = asked;
    }
    rows.push(...(await toldLater(clicked, events.times, lab)));
    printTable(rows);
    return rows.some((row) => !goal(row)) ? 1 : 0;
  } finally {
    await cleanups.run();
  }
}

async function startLab({ shipments }: CallingBenchOptions, cleanups: Cleanups): Promise<Lab> {
  tell(`building a database of ${shipments} shipments`);
  const { server } = await startBenchDatabase();
  cleanups.add(() => server.stop());
  await createCourierDatabase(server);
  const company = await insertBigCompany(server, { shipments });
  const database = { url: server.url('courier') };
  const dial = { extension: 'PJSIP/{EXTENSION}', trunks: [{ dial: 'PJSIP/{NUMBER}@trunk' }] };
  const router = await startServerProcess(
    JSON.stringify({
      database,
      dial,
      listen: { port: 0 },
      http: { enabled: false },
      snapshot: { enabled: false },
    }),
  );
  cleanups.add(router.kill);
  // Each call is answered on both sides, and soon over.
  const trunk = await startPhone({
    address: TRUNK_ADDRESS,
    behaviour: 'answerThenHangUp',
  });
  cleanups.add(trunk.stop);
  const telephones = await startPhone();
  cleanups.add(telephones.stop);
  const amiPort = await freeTcpPort();
  const asterisk = await startAsterisk({
    version: 22,
    trace: false,
    files: ({ pjsip }) => callingFiles({ sipPort: pjsip, amiPort, agiPort: router.port, trunk, telephones }),
  });
  cleanups.add(asterisk.stop);
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-bench-calling-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const secretFile = join(folder, 'door-secret');
  await writeFile(secretFile, DOOR_SECRET);
  const doorPort = await freeTcpPort();
  const limits = {
    hours: '00:00-24:00',
    perCourierAtOnce: 100,
    perCourierHour: 10_000,
    perAccountHour: 10_000,
  };
  const accounts = [{ username: DOOR_USER, secretFile, allow: ['127.0.0.1'] }];
  const desk = await startDeskProcess(
    { folder },
    {
      ami: { port: amiPort, username: 'courier-agi', secret: AMI_SECRET },
      role: 'supervisor',
      sections: {
        database,
        dial,
        calls: { callerId: '74951234567', perMinute: 1000 },
        door: { enabled: true, host: '127.0.0.1', port: doorPort, ...limits, accounts },
      },
    },
  );
  cleanups.add(desk.kill);
  await desk.ready();
  return { desk, doorPort, company, trunk, telephones };
}

/** At a steady pace, whatever the answers take. */
async function askAll(
  ask: (index: number) => Promise<Asked>,
  { callsPerSecond, calls, from }: { callsPerSecond: number; calls: number; from: number },
): Promise<Asked[]> {
  const begun = performance.now();
  const asked: Promise<Asked>[] = [];
  for (let index = 0; index < calls; index += 1) {
    await sleep(Math.max(0, begun + (index * 1000) / callsPerSecond - performance.now()));
    asked.push(ask(from + index));
  }
  return Promise.all(asked);
}

async function click({ desk }: Lab, index: number): Promise<Asked> {
  const first = EXTENSIONS[index % EXTENSIONS.length] ?? '';
  const second = String(79_990_000_000 + index);
  return overHttp(desk, { first, second }, { extension: first }, { number: second });
}

async function courier({ desk, company }: Lab, index: number): Promise<Asked> {
  const { shipment, code } = heldShipment(company, index);
  const couple = { first: company.courier(code), second: company.recipient(shipment) };
  return overHttp(desk, couple, { courier: code }, { shipment });
}

async function overHttp(
  desk: DeskProcess,
  couple: Pick<Asked, 'first' | 'second'>,
  from: object,
  to: object,
): Promise<Asked> {
  const at = Date.now();
  const { status, body } = await desk.send('POST', '/api/calls', { from, to });
  return status === 202 ? { ...couple, at, id: String(body['id']) } : notMade(at, JSON.stringify(body));
}

async function atDoor({ doorPort, company }: Lab, index: number): Promise<Asked> {
  // Others than over HTTP.
  const { shipment, code } = heldShipment(company, 1000 + index);
  const [first, second] = [company.courier(code), company.recipient(shipment)];
  const at = Date.now();
  const said = await askDoor(doorPort, first, second);
  if (!said.includes('Originate successfully queued')) return notMade(at, said);
  return { first, second, at, id: undefined };
}

/** It counts as one that never rings. */
function notMade(at: number, why: string): Asked {
  tell(`a call was not made: ${why}`);
  return { first: '', second: '', at, id: undefined };
}

/** Every third one is in the hands of a courier, and these take turns. */
function heldShipment(
  company: BigCompany,
  index: number,
): { readonly shipment: number; readonly code: number } {
  let shipment = company.shipments - (company.shipments % 3) - 1 - 3 * index;
  while (shipment > 0 && !company.isHeld(shipment)) shipment -= 1;
  if (shipment <= 0) throw new Error(`No courier has so many shipments: ${index}`);
  return { shipment, code: (shipment % company.couriers) + 1 };
}

async function toFirstInvite(
  name: string,
  asked: readonly Asked[],
  { trunk, telephones }: Lab,
): Promise<Row> {
  const rung = [...(await trunk.calls()), ...(await telephones.calls())];
  const took = asked.map(({ first, at }) => {
    const times = rung.filter((one) => one.number === first && one.at >= at).map((one) => one.at - at);
    return Math.min(...times);
  });
  return {
    name: `${name}: from the request to the first INVITE`,
    ...percentiles(took),
    goalMs: INVITE_GOAL_MS,
  };
}

/** How much later than the telephones a page is told, by what SIPp has seen of the second side. */
async function toldLater(asked: readonly Asked[], times: EventTimes, { trunk }: Lab): Promise<Row[]> {
  const rung = new Map((await trunk.calls()).map((one) => [one.number, one]));
  const later = { ringing: [] as number[], talking: [] as number[], ended: [] as number[] };
  for (const { second, id = '', at } of asked) {
    const call = rung.get(second);
    const told = times.get(id);
    const answer = call?.dialogue.find(({ firstLine }) => firstLine.startsWith('SIP/2.0 200'));
    later.ringing.push((told?.ringing ?? Infinity) - at);
    later.talking.push((told?.talking ?? Infinity) - (answer?.at ?? -Infinity));
    later.ended.push((told?.ended ?? Infinity) - (call?.endedAt ?? -Infinity));
  }
  return Object.entries(later).map(([state, values]) => ({
    name: `told of a click that it is ${state}, later than it is so`,
    ...percentiles(values),
    goalMs: TOLD_GOAL_MS,
  }));
}
