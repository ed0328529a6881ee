import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { AMI_USER } from '../lab/asterisk/base-config.ts';
import { RUN_FOLDER } from '../lab/asterisk/namespace.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { type DeskProcess, makeDeskHome, startDeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort, freeUdpPort } from '../lab/free-port.ts';
import { startPhone, TRUNK_ADDRESS } from '../lab/sip.ts';
import type { SoftCall } from '../lab/sip/soft-call.ts';
import { Softphone } from '../lab/sip/softphone.ts';
import { flowFiles } from './flow-files.ts';
import { readSample } from './samples.ts';

/*
 * A caller with real keys, on a real Asterisk with dialplan-examples/courier-survey.conf, and the desk that asks. The
 * questions are 100 ms of noise: the lab has no sounds.
 */

const SOUND = `${RUN_FOLDER}/etc/question`;
const NOISE = 'Ua'.repeat(400);

const TELEPHONIES = [
  { version: 22, driver: 'PJSIP', keys: 'RFC 4733' },
  { version: 16, driver: 'SIP', keys: 'SIP INFO' },
] as const;

describe.each(TELEPHONIES)(
  'a survey on Asterisk $version, $driver, keys by $keys',
  ({ version, driver, keys }) => {
    const cleanups = new Cleanups();
    const isInfo = keys === 'SIP INFO';
    let asterisk: Asterisk;
    let desk: DeskProcess;
    let softphonePort: number;
    /** How often the question has been heard in the tests before. */
    let heard = 0;

    beforeAll(async () => {
      const phones = await startPhone({ behaviour: 'answerThenHangUp' });
      cleanups.add(phones.stop);
      softphonePort = await freeUdpPort(TRUNK_ADDRESS);
      const surveyPort = await freeTcpPort();
      asterisk = await startAsterisk({
        version,
        files: (ports) => {
          const files = flowFiles(driver, {
            transportPort: isInfo ? ports.chanSip : ports.pjsip,
            // The caller is a softphone, whose keys the test presses.
            trunk: { address: TRUNK_ADDRESS, port: softphonePort },
            phones,
            softphonePort,
          });
          return {
            ...Object.fromEntries(
              Object.entries(files).map(([name, text]) => [
                name,
                isInfo ? text : text.replaceAll('dtmf_mode=info', 'dtmf_mode=rfc4733'),
              ]),
            ),
            'courier-survey.conf': readSample('courier-survey.conf'),
            'question.ulaw': NOISE,
            'extensions.conf': `[globals]
COURIER_SURVEYOR=agi://127.0.0.1:${surveyPort}/survey
[from-trunk]
exten => _7XXXXXXXXXX,1,Dial(${driver}/301,20,g)
 same => n,GosubIf($["\${DIALSTATUS}" = "ANSWER" & \${DIALPLAN_EXISTS(courier-survey,s,1)}]?courier-survey,s,1)
 same => n,Hangup()
#tryinclude "courier-survey.conf"
`,
          };
        },
      });
      cleanups.add(asterisk.stop);
      const home = await makeDeskHome();
      cleanups.add(home.remove);
      desk = await startDeskProcess(home, {
        ami: { port: asterisk.ports.ami, ...AMI_USER },
        sections: {
          survey: {
            port: surveyPort,
            hours: '00:00-24:00',
            answerSeconds: 2,
            questions: [
              { name: 'operator', prompt: SOUND, about: 'operator' },
              { name: 'company', prompt: SOUND },
            ],
          },
        },
      });
      cleanups.add(desk.kill);
      await desk.ready();
    }, 150_000);
    beforeEach(async () => {
      heard = await questions();
    });
    afterAll(cleanups.run, 60_000);

    /** Calls with a number of its own, and after the other side has hung up does what is given. */
    const call = async (user: string, then: (call: SoftCall) => Promise<void>) => {
      const phone = new Softphone({
        address: TRUNK_ADDRESS,
        port: softphonePort,
        user,
        asteriskPort: isInfo ? asterisk.ports.chanSip : asterisk.ports.pjsip,
        onCall: () => Promise.resolve(),
        keyEvents: !isInfo,
      });
      await phone.start();
      try {
        const placed = phone.dial('74950000001');
        await placed.answered;
        await then(placed);
        await Promise.race([placed.ended, sleep(15_000, undefined, { ref: false })]);
      } finally {
        await phone.stop();
      }
      let found: Awaited<ReturnType<DeskProcess['calls']>> = [];
      await eventually('the call has ended', async () => {
        found = (await desk.calls()).filter(({ from }) => from.number === user);
        return found.length > 0 && found.every(({ state }) => state === 'ended');
      });
      return found;
    };
    const questions = async () => (await asterisk.log()).split(`Playing '${SOUND}`).length - 1;
    const asked = (times: number) =>
      eventually(`question ${times}`, async () => (await questions()) >= heard + times, 20_000);
    const press = (placed: SoftCall, digits: string) =>
      isInfo ? placed.press(digits) : placed.pressEvents(digits);

    test('asks when the operator has hung up, and binds both marks to the call', async () => {
      const [row, ...others] = await call('79162000001', async (placed) => {
        await asked(1);
        await press(placed, '5');
        await asked(2);
        await press(placed, '2');
      });
      expect(others).toEqual([]);
      expect(row).toMatchObject({
        outcome: 'answered',
        survey: [
          { question: 'operator', value: 5 },
          { question: 'company', value: 2 },
        ],
      });
      expect(desk.log()).toMatch(/a low mark/);
    }, 60_000);

    test('keeps the first mark of a caller who hangs up midway', async () => {
      const [row] = await call('79162000002', async (placed) => {
        await asked(1);
        await press(placed, '4');
        await asked(2);
        await placed.hangUp();
      });
      expect(row).toMatchObject({ survey: [{ question: 'operator', value: 4 }] });
    }, 60_000);

    test('takes a key that is pressed twice for the answer to one question', async () => {
      const [row] = await call('74951000022', async (placed) => {
        await asked(1);
        await press(placed, '55');
        await asked(2);
        await press(placed, '3');
      });
      expect(row?.survey).toMatchObject([
        { question: 'operator', value: 5 },
        { question: 'company', value: 3 },
      ]);
    }, 60_000);

    test('asks again after a wrong key and lets one go who says nothing', async () => {
      const [row] = await call('79990001133', async (placed) => {
        await asked(1);
        await press(placed, '9');
        await asked(2);
      });
      expect(row).toMatchObject({ outcome: 'answered', survey: [] });
    }, 60_000);

    test('asks nobody twice for one shipment', async () => {
      const rows = await call('79162000001', () => Promise.resolve());
      expect(rows).toHaveLength(2);
      expect(rows[0]).toMatchObject({ survey: [] });
      expect(await questions()).toBe(heard);
    }, 60_000);
  },
);
