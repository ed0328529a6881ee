import { setTimeout as sleep } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Asterisk, startAsterisk } from '../asterisk.ts';
import type { Cleanups } from '../cleanups.ts';
import { freeUdpPort } from '../free-port.ts';
import {
  type CallOptions,
  type Phone,
  phoneAddress,
  type PlacedCall,
  placeCall,
  startPhone,
  TRUNK_ADDRESS,
} from '../sip.ts';
import type { PhoneRule } from '../sip/phone.scenario.ts';
import type { SoftCall } from '../sip/soft-call.ts';
import { Softphone } from '../sip/softphone.ts';
import { LAB_FOLDER } from '../rootfs/prepare.ts';
import { AMI_USER, managerConf } from './base-config.ts';

/** Of five operators. */
export const EXTENSIONS = ['101', '102', '103', '104', '105'] as const;

/** Numbers of the company, and what the dialplan does with them. */
export const OUR_NUMBERS = {
  /** All five ring. */
  everybody: '74950000000',
  /** 101 rings for three seconds, then 103. */
  hunt: '74950000001',
  /** 104, and the mobile of the same operator. */
  withMobile: '74950000002',
  /** 105 alone. */
  last: '74950000003',
} as const;

/** Of whoever has the telephone 104: `users.extPhone` of the demo company. */
export const MOBILE = '79035550004';

export interface Invited {
  readonly call: SoftCall;
  /** When the INVITE came, ms since 1970. */
  readonly at: number;
}

export interface OfficePhone {
  /** The next call that comes in, ringing. */
  readonly next: () => Promise<Invited>;
}

/** A real Asterisk with the telephones of an office, whose keys a test presses, and a trunk. */
export interface OfficePhones {
  readonly asterisk: Asterisk;
  readonly ami: { readonly port: number; readonly username: string; readonly secret: string };
  readonly phone: (extension: (typeof EXTENSIONS)[number]) => OfficePhone;
  /** Whoever is called outside. */
  readonly trunk: Phone;
  /** Somebody calls from outside. */
  readonly call: (options: Omit<CallOptions, 'port'>) => Promise<PlacedCall>;
}

/** @param rules of those outside; without one they answer */
export async function startOfficePhones(
  cleanups: Cleanups,
  version: 16 | 22,
  rules: readonly PhoneRule[] = [],
): Promise<OfficePhones> {
  const trunk = await startPhone({ address: TRUNK_ADDRESS, rules });
  cleanups.add(trunk.stop);
  const phonePort = await freeUdpPort(addressOf('101'));
  const courierCall = await readFile(
    join(LAB_FOLDER, '..', 'dialplan-examples', 'courier-call.conf'),
    'utf8',
  );
  const asterisk = await startAsterisk({
    version,
    files: (ports) => ({
      'manager.conf': managerConf(ports.ami),
      'pjsip.conf': pjsipConf(ports.pjsip, trunk, phonePort),
      'courier-call.conf': courierCall,
      'extensions.conf': DIALPLAN,
    }),
  });
  cleanups.add(asterisk.stop);
  const phones = new Map<string, OfficePhone>();
  for (const extension of EXTENSIONS) {
    const { phone, softphone } = officePhone(extension, phonePort, asterisk.ports.pjsip);
    await softphone.start();
    cleanups.add(softphone.stop);
    phones.set(extension, phone);
  }
  return {
    asterisk,
    ami: { port: asterisk.ports.ami, ...AMI_USER },
    phone: (extension) => phones.get(extension) ?? missing(extension),
    trunk,
    call: (options) => placeCall({ port: asterisk.ports.pjsip, ...options }),
  };
}

/** How long a telephone waits for a call. */
const PATIENCE_MS = 60_000;

function officePhone(
  extension: string,
  port: number,
  asteriskPort: number,
): { phone: OfficePhone; softphone: Softphone } {
  const come: Invited[] = [];
  const softphone = new Softphone({
    address: addressOf(extension),
    port,
    user: extension,
    asteriskPort,
    onCall: async (call) => {
      come.push({ call, at: Date.now() });
      call.ring();
    },
  });
  const next = async (): Promise<Invited> => {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(5)) {
      const invited = come.shift();
      if (invited !== undefined) return invited;
    }
    throw new Error(`Nobody called ${extension}.`);
  };
  return { phone: { next }, softphone };
}

function missing(extension: string): never {
  throw new Error(`There is no telephone ${extension}.`);
}

/** Asterisk knows a telephone by its address. */
function addressOf(extension: string): string {
  return phoneAddress(Number(extension) - 60);
}

const EVERYBODY = EXTENSIONS.map((extension) => `PJSIP/${extension}`).join('&');

const DIALPLAN = `
#tryinclude "courier-call.conf"
[from-trunk]
exten => ${OUR_NUMBERS.everybody},1,Dial(${EVERYBODY},120)
exten => ${OUR_NUMBERS.hunt},1,Dial(PJSIP/101,3)
 same => n,Dial(PJSIP/103,90)
exten => ${OUR_NUMBERS.withMobile},1,Dial(PJSIP/104&PJSIP/${MOBILE}@trunk,90)
exten => ${OUR_NUMBERS.last},1,Dial(PJSIP/105,90)
[from-internal]
exten => _XXX,1,Dial(PJSIP/\${EXTEN},90)
`;

function pjsipConf(transportPort: number, trunk: Phone, phonePort: number): string {
  const endpoint = (name: string, context: string, contact: string, address: string) => `
[${name}]
type=endpoint
context=${context}
disallow=all
allow=alaw
aors=${name}
direct_media=no
[${name}]
type=aor
contact=${contact}
[${name}]
type=identify
endpoint=${name}
match=${address}
`;
  const telephone = (name: string) => {
    const address = addressOf(name);
    return endpoint(name, 'from-internal', `sip:${name}@${address}:${phonePort}`, address);
  };
  return `[transport-udp]
type=transport
protocol=udp
bind=127.0.0.1:${transportPort}
${endpoint('trunk', 'from-trunk', `sip:${trunk.address}:${trunk.port}`, TRUNK_ADDRESS)}
${EXTENSIONS.map(telephone).join('')}`;
}
