import { PHONE_ADDRESS } from '../lab/sip.ts';
import { FLOWS } from './call-flows.ts';
import type { Telephony } from './company.ts';
import { addressOf, SIPP_PHONES, SOFTPHONES } from './flow-phones.ts';

interface Places {
  readonly transportPort: number;
  readonly trunk: { readonly address: string; readonly port: number };
  readonly phones: { readonly address: string; readonly port: number };
  readonly softphonePort: number;
}

/** The configuration of Asterisk for all flows. */
export function flowFiles(driver: Telephony['driver'], places: Places): Record<string, string> {
  const extensions = [
    ...SIPP_PHONES.map((name) => ({ name, ...places.phones })),
    ...SOFTPHONES.map((name) => ({ name, address: addressOf(name), port: places.softphonePort })),
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
      // Over a Local channel that Asterisk takes out of the talk.
      'exten => _9XXX,1,Dial(Local/${EXTEN:1}@from-internal,20)',
      'exten => _+7XXXXXXXXXX,1,Goto(${EXTEN:1},1)',
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
${address === PHONE_ADDRESS ? '' : `[${name}]\ntype=identify\nendpoint=${name}\nmatch=${address}\n`}`;
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
