import { RUN_FOLDER } from '../../test/lab/asterisk/namespace.ts';
import { TRUNK_ADDRESS } from '../../test/lab/sip.ts';

/** Of the calls to the company, as `sip-message.ts` sends them. */
export const CONTEXT = 'from-trunk';

export type Files = Readonly<Record<string, string>>;

/**
 * What every contender's Asterisk is configured with: a trunk on loopback.
 *
 * @param sipPort UDP, on 127.0.0.1
 */
export function commonFiles(sipPort: number): Files {
  return {
    'pjsip.conf': `
[transport-udp]
type=transport
protocol=udp
bind=127.0.0.1:${sipPort}

[trunk]
type=endpoint
context=${CONTEXT}
disallow=all
allow=alaw,ulaw
direct_media=no

[trunk]
type=identify
endpoint=trunk
match=${TRUNK_ADDRESS}
`,
    // A call has two ports from the INVITE on: enough for all that may wait at once.
    'rtp.conf': `
[general]
rtpstart=20000
rtpend=29999
`,
  };
}

/** Where the ODBC configuration lies, as Asterisk sees it. */
export const ODBC_INI = `${RUN_FOLDER}/etc/odbc.ini`;
