import { CONTEXT } from './files.ts';

/**
 * The dialplan of a contender. All end in the same way, in the next step after the look-up: the call is
 * refused with 486 when somebody is to be dialled, with 404 when nobody is, so that the caller's side sees what
 * came out.
 *
 * @param lookup the steps in between, that set ROUTE_STATUS; each is an application with its arguments, with
 *   or without a label such as `(done),`
 */
export function dialplan(lookup: readonly string[]): string {
  const steps = [
    // As the subroutine of dialplan-examples does: what remains when the look-up says nothing.
    'Set(ROUTE_STATUS=ERROR)',
    ...lookup,
    // Causes 17 (busy) and 1 (unallocated number).
    '(done),Hangup(${IF($["${ROUTE_STATUS}" = "OK"]?17:1)})',
  ];
  const lines = steps.map((step, index) => {
    const priority = index === 0 ? 'exten => _X.,1' : ' same => n';
    return `${priority}${step.startsWith('(') ? '' : ','}${step}`;
  });
  return `[${CONTEXT}]\n${lines.join('\n')}\n`;
}

/** (g) */
export const NO_LOOKUP = dialplan(['Set(ROUTE_STATUS=OK)']);

/** (a) and (c): one AGI() */
export function askServer(port: number): string {
  return dialplan([`AGI(agi://127.0.0.1:${port}/route)`]);
}
