import type { Call } from '../calls/call.ts';
import { plural } from '../util/plural.ts';
import { continueCall, isOver } from './continued-call.ts';

/**
 * Calls of before this desk was started, until Asterisk has said which of them still last. The tracker may name one by another
 * of its Linkedids now: it goes on under the name that the journal has.
 */
export class RestoredCalls {
  readonly #calls: Map<string, Call>;
  /**
   * Ids of the journal by those of the tracker; each belongs to one call of the tracker. They stay, since what hangs on
   * a call is told after its end, and are never more than the calls of before.
   */
  readonly #names = new Map<string, string>();

  constructor(calls: readonly Call[]) {
    this.#calls = new Map(calls.map((call) => [call.id, call]));
  }

  /** What the tracker tells of a call, with what was known of it before. */
  complete(now: Call): Call {
    const id = this.#nameOf(now);
    const before = this.#calls.get(id);
    if (now.state === 'ended') this.#calls.delete(id);
    return before === undefined ? { ...now, id } : continueCall(before, now);
  }

  /** @returns the journal's id of a call that the tracker has told of, after its end too */
  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /**
   * A call of the tracker turned out to be a part of another one.
   *
   * @returns the same in ids of the journal; undefined when it is one call there already
   */
  join(gone: string, into: string): { readonly gone: string; readonly into: string } | undefined {
    const [goneId, intoId] = [this.nameOf(gone), this.nameOf(into)];
    this.#names.delete(gone);
    if (goneId === intoId) return undefined;
    if (this.#calls.has(goneId) && !this.#calls.has(intoId)) {
      // What was known goes on, under its own name.
      this.#names.set(into, goneId);
      return { gone: intoId, into: goneId };
    }
    this.#calls.delete(goneId);
    return { gone: goneId, into: intoId };
  }

  /**
   * Ends those that are gone.
   *
   * @param live the calls that last, as the tracker names them
   * @param until when the others were last known to last, in ms since 1970
   */
  endAllBut(live: readonly Call[], until: number): Call[] {
    const lasting = new Set(live.map((call) => this.#nameOf(call)));
    const gone = [...this.#calls.values()].filter(({ id }) => !lasting.has(id));
    for (const { id } of gone) this.#calls.delete(id);
    return gone.map((call) => endUnseen(call, until));
  }

  #nameOf({ id, linkedIds }: Call): string {
    const known = this.#names.get(id);
    if (known !== undefined || this.#calls.size === 0) return known ?? id;
    const taken = new Set(this.#names.values());
    const free = [...this.#calls.values()].filter((call) => !taken.has(call.id));
    const same =
      free.find((call) => call.id === id) ??
      free.find((call) => call.linkedIds.some((linkedId) => linkedIds.includes(linkedId)));
    const name = same?.id ?? id;
    if (same !== undefined) this.#names.set(id, name);
    return name;
  }
}

/**
 * A call that was over when Asterisk could be asked again. Its end was not seen: of the outcome only what is known
 * for sure is kept.
 *
 * @param until when it was last known to last, in ms since 1970
 */
export function endUnseen(call: Call, until: number): Call {
  const endedAt = new Date(Math.max(until, Date.parse(call.startedAt))).toISOString();
  return {
    ...call,
    state: 'ended',
    endedAt,
    outcome: call.answeredAt === null ? null : 'answered',
    endedBy: null,
    missed: false,
    legs: call.legs.map((leg) => ({ ...leg, endedAt: leg.endedAt ?? endedAt })),
    talks: call.talks.map((talk) => ({ ...talk, until: talk.until ?? endedAt })),
    holds: call.holds.filter(isOver),
    completeness: 'partial',
  };
}

/** Calls of Asterisks that are not configured any more. */
export function abandoned(calls: readonly Call[]): Error {
  const names = [...new Set(calls.map(({ asterisk }) => JSON.stringify(asterisk)))].join(', ');
  return new Error(
    `${plural(calls.length, 'call')} of ${names} had not ended. No Asterisk of that name is configured now: when they ended is not known.`,
  );
}
