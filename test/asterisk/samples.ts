import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRUNK_ADDRESS } from '../lab/sip.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'dialplan-examples');

/** What the samples tell an admin to change, and what this lab has in its place. */
export interface Changes {
  readonly transportPort: number;
  readonly trunkPort: number;
  /** Of courier-agi. */
  readonly routerUrl: string;
  /** A dial string. */
  readonly operators: string;
  /** As GotoIfTime() reads them. Default: always open. */
  readonly workHours?: string;
  /** Default: no. */
  readonly record?: 'yes' | 'no';
}

export function readSample(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

/**
 * The samples as an admin of this lab would install them: the values marked CHANGE are changed, nothing else.
 *
 * @param driver chan_sip reads sip.conf, and its dial strings begin with SIP/
 */
export function installedSamples(driver: 'PJSIP' | 'SIP', changes: Changes): Record<string, string> {
  const { transportPort, trunkPort, routerUrl, operators, workHours = '*,*,*,*', record = 'no' } = changes;
  const dialplan = edit(readSample('extensions.conf'), [
    [/^COURIER_ROUTER=.*$/m, `COURIER_ROUTER=${routerUrl}`],
    [/^COURIER_OUTBOUND=.*$/m, `COURIER_OUTBOUND=${outboundUrl(routerUrl)}`],
    [/^COURIER_RECORD=.*$/m, `COURIER_RECORD=${record}`],
    [/^OPERATORS=.*$/m, `OPERATORS=${operators}`],
    [/^WORK_HOURS=.*$/m, `WORK_HOURS=${workHours}`],
  ]);
  return {
    'courier-route.conf': readSample('courier-route.conf'),
    'courier-outbound.conf': readSample('courier-outbound.conf'),
    'courier-call.conf': readSample('courier-call.conf'),
    'extensions.conf': driver === 'PJSIP' ? dialplan : dialplan.replaceAll('PJSIP/', 'SIP/'),
    ...(driver === 'PJSIP'
      ? {
          'pjsip.conf': edit(readSample('pjsip.conf'), [
            ['bind=0.0.0.0:5060', `bind=127.0.0.1:${transportPort}`],
            ['sip:203.0.113.10:5060', `sip:${TRUNK_ADDRESS}:${trunkPort}`],
            ['match=203.0.113.10', `match=${TRUNK_ADDRESS}`],
          ]),
        }
      : {
          'sip.conf': edit(readSample('sip.conf'), [
            ['udpbindaddr=0.0.0.0:5060', `udpbindaddr=127.0.0.1:${transportPort}`],
            ['host=203.0.113.10\nport=5060', `host=${TRUNK_ADDRESS}\nport=${trunkPort}`],
          ]),
        }),
  };
}

/** The other script of the same server. */
function outboundUrl(routerUrl: string): string {
  return routerUrl.replace(/route$/, 'outbound');
}

/** manager.conf likewise. */
export function installedManagerConf({ port, secret }: { port: number; secret: string }): string {
  return edit(readSample('manager.conf'), [
    ['port = 5038', `port = ${port}`],
    ['CHANGE-ME-to-a-long-random-text', secret],
  ]);
}

/** The same with the dialplan in AEL. */
export function installedAelSamples(driver: 'PJSIP' | 'SIP', changes: Changes): Record<string, string> {
  const others = installedSamples(driver, changes);
  const { routerUrl, operators, workHours = '*,*,*,*', record = 'no' } = changes;
  const dialplan = edit(readSample('extensions.ael'), [
    [/^ +COURIER_ROUTER=.*$/m, `COURIER_ROUTER=${routerUrl};`],
    [/^ +COURIER_OUTBOUND=.*$/m, `COURIER_OUTBOUND=${outboundUrl(routerUrl)};`],
    [/^ +COURIER_RECORD=.*$/m, `COURIER_RECORD=${record};`],
    [/^ +OPERATORS=.*$/m, `OPERATORS=${operators};`],
    [/^ +WORK_HOURS=.*$/m, `WORK_HOURS=${workHours};`],
  ]);
  return {
    ...others,
    // As the sample says.
    'extensions.conf': '#tryinclude "courier-route.conf"\n#tryinclude "courier-outbound.conf"\n',
    'extensions.ael': driver === 'PJSIP' ? dialplan : dialplan.replaceAll('PJSIP/', 'SIP/'),
  };
}

/** @throws when something to be replaced is not there: the sample has changed, and the test must follow */
function edit(text: string, changes: readonly (readonly [string | RegExp, string])[]): string {
  return changes.reduce((before, [what, by]) => {
    if (before.split(what).length !== 2) throw new Error(`The sample has not one ${what} to change.`);
    return before.replace(what, () => by);
  }, text);
}
