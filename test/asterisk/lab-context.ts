import type { Company, Telephony } from './company.ts';

/** A call to be made through a dialplan of the lab's own, before the sample takes it. */
export interface LabCall {
  /** The number that it calls. */
  readonly to: string;
  /** COURIER_ROUTER. */
  readonly routerUrl: string;
  /** Further lines of the dialplan, such as `Answer()`. */
  readonly lines?: readonly string[];
}

/**
 * The samples with a context that takes all calls of the trunk in place of `from-trunk`, as an admin with
 * limits and endings of his own would have it: each called number has its own server and lines.
 */
export function throughLab(
  driver: Telephony['driver'],
  files: Readonly<Record<string, string>>,
  calls: readonly LabCall[],
): Record<string, string> {
  const name = driver === 'PJSIP' ? 'pjsip.conf' : 'sip.conf';
  const context = calls.flatMap(({ to, routerUrl, lines = [] }) => [
    `exten => ${to},1,Set(COURIER_ROUTER=${routerUrl})`,
    ...lines.map((line) => ` same => n,${line}`),
    ' same => n,Goto(s,1)',
  ]);
  return {
    ...files,
    [name]: (files[name] ?? '').replace('context=from-trunk', 'context=lab'),
    'extensions.conf': [files['extensions.conf'], '[lab]', ...context, ...ENDINGS].join('\n'),
  };
}

const ENDINGS = [
  'exten => s,1,Gosub(courier-route,s,1)',
  ' same => n,NoOp(lab-left|${CALLERID(name)}|${TIMEOUT(absolute)})',
  ' same => n,Goto(operators,s,1)',
  'exten => T,1,NoOp(lab-T|${CALLERID(name)})',
  ' same => n,Hangup()',
  'exten => h,1,NoOp(lab-h|${CALLERID(name)})',
  '',
];

/** What is left of the absolute limit of each call behind the subroutine, seconds, by the caller's name. */
export async function leftOver(company: Company): Promise<ReadonlyMap<string, number>> {
  const log = await company.asterisk.log();
  return new Map(
    [...log.matchAll(/"lab-left\|(\w+)\|([\d.]+)"/g)].map(([, name = '', left]) => [name, Number(left)]),
  );
}
