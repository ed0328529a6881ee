import type { Party } from '../../calls/call.ts';
import { outsider, type PageCall } from '../calls/page-call.ts';

/** Somebody who is owed a call: one a number, however often they called. */
export interface Owed {
  readonly number: string;
  /** The oldest first; never empty. */
  readonly calls: readonly PageCall[];
  /** How long they waited at most, in seconds. */
  readonly waited: number;
  /** The call in which somebody rings them back right now. */
  readonly calling: PageCall | null;
}

/** Those who are owed a call, the one who waits longest first. @param missed in any order; those already called back are left out */
export function owedOf(missed: readonly PageCall[], live: readonly PageCall[]): Owed[] {
  const byNumber = new Map<string, PageCall[]>();
  for (const call of missed.toSorted(byStart)) {
    const { number } = call.from;
    if (number === null || !call.missed || call.calledBackAt !== null) continue;
    const known = byNumber.get(number);
    if (known === undefined) byNumber.set(number, [call]);
    else known.push(call);
  }
  return [...byNumber].map(([number, calls]) => ({
    number,
    calls,
    waited: Math.round(Math.max(...calls.map(({ seconds }) => Math.max(seconds.wait, seconds.ring)))),
    calling: live.find((call) => isCallTo(call, number)) ?? null,
  }));
}

/** The last time somebody called back in vain; null when nobody has tried. @param calls of the number */
export function triedBack({ number, calls }: Owed, all: readonly PageCall[]): PageCall | null {
  const since = calls[0]?.startedAt ?? '';
  const tries = all.filter(
    (call) =>
      isCallTo(call, number) && call.state === 'ended' && call.talks.length === 0 && call.startedAt > since,
  );
  return tries.toSorted(byStart).at(-1) ?? null;
}

/**
 * Who of us spoke with a number.
 *
 * @param answeredAt of the talk
 * @param calls where one call may stand twice: while a talk lasts the desk does not always tell who it is
 * @returns null while it is not told
 */
export function spokeWith(number: string, answeredAt: string, calls: readonly PageCall[]): Party | null {
  const us = calls
    .filter((call) => call.answeredAt === answeredAt && outsider(call)?.number === number)
    .map((call) => (call.direction === 'in' ? call.answeredBy : call.from));
  return us.find((party) => party !== null && isNamed(party)) ?? null;
}

/** While a talk lasts the desk does not tell everybody who of the house it is. */
export function isNamed({ user, extension, number }: Party): boolean {
  return (user ?? extension ?? number) !== null;
}

function isCallTo(call: PageCall, number: string): boolean {
  return call.direction !== 'in' && outsider(call)?.number === number;
}

function byStart(a: PageCall, b: PageCall): number {
  return a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0;
}
