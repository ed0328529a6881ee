import { setTimeout as sleep } from 'node:timers/promises';
import type { AmiClient } from '../../src/ami/client.ts';
import type { Softphone } from '../lab/sip/softphone.ts';
import { trunkDial } from './company.ts';
import type { Telephony } from './company.ts';

/** A call that begins on our side: an operator dials, or the server calls somebody first. */
export interface OwnCall {
  readonly title: string;
  readonly make: (hands: Hands) => Promise<void>;
  readonly expected: {
    readonly direction: string;
    readonly from: string;
    readonly to: string;
    readonly answeredBy: string | null;
    readonly outcome: string;
    readonly endedBy: string;
    readonly legs: readonly string[];
    readonly talks: readonly string[];
  };
}

interface Hands {
  readonly driver: Telephony['driver'];
  readonly ami: AmiClient;
  readonly phone: (user: string) => Softphone;
}

/** Of recipients: they pick up and hang up after half a second; and one that is busy. */
export const RECIPIENT = '79161234567';
export const BUSY_RECIPIENT = '79161234568';
const COURIER = '79163000001';

export const OWN_CALLS: readonly OwnCall[] = [
  {
    title: 'an operator calls a recipient',
    make: async ({ phone }) => {
      const call = phone('206').dial(RECIPIENT);
      await call.answered;
      await call.ended;
    },
    expected: {
      direction: 'out',
      from: '206',
      to: RECIPIENT,
      answeredBy: RECIPIENT,
      outcome: 'answered',
      endedBy: 'callee',
      legs: [`${RECIPIENT} answered`],
      talks: [`206-${RECIPIENT}`],
    },
  },
  {
    title: 'an operator calls a colleague',
    make: async ({ phone }) => {
      const call = phone('207').dial('301');
      await call.answered;
      await sleep(1000);
      await call.hangUp();
    },
    expected: {
      direction: 'internal',
      from: '207',
      to: '301',
      answeredBy: '301',
      outcome: 'answered',
      endedBy: 'caller',
      legs: ['301 answered'],
      talks: ['207-301'],
    },
  },
  {
    title: 'over a Local channel that Asterisk takes out of the talk',
    make: async ({ phone }) => {
      const call = phone('208').dial('9209');
      await call.answered;
      const talking = call.talk();
      await sleep(2000);
      await call.hangUp();
      await talking;
    },
    expected: {
      direction: 'internal',
      from: '208',
      to: '9209',
      answeredBy: '209',
      outcome: 'answered',
      endedBy: 'caller',
      legs: ['209 answered'],
      talks: ['208-209'],
    },
  },
  {
    title: "the vendor's Originate: a courier, then the recipient",
    make: async ({ ami, driver }) => {
      await originate(ami, trunkDial(driver, `+${COURIER}`), `+${RECIPIENT}`);
    },
    expected: {
      direction: 'courier',
      from: COURIER,
      to: RECIPIENT,
      answeredBy: RECIPIENT,
      outcome: 'answered',
      endedBy: 'callee',
      legs: [`${RECIPIENT} answered`, `${COURIER} answered`],
      talks: [`${COURIER}-${RECIPIENT}`],
    },
  },
  {
    title: 'a courier, and a recipient who is busy',
    make: async ({ ami, driver }) => {
      await originate(ami, trunkDial(driver, COURIER), BUSY_RECIPIENT);
    },
    expected: {
      direction: 'courier',
      from: COURIER,
      to: BUSY_RECIPIENT,
      answeredBy: null,
      outcome: 'busy',
      endedBy: 'callee',
      legs: [`${BUSY_RECIPIENT} busy`, `${COURIER} answered`],
      talks: [],
    },
  },
  {
    title: 'click-to-call over a Local channel, as FreePBX has it',
    make: async ({ ami }) => {
      await originate(ami, 'Local/313@from-internal', RECIPIENT);
    },
    expected: {
      direction: 'out',
      from: '313',
      to: RECIPIENT,
      answeredBy: RECIPIENT,
      outcome: 'answered',
      endedBy: 'callee',
      legs: ['313 answered', `${RECIPIENT} answered`],
      talks: [`313-${RECIPIENT}`],
    },
  },
  {
    title: 'click-to-call, and the operator presses the red button',
    make: async ({ ami, driver }) => {
      await originate(ami, `${driver}/305`, RECIPIENT);
    },
    expected: {
      direction: 'out',
      from: '305',
      to: RECIPIENT,
      answeredBy: null,
      outcome: 'refused',
      endedBy: 'caller',
      legs: ['305 refused'],
      talks: [],
    },
  },
];

async function originate(ami: AmiClient, channel: string, exten: string): Promise<void> {
  await ami.action('Originate', [
    ['Channel', channel],
    ['Context', 'from-internal'],
    ['Exten', exten],
    ['Priority', '1'],
    ['Timeout', '15000'],
    ['CallerID', '74950000000'],
    ['Async', 'true'],
  ]);
}
