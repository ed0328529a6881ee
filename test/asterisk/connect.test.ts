import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanups } from '../lab/cleanups.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort, freeUdpPort } from '../lab/free-port.ts';
import { type Phone, placeCall, startPhone, TRUNK_ADDRESS } from '../lab/sip.ts';
import type { SoftCall } from '../lab/sip/soft-call.ts';
import { Softphone } from '../lab/sip/softphone.ts';
import { TELEPHONIES } from './company.ts';
import { flowFiles } from './flow-files.ts';
import { addressOf } from './flow-phones.ts';
import { installedManagerConf, readSample } from './samples.ts';

/*
 * A caller who was handed over to a colleague is put through once more. Where that colleague was asked on a line that is
 * older than the call, Asterisk names the call after a channel that is gone.
 */

const SECRET = 'change-me-desk-of-the-lab';
const CALLER = '79990003301';
/** Rings 203: see FLOWS. */
const TO_203 = '74950000015';

describe.each(TELEPHONIES)('connecting on Asterisk $version with $driver', ({ version, driver }) => {
  const cleanups = new Cleanups();
  let asterisk: Asterisk;
  let phones: Phone;
  let desk: DeskProcess;
  let operator: Softphone;
  let sipPort: number;
  /** What the operator does with the next call that comes in. */
  let onCall: (call: SoftCall) => Promise<void>;

  beforeAll(async () => {
    const trunk = await startPhone({ address: TRUNK_ADDRESS });
    cleanups.add(trunk.stop);
    phones = await startPhone();
    cleanups.add(phones.stop);
    const amiPort = await freeTcpPort();
    const softphonePort = await freeUdpPort(addressOf('203'));
    asterisk = await startAsterisk({
      version,
      files: ({ pjsip, chanSip }) => {
        const transportPort = driver === 'PJSIP' ? pjsip : chanSip;
        const files = flowFiles(driver, { transportPort, trunk, phones, softphonePort });
        return {
          ...files,
          'manager.conf': installedManagerConf({ port: amiPort, secret: SECRET }),
          'extensions.conf': `${files['extensions.conf'] ?? ''}\n#tryinclude "courier-call.conf"\n`,
          'courier-call.conf': readSample('courier-call.conf'),
        };
      },
    });
    cleanups.add(asterisk.stop);
    sipPort = driver === 'PJSIP' ? asterisk.ports.pjsip : asterisk.ports.chanSip;
    operator = new Softphone({
      address: addressOf('203'),
      port: softphonePort,
      user: '203',
      asteriskPort: sipPort,
      onCall: (call) => onCall(call),
    });
    await operator.start();
    cleanups.add(operator.stop);
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    desk = await startDeskProcess(home, {
      ami: { port: amiPort, username: 'courier-agi', secret: SECRET },
      role: 'supervisor',
      sections: {
        dial: { extension: `${driver}/{EXTENSION}` },
        calls: { callerId: '74951234567', ringSeconds: 10 },
      },
    });
    cleanups.add(desk.kill);
    await desk.ready();
  }, 120_000);
  afterAll(cleanups.run, 60_000);

  /** The call that the caller is talking on with somebody. */
  const talkingWith = async (extension: string) => {
    // What the operator failed at says more than that nobody talks.
    for (const failure of operator.failures.splice(0)) throw failure;
    return (await desk.calls()).find(({ talks }) =>
      talks.some(
        ({ a, b, until }) =>
          until === null &&
          [a, b].some((one) => one.number === CALLER) &&
          [a, b].some((one) => one.extension === extension),
      ),
    );
  };

  test.each([
    ['asked after the call had come', false],
    ['asked before the call came', true],
  ])(
    'handed over to a colleague who was %s',
    async (_what, isOlder) => {
      let older: SoftCall | undefined;
      const consult = async (): Promise<SoftCall> => {
        const consultation = operator.dial('301');
        await consultation.answered;
        return consultation;
      };
      if (isOlder) {
        older = await consult();
        await older.hold();
      }
      onCall = async (call) => {
        call.ring();
        call.answer();
        await eventually('they talk', async () => (await talkingWith('203')) !== undefined);
        await call.hold();
        await call.referTo(older ?? (await consult()));
      };
      const calling = placeCall({ port: sipPort, from: CALLER, to: TO_203, talkMs: 25_000 });
      // Told where it is awaited.
      calling.catch(() => undefined);
      await eventually('the colleague talks', async () => (await talkingWith('301')) !== undefined, 20_000);
      const before = (await phones.calls()).filter(({ number }) => number === '313').length;
      const call = await talkingWith('301');
      expect(call).toMatchObject({ direction: 'in', from: { number: CALLER } });
      const { status, body } = await desk.send('POST', `/api/calls/${call?.id}/connect`, {
        extension: '313',
      });
      expect([status, body['error']]).toEqual([202, undefined]);
      await eventually('the other one talks', async () => (await talkingWith('313')) !== undefined, 20_000);
      expect((await phones.calls()).filter(({ number }) => number === '313')).toHaveLength(before + 1);
      const talking = await talkingWith('313');
      expect((await desk.send('DELETE', `/api/calls/${talking?.id}`)).status).toBe(202);
      await calling;
      expect(operator.failures).toEqual([]);
      // The desk hears of it a moment later: the next test must not meet this call.
      await eventually('nobody talks', async () => (await talkingWith('313')) === undefined);
    },
    60_000,
  );
});
