import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Call } from '../../src/calls/call.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort, freeUdpPort } from '../lab/free-port.ts';
import { loudness } from '../lab/recordings/wav.ts';
import { PHONE_ADDRESS, TRUNK_ADDRESS } from '../lab/sip.ts';
import type { SoftCall } from '../lab/sip/soft-call.ts';
import { Softphone } from '../lab/sip/softphone.ts';
import { TELEPHONIES } from './company.ts';
import { flowFiles } from './flow-files.ts';
import { addressOf } from './flow-phones.ts';
import { installedManagerConf } from './samples.ts';

/*
 * Real recordings of a real Asterisk, through the desk as a process and its HTTP: everybody speaks with a tone of their own,
 * so that it can be heard who is in a file.
 */

const SECRET = 'change-me-desk-of-the-lab';
const CALLER = '79162000001';

/** In Hz: none is a multiple of another one. */
const TONES = { caller: 400, first: 610, second: 930 } as const;
const SILENT = 1310;

const NUMBERS = { handedOn: '74950000001', sides: '74950000002', unanswered: '74950000003' } as const;

/** DRIVER stands for PJSIP or SIP. */
const DIALPLAN = `[from-trunk]
exten => ${NUMBERS.handedOn},1,Dial(DRIVER/201,20,U(record))
exten => ${NUMBERS.sides},1,MixMonitor(courier-\${UNIQUEID}.wav,bSr(heard-\${UNIQUEID}.wav)t(said-\${UNIQUEID}.wav))
 same => n,Dial(DRIVER/209,20)
exten => ${NUMBERS.unanswered},1,MixMonitor(courier-\${UNIQUEID}.wav,b)
 same => n,Dial(DRIVER/202,2)
 same => n,Hangup()
[from-internal]
exten => _2XX,1,Dial(DRIVER/\${EXTEN},20,U(record))
; The telephone that answers is recorded.
[record]
exten => s,1,MixMonitor(courier-\${UNIQUEID}.wav,b)
 same => n,Return()
`;

const SCRIPTS: Readonly<Record<string, (call: SoftCall) => Promise<void>>> = {
  '201': async (call) => {
    await pickUp(call);
    void call.talk(TONES.first);
    await sleep(2500);
    await call.refer('209');
    await call.hangUp().catch(() => {});
  },
  '202': async (call) => call.ring(),
  '209': async (call) => {
    await pickUp(call);
    await call.talk(TONES.second);
  },
};

async function pickUp(call: SoftCall): Promise<void> {
  call.ring();
  await sleep(300);
  call.answer();
}

/** The newest Asterisk, and the oldest with its old driver. */
const TRIED = TELEPHONIES.filter(({ version, driver }) => (version === 22) === (driver === 'PJSIP'));

