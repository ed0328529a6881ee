import { setTimeout as sleep } from 'node:timers/promises';
import { phoneAddress } from '../lab/sip.ts';
import type { PhoneRule } from '../lab/sip/phone.scenario.ts';
import type { SoftCall } from '../lab/sip/soft-call.ts';
import { Softphone } from '../lab/sip/softphone.ts';

/** SIPp, one process for all of them. */
export const PHONE_RULES: readonly PhoneRule[] = [
  { to: '302', behaviour: 'answerThenHangUp' },
  { to: '303', behaviour: 'noAnswer' },
  { to: '304', behaviour: 'busy' },
  { to: '305', behaviour: 'decline' },
  { to: '306', behaviour: 'unavailable' },
  { to: '307', behaviour: 'unknownNumber' },
  { to: '308', behaviour: 'congested' },
  { to: '309', behaviour: 'forward', forwardTo: '301' },
  ...['311', '312', '314', '315', '320'].map((to) => ({ to, behaviour: 'noAnswer' as const })),
];

export const SIPP_PHONES = [
  '301',
  '302',
  '303',
  '304',
  '305',
  '306',
  '307',
  '308',
  '309',
  '311',
  '312',
  '313',
  '314',
  '315',
  '320',
] as const;

/** Telephones whose keys the test presses. */
const SCRIPTS: Readonly<Record<string, (call: SoftCall, phone: Softphone) => Promise<void>>> = {
  '201': async (call) => {
    await pickUp(call);
    await sleep(1500);
    await call.refer('301');
    await call.hangUp().catch(() => {});
  },
  '202': async (call) => {
    await pickUp(call);
    await sleep(1500);
    await call.press('*2');
    await sleep(500);
    await call.press('301');
    await sleep(3000);
    await call.hangUp();
  },
  '203': async (call, phone) => {
    await pickUp(call);
    await sleep(1000);
    await call.hold();
    const consultation = phone.dial('301');
    await consultation.answered;
    await sleep(1500);
    await call.referTo(consultation);
  },
  '204': async (call, phone) => {
    await pickUp(call);
    await sleep(1000);
    await call.hold();
    const consultation = phone.dial('211');
    await consultation.ringing;
    await sleep(500);
    await call.referTo(consultation);
  },
  '205': answersNothing,
  '206': answersNothing,
  '207': answersNothing,
  '208': answersNothing,
  '209': async (call) => {
    await pickUp(call);
    await call.talk();
  },
  '210': queueMember(),
  '211': async (call) => {
    call.ring();
    await sleep(2500);
    call.answer();
  },
};

async function answersNothing(): Promise<void> {}

/** Busy for the first call, there for the second. */
function queueMember(): (call: SoftCall) => Promise<void> {
  let calls = 0;
  return async (call) => {
    calls += 1;
    if (calls % 2 === 1) {
      call.ring();
      await sleep(300);
      call.refuse('486 Busy Here');
      return;
    }
    await pickUp(call);
  };
}

async function pickUp(call: SoftCall): Promise<void> {
  call.ring();
  await sleep(500);
  call.answer();
}

export const SOFTPHONES: readonly string[] = Object.keys(SCRIPTS);

export function softphones(asteriskPort: number, port: number): readonly Softphone[] {
  return Object.entries(SCRIPTS).map(([user, script]) => {
    const phone: Softphone = new Softphone({
      address: addressOf(user),
      port,
      user,
      asteriskPort,
      onCall: (call) => script(call, phone),
    });
    return phone;
  });
}

/** 201 has the last number 101: Asterisk knows a telephone by its address. */
export function addressOf(extension: string): string {
  return phoneAddress(Number(extension) - 100);
}
