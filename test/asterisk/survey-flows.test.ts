import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from '../../src/util/deferred.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { AMI_USER } from '../lab/asterisk/base-config.ts';
import { RUN_FOLDER } from '../lab/asterisk/namespace.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { type DeskProcess, makeDeskHome, startDeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort, freeUdpPort } from '../lab/free-port.ts';
import { startServerProcess } from '../lab/server-process.ts';
import { PHONE_ADDRESS, TRUNK_ADDRESS } from '../lab/sip.ts';
import type { SoftCall } from '../lab/sip/soft-call.ts';
import { Softphone } from '../lab/sip/softphone.ts';
import { routerYaml, trunkDial } from './company.ts';
import { flowFiles } from './flow-files.ts';
import { addressOf } from './flow-phones.ts';
import { readSample } from './samples.ts';

/*
 * After which calls somebody is asked, whom and about whom: on a real Asterisk with the samples of dialplan-examples, the
 * router and the desk. What a caller may press is in survey.test.ts.
 */

const TELEPHONIES = [
  { version: 22, driver: 'PJSIP', keys: 'RFC 4733' },
  { version: 16, driver: 'SIP', keys: 'SIP INFO' },
] as const;

const OFFICE = {
  operator: '74950000101',
  handedOn: '74950000102',
  handedOnWithKeys: '74950000103',
  handedOnAfterTalk: '74950000104',
  queue: '74950000105',
  routed: '74950000106',
} as const;

/** DRIVER stands for PJSIP or SIP. What the head of courier-survey.conf shows. */
const DIALPLAN = `[from-trunk]
exten => ${OFFICE.operator},1,Dial(DRIVER/205,20,g)
 same => n,Goto(ask,s,1)
exten => ${OFFICE.handedOn},1,Dial(DRIVER/201,20,g)
 same => n,Goto(ask,s,1)
exten => ${OFFICE.handedOnWithKeys},1,Dial(DRIVER/202,20,tg)
 same => n,Goto(ask,s,1)
exten => ${OFFICE.handedOnAfterTalk},1,Dial(DRIVER/203,20,g)
 same => n,Goto(ask,s,1)
exten => ${OFFICE.queue},1,Answer()
 same => n,Queue(operators,c,,,20)
 same => n,GosubIf($["\${QUEUESTATUS}" = "CONTINUE" & \${DIALPLAN_EXISTS(courier-survey,s,1)}]?courier-survey,s,1)
 same => n,Hangup()
exten => ${OFFICE.routed},1,GosubIf(\${DIALPLAN_EXISTS(courier-route,s,1)}?courier-route,s,1)
 same => n,Hangup()
exten => h,1,NoOp()
[ask]
exten => s,1,GosubIf($["\${DIALSTATUS}" = "ANSWER" & \${DIALPLAN_EXISTS(courier-survey,s,1)}]?courier-survey,s,1)
 same => n,Hangup()
[from-internal]
exten => _2XX,1,Dial(DRIVER/\${EXTEN},20,g)
 same => n,Goto(ask,s,1)
exten => _7XXXXXXXXXX,1,Dial(TRUNK,20,F(courier-survey-called^s^1))
 same => n,Hangup()
#tryinclude "courier-route.conf"
#tryinclude "courier-outbound.conf"
#tryinclude "courier-call.conf"
#tryinclude "courier-survey.conf"
`;

const SOUND = `${RUN_FOLDER}/etc/question`;
const NOISE = 'Ua'.repeat(400);

async function pickUp(call: SoftCall): Promise<void> {
  call.ring();
  await sleep(300);
  call.answer();
}

