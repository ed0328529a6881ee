import { setTimeout as sleep } from 'node:timers/promises';
import type { PhoneRule } from '../lab/sip/phone.scenario.ts';
import { SoftCall, Softphone } from '../lab/sip/softphone.ts';
import type { Telephony } from './company.ts';

/** The trunk's number of each flow, and who has it. */
export interface Flow {
  readonly title: string;
  /** Called by the trunk's caller. */
  readonly to: string;
  /** What extensions.conf does with it; DRIVER stands for PJSIP or SIP. */
  readonly dialplan: readonly string[];
  readonly giveUpAfterMs?: number;
  readonly talkMs?: number;
  /** What the call must be: who answered, outcome, who hung up, seconds of talk, legs and talks. */
  readonly expected: {
    readonly outcome: string;
    readonly answeredBy: string | null;
    readonly endedBy: string;
    readonly talk: number;
    readonly legs: readonly string[];
    readonly talks: readonly string[];
  };
}

/** Caller of all flows; the flows differ in the number called. */
export const CALLER = '79162000001';

const C = CALLER;

export const FLOWS: readonly Flow[] = [
  {
    title: 'answered',
    to: '74950000001',
    dialplan: ['Dial(DRIVER/301,20)'],
    talkMs: 3000,
    expected: answered('301', 'caller', 3, ['301 answered'], [`${C}-301`]),
  },
  {
    title: 'answered, the telephone hangs up',
    to: '74950000002',
    dialplan: ['Dial(DRIVER/302,20)'],
    talkMs: 20_000,
    expected: answered('302', 'callee', 0.5, ['302 answered'], [`${C}-302`]),
  },
  {
    title: 'no answer',
    to: '74950000003',
    dialplan: ['Dial(DRIVER/303,3)'],
    expected: unanswered('no_answer', 'system', ['303 no_answer']),
  },
  {
    title: 'busy',
    to: '74950000004',
    dialplan: ['Dial(DRIVER/304,20)', 'Busy(2)'],
    expected: unanswered('busy', 'callee', ['304 busy']),
  },
  {
    title: 'refused',
    to: '74950000005',
    dialplan: ['Dial(DRIVER/305,20)'],
    expected: unanswered('refused', 'callee', ['305 refused']),
  },
  {
    title: 'not there (480 without ringing)',
    to: '74950000006',
    dialplan: ['Dial(DRIVER/306,20)'],
    expected: unanswered('unreachable', 'system', ['306 unreachable']),
  },
  {
    title: 'no such number (404)',
    to: '74950000007',
    dialplan: ['Dial(DRIVER/307,20)'],
    expected: unanswered('unreachable', 'system', ['307 unreachable']),
  },
  {
    title: 'no free line (503)',
    to: '74950000008',
    dialplan: ['Dial(DRIVER/308,20)'],
    expected: unanswered('unreachable', 'system', ['308 unreachable']),
  },
  {
    title: 'the caller gives up',
    to: '74950000009',
    dialplan: ['Dial(DRIVER/303,20)'],
    giveUpAfterMs: 2000,
    expected: unanswered('cancelled', 'caller', ['303 cancelled']),
  },
  {
    title: 'ring all five, the third answers',
    to: '74950000010',
    dialplan: ['Dial(DRIVER/311&DRIVER/312&DRIVER/313&DRIVER/314&DRIVER/315,20)'],
    talkMs: 2000,
    expected: answered(
      '313',
      'caller',
      2,
      [
        '311 answered elsewhere',
        '312 answered elsewhere',
        '313 answered',
        '314 answered elsewhere',
        '315 answered elsewhere',
      ],
      [`${C}-313`],
    ),
  },
  {
    title: 'hunt of three',
    to: '74950000011',
    dialplan: ['Dial(DRIVER/303,2)', 'Dial(DRIVER/304,20)', 'Dial(DRIVER/301,20)'],
    talkMs: 2000,
    expected: answered('301', 'caller', 2, ['301 answered', '303 no_answer', '304 busy'], [`${C}-301`]),
  },
  {
    title: 'queue, answered in the second round',
    to: '74950000012',
    dialplan: ['Queue(operators,,,,40)'],
    talkMs: 2000,
    expected: answered(
      '210',
      'caller',
      2,
      ['210 answered', '210 busy', '303 answered elsewhere', '303 no_answer'],
      [`${C}-210`],
    ),
  },
  {
    title: 'blind transfer (REFER)',
    to: '74950000013',
    dialplan: ['Dial(DRIVER/201,20)'],
    talkMs: 4000,
    expected: answered('201', 'caller', 4, ['201 answered', '301 answered'], [`${C}-201`, `${C}-301`]),
  },
  {
    title: 'attended transfer with keys',
    to: '74950000014',
    dialplan: ['Dial(DRIVER/202,20,t)'],
    talkMs: 9000,
    expected: answered(
      '202',
      'caller',
      8,
      ['202 answered', '301 answered'],
      ['202-301', `${C}-202`, `${C}-301`],
    ),
  },
  {
    title: 'attended transfer (REFER with Replaces)',
    to: '74950000015',
    dialplan: ['Dial(DRIVER/203,20)'],
    talkMs: 6000,
    expected: answered(
      '203',
      'caller',
      6,
      ['203 answered', '301 answered'],
      ['203-301', `${C}-203`, `${C}-301`],
    ),
  },
  {
    title: 'attended transfer while the colleague rings',
    to: '74950000016',
    dialplan: ['Dial(DRIVER/204,20)'],
    talkMs: 7000,
    expected: answered('204', 'caller', 4.5, ['204 answered', '211 answered'], [`${C}-204`, `${C}-211`]),
  },
  {
    title: 'picked up by a colleague',
    to: '74950000017',
    dialplan: ['Dial(DRIVER/320,20)'],
    talkMs: 2000,
    expected: answered('205', 'caller', 2, ['205 answered', '320 answered elsewhere'], [`${C}-205`]),
  },
  {
    title: 'forwarded by the telephone (302)',
    to: '74950000018',
    dialplan: ['Dial(DRIVER/309,20)'],
    talkMs: 2000,
    expected: answered('301', 'caller', 2, ['301 answered', '309 forwarded'], [`${C}-301`]),
  },
  {
    title: 'a greeting only',
    to: '74950000019',
    dialplan: ['Answer()', 'Wait(20)'],
    talkMs: 2000,
    expected: unanswered('cancelled', 'caller', []),
  },
];

