import { encodeCommand } from '../agi/command.ts';
import { encodeMSet } from '../agi/mset.ts';
import { nobody, type Decision } from '../routing/decision.ts';

/**
 * The longest sum of names and values that surely fits one AGI line of 2,046 bytes, escaped: every value
 * here is of digits and the characters of a dial string, none of which needs escaping.
 */
const MAX_LENGTH = 1900;

/**
 * The channel variables that tell the dialplan what was decided. Empty ones are left out, since Asterisk
 * publishes every variable set; the status comes last, so that a dialplan that reads it finds the rest.
 */
export function toVariables(decision: Decision): Record<string, string> {
  const optional: [string, string | number | null][] = [
    ['ROUTE_CALLER', decision.caller],
    ['ROUTE_TARGET', decision.target],
    ['ROUTE_NUMBER', decision.number],
    ['ROUTE_COURIER', decision.courier],
    ['ROUTE_CLIENT', decision.client],
    ['ROUTE_CLIENT_STATE', decision.clientState],
    ['ROUTE_ORDER', decision.order],
    ['ROUTE_SHIPMENT', decision.shipment],
    ['ROUTE_SOURCE', decision.source],
    ['ROUTE_AGE', decision.ageSeconds],
  ];
  const variables: Record<string, string> = {};
  for (const [name, value] of optional) if (value !== null && value !== '') variables[name] = String(value);

  let length = 0;
  for (const [name, value] of Object.entries(variables)) length += name.length + value.length + 2;
  let count = 0;
  for (const { dial } of decision.attempts) {
    const name = `ROUTE_DIAL_${count + 1}`;
    length += name.length + dial.length + 2;
    // Better fewer attempts than a line that Asterisk cuts.
    if (length > MAX_LENGTH) break;
    variables[name] = dial;
    count += 1;
  }
  const [first] = decision.attempts;
  if (first !== undefined) variables['ROUTE_RING'] = String(first.ring);
  variables['ROUTE_COUNT'] = String(count);
  variables['ROUTE_STATUS'] = decision.status;
  return variables;
}

/** The whole command that tells the dialplan `ROUTE_STATUS=ERROR`, for a call beyond the limit. */
export const OVERLOAD_LINE = encodeCommand('exec', [
  'MSet',
  encodeMSet(Object.entries(toVariables(nobody('ERROR')))),
]);
