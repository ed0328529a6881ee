import { MAX_PAIRS, type Variable } from '../agi/mset.ts';
import type { Line } from '../routing/dialer.ts';

/**
 * The longest sum of names and values that surely fits one AGI line of 2,046 bytes, escaped: every value
 * here is of digits and the characters of a dial string, none of which needs escaping.
 */
const MAX_LENGTH = 1900;

/** Channel variables that fit one AGI line. */
export class VariableList {
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
   * @param reserve how many variables are still to come, beside lines
   * @returns whether it fitted
   */
  putLine(place: string, { dial, callerId = '', limit = '' }: Line, reserve: number): boolean {
    const line: Variable[] = [[`ROUTE_DIAL_${place}`, dial]];
    if (callerId !== '') line.push([`ROUTE_CALLERID_${place}`, callerId]);
    if (limit !== '') line.push([`ROUTE_LIMIT_${place}`, limit]);
    let length = this.#length;
    for (const [name, value] of line) length += lengthOf(name, value);
    if (length > MAX_LENGTH || this.all.length + line.length + reserve > MAX_PAIRS) return false;
    this.all.push(...line);
    this.#length = length;
    return true;
  }
}

function lengthOf(name: string, value: string): number {
  return name.length + value.length + 2;
}
