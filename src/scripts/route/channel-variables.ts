import { encodeCommand } from '../../agi/command.ts';
import { encodeMSet, type Variable } from '../../agi/mset.ts';
import { nobody, type Decision } from '../../routing/decision.ts';

/**
 * The longest sum of names and values that surely fits one AGI line of 2,046 bytes, escaped: every value
 * here is of digits and the characters of a dial string, none of which needs escaping.
 */
const MAX_LENGTH = 1900;

/**
 * The channel variables that tell the dialplan what was decided. Empty ones are left out, since Asterisk
 * publishes every variable set; the status comes last, so that a dialplan that reads it finds the rest.
 */
export function toVariables(decision: Decision): Variable[] {
  const variables: Variable[] = [];
  let length = 0;
  const put = (name: string, value: string | number | null): void => {
    if (value === null || value === '') return;
    const text = String(value);
    variables.push([name, text]);
    length += name.length + text.length + 2;
  };
  put('ROUTE_CALLER', decision.caller);
  put('ROUTE_TARGET', decision.target);
  put('ROUTE_NUMBER', decision.number);
  put('ROUTE_COURIER', decision.courier);
  put('ROUTE_CLIENT', decision.client);
  put('ROUTE_CLIENT_STATE', decision.clientState);
  put('ROUTE_ORDER', decision.order);
  put('ROUTE_SHIPMENT', decision.shipment);
  put('ROUTE_SOURCE', decision.source);
  put('ROUTE_AGE', decision.ageSeconds);
  let count = 0;
  for (const { dial } of decision.attempts) {
    const name = `ROUTE_DIAL_${count + 1}`;
    // Better fewer attempts than a line that Asterisk cuts.
    if (length + name.length + dial.length + 2 > MAX_LENGTH) break;
    put(name, dial);
    count += 1;
  }
  const [first] = decision.attempts;
  put('ROUTE_RING', first?.ring ?? null);
  put('ROUTE_COUNT', count);
  put('ROUTE_STATUS', decision.status);
  return variables;
}

/** The whole command that tells the dialplan `ROUTE_STATUS=ERROR`, for a call beyond the limit. */
export const OVERLOAD_LINE = encodeCommand('exec', ['MSet', encodeMSet(toVariables(nobody('ERROR')))]);