function answered(
  answeredBy: string,
  endedBy: string,
  talk: number,
  legs: readonly string[],
  talks: readonly string[],
): Flow['expected'] {
  return { outcome: 'answered', answeredBy, endedBy, talk, legs, talks };
}

function unanswered(outcome: string, endedBy: string, legs: readonly string[]): Flow['expected'] {
  return { outcome, answeredBy: null, endedBy, talk: 0, legs, talks: [] };
}

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

const SIPP_PHONES = [
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
];

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
  '205': async () => {},
  '210': queueMember(),
  '211': async (call) => {
    call.ring();
    await sleep(2500);
    call.answer();
  },
};

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

/** 201 is at 127.0.0.101: Asterisk knows a telephone by its address. */
function addressOf(extension: string): string {
  return `127.0.0.${Number(extension) - 100}`;
}

interface Places {
  readonly transportPort: number;
  readonly trunk: { readonly address: string; readonly port: number };
  readonly phones: { readonly address: string; readonly port: number };
  readonly softphonePort: number;
}

/** The configuration of Asterisk for all flows. */
export function flowFiles(driver: Telephony['driver'], places: Places): Record<string, string> {
  const extensions = [
    ...[...SIPP_PHONES, '320'].map((name) => ({ name, ...places.phones })),
    ...Object.keys(SCRIPTS).map((name) => ({ name, address: addressOf(name), port: places.softphonePort })),
  ];
  const lines = FLOWS.flatMap(({ to, dialplan }) => [
    `exten => ${to},1,NoOp()`,
    ...dialplan.map((line) => ` same => n,${line.replaceAll('DRIVER', driver)}`),
    ' same => n,Hangup()',
  ]);
  return {
    ...(driver === 'PJSIP'
      ? { 'pjsip.conf': pjsipConf(extensions, places) }
      : { 'sip.conf': sipConf(extensions, places) }),
    'extensions.conf': [
      '[from-trunk]',
      ...lines,
      '[from-internal]',
      `exten => _XXX,1,Dial(${driver}/\${EXTEN},20)`,
      `exten => _7XXXXXXXXXX,1,Set(CALLERID(num)=74950000000)`,
      ` same => n,Dial(${driver === 'PJSIP' ? 'PJSIP/${EXTEN}@trunk' : 'SIP/trunk/${EXTEN}'},20)`,
      '',
    ].join('\n'),
    'features.conf': '[general]\npickupexten = *8\nfeaturedigittimeout = 2000\n[featuremap]\natxfer => *2\n',
    'queues.conf': `[general]
[operators]
strategy = ringall
timeout = 3
retry = 1
ringinuse = yes
member => ${driver}/303
member => ${driver}/210
`,
  };
}

interface Extension {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** 205 may pick up what rings at 320. */
const PICKUP: Readonly<Record<string, readonly [string, string]>> = {
  '320': ['call_group=1', 'callgroup=1'],
  '205': ['pickup_group=1', 'pickupgroup=1'],
};

function pjsipConf(extensions: readonly Extension[], { transportPort, trunk }: Places): string {
  const endpoint = ({ name, address, port }: Extension, context: string) => `
[${name}]
type=endpoint
context=${context}
disallow=all
allow=alaw
aors=${name}
direct_media=no
dtmf_mode=info
${PICKUP[name]?.[0] ?? ''}
[${name}]
type=aor
contact=sip:${name}@${address}:${port}
${address === '127.0.0.20' ? '' : `[${name}]\ntype=identify\nendpoint=${name}\nmatch=${address}\n`}`;
  return `[transport-udp]
type=transport
protocol=udp
bind=127.0.0.1:${transportPort}
${endpoint({ name: 'trunk', ...trunk }, 'from-trunk').replace('contact=sip:trunk@', 'contact=sip:')}
${extensions.map((one) => endpoint(one, 'from-internal')).join('')}`;
}

function sipConf(extensions: readonly Extension[], { transportPort, trunk }: Places): string {
  const peer = ({ name, address, port }: Extension, context: string) => `
[${name}]
type=${name === 'trunk' ? 'peer' : 'friend'}
host=${address}
port=${port}
context=${context}
${/* Without, a peer with a fixed address is rung without a number. */ name === 'trunk' ? '' : `defaultuser=${name}`}
insecure=port,invite
dtmfmode=info
${PICKUP[name]?.[1] ?? ''}`;
  return `[general]
udpbindaddr=127.0.0.1:${transportPort}
allowguest=no
disallow=all
allow=alaw
directmedia=no
${peer({ name: 'trunk', ...trunk }, 'from-trunk')}
${extensions.map((one) => peer(one, 'from-internal')).join('')}
`;
}
