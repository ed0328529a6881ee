import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAB_FOLDER } from '../../test/lab/rootfs/prepare.ts';
import { type Phone, TRUNK_ADDRESS } from '../../test/lab/sip.ts';

export const AMI_SECRET = 'change-me-desk-of-the-bench';
/** Telephones of the office: enough that each is free again when its turn comes. */
export const EXTENSIONS = Array.from({ length: 60 }, (_none, index) => String(200 + index));

const sample = (name: string): string =>
  readFileSync(join(LAB_FOLDER, '..', 'dialplan-examples', name), 'utf8');

/** An Asterisk with the samples, a trunk and the telephones of an office. */
export function callingFiles(places: {
  readonly sipPort: number;
  readonly amiPort: number;
  /** Of courier-agi. */
  readonly agiPort: number;
  readonly trunk: Phone;
  readonly telephones: Phone;
}): Readonly<Record<string, string>> {
  const { sipPort, amiPort, agiPort, trunk, telephones } = places;
  const endpoint = (name: string, contact: string, context: string) => `
[${name}]
type=endpoint
context=${context}
disallow=all
allow=alaw
aors=${name}
direct_media=no
[${name}]
type=aor
contact=sip:${contact}
`;
  return {
    'pjsip.conf': `[transport-udp]
type=transport
protocol=udp
bind=127.0.0.1:${sipPort}
${endpoint('trunk', `${TRUNK_ADDRESS}:${trunk.port}`, 'from-trunk')}
${EXTENSIONS.map((name) => endpoint(name, `${name}@${telephones.address}:${telephones.port}`, 'from-internal')).join('')}`,
    'extensions.conf': `[globals]
COURIER_OUTBOUND=agi://127.0.0.1:${agiPort}/outbound
#tryinclude "courier-outbound.conf"
#tryinclude "courier-call.conf"
[from-trunk]
[from-internal]
`,
    'courier-outbound.conf': sample('courier-outbound.conf'),
    'courier-call.conf': sample('courier-call.conf'),
    'manager.conf': sample('manager.conf')
      .replace('port = 5038', `port = ${amiPort}`)
      .replace('CHANGE-ME-to-a-long-random-text', AMI_SECRET),
  };
}
