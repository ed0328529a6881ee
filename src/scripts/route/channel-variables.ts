import { encodeCommand } from '../../agi/command.ts';
import { encodeMSet, MAX_PAIRS, type Variable } from '../../agi/mset.ts';
import { nobody, type Decision } from '../../routing/decision.ts';
import type { Line } from '../../routing/dialer.ts';

/**
 * The longest sum of names and values that surely fits one AGI line of 2,046 bytes, escaped: every value
 * here is of digits and the characters of a dial string, none of which needs escaping.
 */
const MAX_LENGTH = 1900;

/** Variables that fit one line. What does not fit is left out. */
class VariableList {
  readonly all: Variable[] = [];
  #length = 0;

  /** Empty values are left out, since Asterisk publishes every variable set. */
  put(name: string, value: string | number | null | undefined): void {
    if (value === null || value === undefined || value === '') return;
    const text = String(value);
    this.all.push([name, text]);
    this.#length += lengthOf(name, text);
  }

  /**
   * A way to place a call, whole or not at all: without its number a trunk would refuse the call.
   *
   * @param place `1`, or `1_2` for the second way of the first attempt
   * @param reserve variables that are still to come
   * @returns whether it fitted
   */
  putLine(place: string, { dial, callerId = '', limit = '' }: Line, reserve: number): boolean {
    const line: Variable[] = [
      [`ROUTE_DIAL_${place}`, dial],
      [`ROUTE_CALLERID_${place}`, callerId],
      [`ROUTE_LIMIT_${place}`, limit],
    ];
    const wanted = line.filter(([, value]) => value !== '');
    const length = wanted.reduce((sum, [name, value]) => sum + lengthOf(name, value), this.#length);
    if (length > MAX_LENGTH || this.all.length + wanted.length + reserve > MAX_PAIRS) return false;
    for (const [name, value] of wanted) this.put(name, value);
    return true;
  }
}

function lengthOf(name: string, value: string): number {
  return name.length + value.length + 2;
}

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
  for (const [index, { fallbacks = [] }] of attempts.slice(0, count).entries()) {
    for (const [step, line] of fallbacks.entries()) {
      // The dialplan goes from one to the next: behind a gap nothing is found.
      if (!list.putLine(`${index + 1}_${step + 2}`, line, LAST)) break;
    }
  }
  return count;
}

/** The whole command that tells the dialplan `ROUTE_STATUS=ERROR`, for a call beyond the limit. */
export const OVERLOAD_LINE = encodeCommand('exec', ['MSet', encodeMSet(toVariables(nobody('ERROR')))]);
