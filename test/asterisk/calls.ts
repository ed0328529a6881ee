import type { CallOptions, PlacedCall, ReceivedCall } from '../lab/sip.ts';
import type { Company } from './company.ts';

export interface NamedCall extends Omit<CallOptions, 'port' | 'name'> {
  /** Goes along as the caller's name; the called telephones tell the calls apart by it. */
  readonly name: string;
}

export interface Outcome {
  readonly call: PlacedCall;
  /** Who was rung, in order. */
  readonly rung: readonly ReceivedCall[];
  /** The numbers of `rung`. */
  readonly numbers: readonly string[];
}

/** Each caller is a process; more at once would only wait for one another. */
const AT_ONCE = 12;

/** Longer than any ring time in the tests: what would still ring after a call would do so by then. */
const AFTERMATH_MS = 3500;

/**
 * Places all calls, many at a time, and tells by name what came of each. To be used once, in beforeAll:
 * dozens of calls take little longer than the longest one.
 */
export async function placeAll(
  company: Company,
  calls: readonly NamedCall[],
): Promise<ReadonlyMap<string, Outcome | Error>> {
  const placed = new Map<string, PlacedCall | Error>();
  const queue = calls.values();
  const worker = async () => {
    for (const call of queue) {
      try {
        placed.set(call.name, await company.call(call));
      } catch (error) {
        placed.set(call.name, error instanceof Error ? error : new Error(String(error)));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await new Promise((resolve) => {
    setTimeout(resolve, AFTERMATH_MS);
  });

  const outcomes = new Map<string, Outcome | Error>();
  for (const [name, call] of placed) {
    const rung = await company.rung(name);
    outcomes.set(name, call instanceof Error ? call : { call, rung, numbers: rung.map((one) => one.number) });
  }
  return outcomes;
}

/** @throws what the call failed with, or when there is none of that name */
export function outcomeOf(outcomes: ReadonlyMap<string, Outcome | Error>, name: string): Outcome {
  const outcome = outcomes.get(name) ?? new Error(`There was no call ${name}.`);
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

/** Lines of Asterisk's log that tell of trouble, from its start-up on or after it. */
export function troubleIn(log: string): readonly string[] {
  return log.split('\n').filter((line) => /\] (WARNING|ERROR)\[/.test(line));
}
