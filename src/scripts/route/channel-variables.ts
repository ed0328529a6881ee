import { encodeCommand } from '../../agi/command.ts';
import { encodeMSet, type Variable } from '../../agi/mset.ts';
import { nobody, type Decision } from '../../routing/decision.ts';
import { VariableList } from '../line-variables.ts';

/** `ROUTE_RING`, `ROUTE_COUNT` and `ROUTE_STATUS` */
const LAST = 3;

/** The channel variables that tell the dialplan what was decided. The status comes last. */
export function toVariables(decision: Decision): Variable[] {
  const list = new VariableList();
  list.put('ROUTE_CALLER', decision.caller);
  list.put('ROUTE_TARGET', decision.target);
  list.put('ROUTE_NUMBER', decision.number);
  list.put('ROUTE_COURIER', decision.courier);
  list.put('ROUTE_BRANCH', decision.branch);
  list.put('ROUTE_CLIENT', decision.client);
  list.put('ROUTE_CLIENT_STATE', decision.clientState);
  list.put('ROUTE_ORDER', decision.order);
  list.put('ROUTE_SHIPMENT', decision.shipment);
  list.put('ROUTE_SOURCE', decision.source);
  list.put('ROUTE_AGE', decision.ageSeconds);
  const count = putAttempts(list, decision);
  list.put('ROUTE_RING', decision.attempts[0]?.ring);
  list.put('ROUTE_COUNT', count);
  list.put('ROUTE_STATUS', decision.status);
  return list.all;
}

/** Another telephone is worth more than another way to one. @returns how many attempts fitted */
function putAttempts(list: VariableList, { attempts }: Decision): number {
  let count = 0;
  for (const attempt of attempts) {
    if (!list.putLine(String(count + 1), attempt, LAST)) break;
    count += 1;
  }
  for (const [index, { fallbacks }] of attempts.entries()) {
    if (index >= count) break;
    for (const [step, line] of (fallbacks ?? []).entries()) {
      // The dialplan goes from one to the next: behind a gap nothing is found.
      if (!list.putLine(`${index + 1}_${step + 2}`, line, LAST)) break;
    }
  }
  return count;
}

/** The whole command that tells the dialplan `ROUTE_STATUS=ERROR`, for a call beyond the limit. */
export const OVERLOAD_LINE = encodeCommand('exec', ['MSet', encodeMSet(toVariables(nobody('ERROR')))]);