describe.each(TRIED)('recordings of Asterisk $version with $driver', ({ version, driver }) => {
  const cleanups = new Cleanups();
  let asterisk: Asterisk;
  let desk: DeskProcess;
  let trunk: Softphone;

  beforeAll(async () => {
    const [amiPort, softphonePort, trunkPort] = [
      await freeTcpPort(),
      await freeUdpPort(addressOf('201')),
      await freeUdpPort(TRUNK_ADDRESS),
    ];
    asterisk = await startAsterisk({
      version,
      files: ({ pjsip, chanSip }) => ({
        ...flowFiles(driver, {
          transportPort: driver === 'PJSIP' ? pjsip : chanSip,
          trunk: { address: TRUNK_ADDRESS, port: trunkPort },
          phones: { address: PHONE_ADDRESS, port: 5060 },
          softphonePort,
        }),
        'extensions.conf': DIALPLAN.replaceAll('DRIVER', driver),
        'manager.conf': installedManagerConf({ port: amiPort, secret: SECRET }),
      }),
    });
    cleanups.add(asterisk.stop);
    const asteriskPort = driver === 'PJSIP' ? asterisk.ports.pjsip : asterisk.ports.chanSip;
    const phone = async (
      user: string,
      address: string,
      port: number,
      onCall = async (_call: SoftCall) => {},
    ) => {
      const softphone = new Softphone({ address, port, user, asteriskPort, onCall });
      await softphone.start();
      cleanups.add(softphone.stop);
      return softphone;
    };
    for (const [user, script] of Object.entries(SCRIPTS)) {
      await phone(user, addressOf(user), softphonePort, script);
    }
    trunk = await phone(CALLER, TRUNK_ADDRESS, trunkPort);

    const home = await makeDeskHome();
    cleanups.add(home.remove);
    desk = await startDeskProcess(home, {
      ami: { port: amiPort, username: 'courier-agi', secret: SECRET },
      role: 'supervisor',
      sections: {
        recordings: {
          source: resolve(asterisk.cdrFile, '../../../spool/monitor'),
          pattern: ['courier-{uniqueid}.wav', 'heard-{uniqueid}.wav', 'said-{uniqueid}.wav'],
        },
      },
    });
    cleanups.add(desk.kill);
    await desk.ready();
  }, 120_000);

  afterAll(cleanups.run, 60_000);

  const find = async (number: string): Promise<Call | undefined> =>
    (await desk.calls()).find(({ to }) => to.number === number);

  /** Calls a number and speaks until so many recordings of it are there. */
  async function recorded(number: string, talkMs: number, recordings: number): Promise<Call> {
    const call = trunk.dial(number);
    await call.answered;
    void call.talk(TONES.caller);
    await sleep(talkMs);
    await call.hangUp();
    await eventually(
      `${recordings} recordings of the call to ${number}`,
      async () => {
        const states = (await find(number))?.recordings.map(({ state }) => state) ?? [];
        return states.length === recordings && states.every((state) => state === 'ready');
      },
      40_000,
    );
    return (await find(number)) as Call;
  }

  /** Whom one hears in a recording. */
  async function voices(id: string): Promise<string> {
    const { status, bytes } = await desk.bytes(`/api/recordings/${id}`);
    expect(status).toBe(200);
    expect(loudness(bytes, SILENT)).toBeLessThan(0.05);
    return Object.entries(TONES)
      .filter(([, hertz]) => loudness(bytes, hertz) > 0.1)
      .map(([who]) => who)
      .join(' and ');
  }

  test('of a call that was handed on each telephone has its own piece, with those who spoke then', async () => {
    const call = await recorded(NUMBERS.handedOn, 6000, 2);
    const [first, second] = call.recordings;
    expect(await voices(first?.id ?? '')).toBe('caller and first');
    expect(await voices(second?.id ?? '')).toBe('caller and second');
    const [one, other] = call.talks;
    for (const { piece, talk } of [
      { piece: first, talk: one },
      { piece: second, talk: other },
    ]) {
      expect([piece?.from, piece?.until]).toEqual([talk?.from, talk?.until]);
      const seconds = (Date.parse(talk?.until ?? '') - Date.parse(talk?.from ?? '')) / 1000;
      expect(Math.abs((piece?.seconds ?? 0) - seconds)).toBeLessThan(1);
    }
  }, 90_000);

  test('where each side has a file of its own, the one is the caller and the other one the telephone', async () => {
    const call = await recorded(NUMBERS.sides, 3000, 3);
    const heard = await Promise.all(call.recordings.map(({ id }) => voices(id)));
    expect(heard.toSorted()).toEqual(['caller', 'caller and second', 'second']);
  }, 90_000);

  test('a call that nobody answered has none, though its file is there', async () => {
    await trunk.dial(NUMBERS.unanswered).answered.catch(() => {});
    await eventually('it has ended', async () => (await find(NUMBERS.unanswered))?.state === 'ended');
    const call = await find(NUMBERS.unanswered);
    expect(await asterisk.spooled('monitor')).toContain(`courier-${call?.linkedIds[0]}.wav`);
    // Longer than the desk takes for the others.
    await sleep(4000);
    expect((await find(NUMBERS.unanswered))?.recordings).toEqual([]);
  });

  test('every file is of one call or of none, and nobody listens who is not told of', async () => {
    const calls = await desk.calls();
    const ids = calls.flatMap(({ recordings }) => recordings.map(({ id }) => id));
    expect(new Set(ids).size).toBe(5);
    expect(await asterisk.spooled('monitor')).toHaveLength(6);
    const call = await find(NUMBERS.handedOn);
    const { body } = await desk.get(`/api/calls/${call?.id}/listenings`);
    expect(body).toMatchObject({ listenings: [{ role: 'supervisor' }, { role: 'supervisor' }] });
    expect((await desk.get('/ready')).body).toMatchObject({ recordings: { problem: null } });
  });
});