describe.each(TELEPHONIES)(
  'surveys of Asterisk $version, $driver, keys by $keys',
  ({ version, driver, keys }) => {
    const cleanups = new Cleanups();
    const isInfo = keys === 'SIP INFO';
    let asterisk: Asterisk;
    let desk: DeskProcess;
    const phones = new Map<string, Softphone>();
    let trunk: Softphone;
    /** What the next calls to the trunk do, in order. */
    const outside: ((call: SoftCall) => Promise<void>)[] = [];

    const press = (call: SoftCall, digits: string): Promise<void> =>
      isInfo ? call.press(digits) : call.pressEvents(digits);

    /** Telephones of the office. */
    const scripts: Readonly<Record<string, (call: SoftCall, phone: Softphone) => Promise<void>>> = {
      '201': async (call) => {
        await pickUp(call);
        await sleep(1000);
        await call.refer('209');
        await call.hangUp().catch(() => undefined);
      },
      '202': async (call) => {
        await pickUp(call);
        await sleep(1000);
        await press(call, '*2');
        await sleep(500);
        await press(call, '211');
        await sleep(2500);
        await call.hangUp();
      },
      '203': async (call, phone) => {
        await pickUp(call);
        await sleep(1000);
        await call.hold();
        const consultation = phone.dial('211');
        await consultation.answered;
        await sleep(1000);
        await call.referTo(consultation);
      },
      '205': pickUp,
      '209': async (call) => {
        await pickUp(call);
        await sleep(1000);
        await call.hangUp();
      },
      // Is asked first, takes the call, and ends it.
      '211': async (call) => {
        await pickUp(call);
        await sleep(6000);
        await call.hangUp();
      },
    };

    beforeAll(async () => {
      const [phonePort, trunkPort, surveyPort] = [
        await freeUdpPort(addressOf('201')),
        await freeUdpPort(TRUNK_ADDRESS),
        await freeTcpPort(),
      ];
      const router = await startServerProcess(routerYaml({ driver, ringSeconds: 10 }));
      cleanups.add(router.kill);
      asterisk = await startAsterisk({
        version,
        files: ({ pjsip, chanSip }) => {
          const files = flowFiles(driver, {
            transportPort: isInfo ? chanSip : pjsip,
            trunk: { address: TRUNK_ADDRESS, port: trunkPort },
            phones: { address: PHONE_ADDRESS, port: 5060 },
            softphonePort: phonePort,
          });
          return {
            ...Object.fromEntries(
              Object.entries(files).map(([name, text]) => [
                name,
                isInfo ? text : text.replaceAll('dtmf_mode=info', 'dtmf_mode=rfc4733'),
              ]),
            ),
            ...Object.fromEntries(
              ['route', 'outbound', 'call', 'survey'].map((name) => [
                `courier-${name}.conf`,
                readSample(`courier-${name}.conf`),
              ]),
            ),
            'question.ulaw': NOISE,
            'queues.conf': `[general]\n[operators]\nstrategy = ringall\nmember => ${driver}/209\n`,
            'extensions.conf': `[globals]
COURIER_ROUTER=agi://127.0.0.1:${router.port}/route
COURIER_OUTBOUND=agi://127.0.0.1:${router.port}/outbound
COURIER_SURVEY=yes
COURIER_SURVEYOR=agi://127.0.0.1:${surveyPort}/survey
${DIALPLAN.replaceAll('DRIVER', driver).replace('TRUNK', trunkDial(driver, '${EXTEN}'))}`,
          };
        },
      });
      cleanups.add(asterisk.stop);
      const asteriskPort = isInfo ? asterisk.ports.chanSip : asterisk.ports.pjsip;
      const start = async (
        user: string,
        { address, port }: { address: string; port: number },
        onCall: (call: SoftCall, phone: Softphone) => Promise<void>,
      ): Promise<Softphone> => {
        const phone: Softphone = new Softphone({
          address,
          port,
          user,
          asteriskPort,
          onCall: (call) => onCall(call, phone),
          keyEvents: !isInfo,
        });
        await phone.start();
        cleanups.add(phone.stop);
        return phone;
      };
      for (const [user, script] of Object.entries(scripts)) {
        phones.set(user, await start(user, { address: addressOf(user), port: phonePort }, script));
      }
      trunk = await start('trunk', { address: TRUNK_ADDRESS, port: trunkPort }, async (call) => {
        await outside.shift()?.(call);
      });

      const home = await makeDeskHome();
      cleanups.add(home.remove);
      desk = await startDeskProcess(home, {
        ami: { port: asterisk.ports.ami, ...AMI_USER },
        role: 'supervisor',
        sections: {
          dial: { extension: `${driver}/{EXTENSION}`, trunks: [{ dial: trunkDial(driver, '{NUMBER}') }] },
          calls: { callerId: '74951234567', ringSeconds: 20 },
          survey: {
            port: surveyPort,
            hours: '00:00-24:00',
            answerSeconds: 4,
            questions: [
              { name: 'courier', prompt: SOUND, about: 'courier' },
              { name: 'operator', prompt: SOUND, about: 'operator' },
            ],
          },
        },
      });
      cleanups.add(desk.kill);
      await desk.ready();
    }, 180_000);

    afterAll(cleanups.run, 60_000);

    const questions = async (): Promise<number> =>
      (await asterisk.log()).split(`Playing '${SOUND}`).length - 1;

    /** Presses a key when the next question is heard, and waits for the end. */
    async function answerQuestion(call: SoftCall, heardBefore: number, key: string): Promise<void> {
      await eventually('a question', async () => (await questions()) > heardBefore, 20_000);
      await press(call, key);
      await Promise.race([call.ended, sleep(15_000, undefined, { ref: false })]);
    }

    /** A caller who says nothing but a key. */
    async function callIn(from: string, to: string, then: (call: SoftCall) => Promise<void>): Promise<void> {
      const call = trunk.dial(to, from);
      await call.answered;
      await then(call);
    }

    /** The one call of that person, when it has ended. */
    async function callOf(number: string) {
      const find = async () =>
        (await desk.calls()).filter(({ from, to }) => from.number === number || to.number === number);
      await eventually('the call has ended', async () => {
        const found = await find();
        return found.length > 0 && found.every(({ state }) => state === 'ended');
      });
      const found = await find();
      expect(found).toHaveLength(1);
      return found[0];
    }

    async function marks(call: string | undefined) {
      const { body } = await desk.get('/api/surveys?after=0');
      return (body['answers'] as Record<string, unknown>[]).filter((mark) => mark['call'] === call);
    }

    test.each([
      {
        title: 'by REFER',
        from: '79162000005',
        to: OFFICE.handedOn,
        who: { shipment: 70_005, order: 5002, courier: null, operator: '209' },
      },
      {
        title: 'by REFER after a talk',
        from: '79162000002',
        to: OFFICE.handedOnAfterTalk,
        who: { shipment: 70_003, order: 5002, courier: 12, operator: '211' },
      },
      {
        title: 'by keys after a talk',
        from: '79162000010',
        to: OFFICE.handedOnWithKeys,
        who: { shipment: 70_010, order: 5003, courier: 13, operator: '211' },
      },
    ])(
      'a caller who was handed on $title is asked about whoever spoke last',
      async ({ from, to, who }) => {
        const heard = await questions();
        await callIn(from, to, (call) => answerQuestion(call, heard, '4'));
        const call = await callOf(from);
        expect(call?.survey).toMatchObject([{ question: 'operator', value: 4 }]);
        expect(await marks(call?.id)).toMatchObject([{ question: 'operator', value: 4, ...who }]);
        expect(await questions()).toBe(heard + 1);
      },
      60_000,
    );

    test('out of a queue', async () => {
      const heard = await questions();
      await callIn('79162000014', OFFICE.queue, (call) => answerQuestion(call, heard, '5'));
      const call = await callOf('79162000014');
      expect(await marks(call?.id)).toMatchObject([
        { question: 'operator', value: 5, shipment: 70_014, order: 5002, courier: 17, operator: '209' },
      ]);
    }, 60_000);

    test('a recipient who was put through to the courier is asked about them', async () => {
      const heard = await questions();
      outside.push(async (call) => {
        await pickUp(call);
        await sleep(1000);
        await call.hangUp();
      });
      await callIn('79162000016', OFFICE.routed, (call) => answerQuestion(call, heard, '3'));
      const call = await callOf('79162000016');
      expect(await marks(call?.id)).toMatchObject([
        { question: 'courier', value: 3, shipment: 70_016, order: 5002, courier: 11, operator: null },
      ]);
      expect(call?.talks).toHaveLength(1);
    }, 60_000);

    test('a recipient who hangs up at the question after their courier has, ends once, by the h of the office', async () => {
      const heard = await questions();
      const ends = async (): Promise<number> =>
        (await asterisk.log()).split('Executing [h@from-trunk:1]').length - 1;
      const endsBefore = await ends();
      outside.push(async (call) => {
        await pickUp(call);
        await sleep(1000);
        await call.hangUp();
      });
      await callIn('79162000011', OFFICE.routed, async (call) => {
        await eventually('a question', async () => (await questions()) > heard, 20_000);
        await call.hangUp();
      });
      expect(await callOf('79162000011')).toMatchObject({ outcome: 'answered', survey: [] });
      expect(await asterisk.rx('core show channels count')).toMatch(/^0 active channels/m);
      expect(await ends()).toBe(endsBefore + 1);
    }, 60_000);

    test('a recipient whom the desk has called with their courier is asked when the courier has hung up', async () => {
      const heard = await questions();
      let courier: SoftCall | undefined;
      const asked = new Promise<void>((resolve, reject) => {
        outside.push(
          async (call) => {
            courier = call;
            await pickUp(call);
          },
          async (call) => {
            await pickUp(call);
            await sleep(1000);
            await courier?.hangUp();
            await answerQuestion(call, heard, '2').then(resolve, reject);
          },
        );
      });
      const { status, body } = await desk.send('POST', '/api/calls', {
        from: { courier: 11 },
        to: { shipment: 70_001 },
      });
      expect([status, body['error']]).toEqual([202, undefined]);
      await asked;
      const call = await callOf('79162000001');
      expect(call).toMatchObject({ direction: 'courier', outcome: 'answered' });
      expect(await marks(call?.id)).toMatchObject([
        { question: 'courier', value: 2, shipment: 70_001, order: 5001, courier: 11, operator: null },
      ]);
    }, 60_000);

    test('a client whom an operator has called is asked when the operator has hung up', async () => {
      const heard = await questions();
      const client = deferred<SoftCall>();
      outside.push(async (call) => {
        await pickUp(call);
        client.resolve(call);
      });
      const own = phones.get('205')?.dial('79162000006');
      await own?.answered;
      const called = await client.promise;
      await sleep(1000);
      await own?.hangUp();
      await answerQuestion(called, heard, '1');
      const call = await callOf('79162000006');
      expect(call).toMatchObject({ direction: 'out', outcome: 'answered' });
      expect(await marks(call?.id)).toMatchObject([{ question: 'operator', value: 1, operator: '205' }]);
    }, 60_000);

    test('who hangs up first is not asked, and nothing stays behind', async () => {
      const heard = await questions();
      await callIn('79162000009', OFFICE.operator, async (call) => {
        await sleep(1000);
        await call.hangUp();
      });
      const call = await callOf('79162000009');
      expect(call).toMatchObject({ outcome: 'answered', endedBy: 'caller', survey: [] });
      expect(await asterisk.rx('core show channels count')).toMatch(/^0 active channels/m);
      expect(await questions()).toBe(heard);
    }, 60_000);

    test('an operator whose colleague has hung up is not asked', async () => {
      const heard = await questions();
      const own = phones.get('205')?.dial('209');
      await own?.answered;
      await own?.ended;
      expect(await questions()).toBe(heard);
    }, 60_000);
  },
);
