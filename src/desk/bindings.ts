import { isTestChannel } from '../calling/channel-id.ts';
import type { RequestOnCall } from '../calling/request.ts';
import { resultOf } from '../calling/result.text.ts';
import { wasDialled } from '../calls/attempts.ts';
import type { Call, Link, Party } from '../calls/call.ts';
import { FoundLinks } from '../calls/links.ts';
import { mostUrgentFirst, type Match } from '../directory/match.ts';

export interface BindingsOptions {
  /**
   * Whose a number is: every match of the directory.
   *
   * @throws when the directory cannot be asked in time
   */
  readonly findMatches: (number: string) => Promise<readonly Match[]>;
  /** `users.user` of an extension; null when it is nobody's. */
  readonly userOf: (extension: string) => string | null;
  /** What a call was asked for; undefined for one that the desk did not make. */
  readonly requestOf?: (call: Call) => RequestOnCall | undefined;
  /** Gets a call with what it is bound to: at each change, and when its look-up has come. */
  readonly onBound: (call: Call) => void;
  readonly onProblem: (problem: unknown) => void;
  /** Between two tries while the directory cannot be asked, in ms. Default 10,000. */
  readonly againMs?: number;
}

/** Look-ups that wait until the directory is back, at most; further calls stay as they are. About 15 MB. */
const MAX_WAITING = 5000;
const AGAIN_MS = 10_000;
/** After so many in a row the directory is still away. */
const MOST_FAILURES = 3;

/** Matches of one number that a call is bound to at most: a switchboard may stand with hundreds of people. */
const MAX_MATCHES = 20;

interface Bound {
  readonly id: string;
  /** Its newest version while a look-up goes on; nobody needs it afterwards. */
  call: Call | undefined;
  hasEnded: boolean;
  /** By number; null while the look-up goes on. */
  readonly matches: Map<string, readonly Match[] | null>;
}

interface LookUp {
  readonly bound: Bound;
  readonly number: string;
}

/**
 * Binds each call to shipments, orders, clients and people: by what the router said, by what a request named, and
 * else by the outside numbers, each looked up once, as soon as it is known. What is bound stays so, whatever happens to the
 * shipment later. While the directory cannot be asked, calls wait for it, and are told again when it is back.
 */
export class Bindings {
  readonly #options: BindingsOptions;
  readonly #live = new Map<string, Bound>();
  #waiting: LookUp[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BindingsOptions) {
    this.#options = options;
  }

  /** Calls whose end, or whose look-up, is still to come. */
  get size(): number {
    return this.#live.size;
  }

  /** A new version of a call. */
  add(call: Call): void {
    const { id, state } = call;
    const bound = this.#live.get(id) ?? { id, call, hasEnded: false, matches: new Map() };
    bound.call = call;
    bound.hasEnded = state === 'ended';
    this.#live.set(id, bound);
    // Those of before this desk was started have their matches with them.
    const isMatched = call.links.some(({ how }) => how === 'matched');
    for (const number of isMatched ? [] : outsideNumbers(call)) {
      if (!bound.matches.has(number)) void this.#lookUp(bound, number);
    }
    this.#options.onBound(this.#bind(call, bound.matches));
    this.#letGo(bound);
  }

  /** A call that lasts, as it is told: with what has been found so far. */
  bind(call: Call): Call {
    return this.#bind(call, this.#live.get(call.id)?.matches ?? new Map());
  }

  /** It turned out to be a part of another call. */
  remove(id: string): void {
    this.#live.delete(id);
  }

  /** Another desk follows the calls: what is still looked up is told by that one. */
  clear(): void {
    this.#live.clear();
    this.#waiting = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Never rejects: a call without links is a call all the same. */
  async #lookUp(bound: Bound, number: string): Promise<void> {
    bound.matches.set(number, null);
    const matches = await this.#options.findMatches(number).catch((error: unknown) => {
      this.#options.onProblem(error);
      return undefined;
    });
    if (matches !== undefined || this.#waiting.length >= MAX_WAITING)
      this.#onFound({ bound, number }, matches ?? []);
    else {
      this.#waiting.push({ bound, number });
      this.#askLater();
    }
  }

  #askLater(): void {
    this.#timer ??= setTimeout(() => void this.#askAgain(), this.#options.againMs ?? AGAIN_MS).unref();
  }

  /** One after the other: a directory that has just come back is not to be flooded. Never rejects. */
  async #askAgain(): Promise<void> {
    const waiting = this.#waiting;
    let failures = 0;
    for (let left = waiting.length; left > 0 && failures < MOST_FAILURES; left--) {
      const next = waiting.shift();
      if (next === undefined || this.#live.get(next.bound.id) !== next.bound) continue;
      const matches = await this.#options.findMatches(next.number).catch(() => undefined);
      // Another desk follows the calls by now.
      if (waiting !== this.#waiting) return;
      if (matches === undefined) {
        // It may be this number alone that fails: the others must not wait for it.
        waiting.push(next);
        failures += 1;
      } else {
        this.#onFound(next, matches);
        failures = 0;
      }
    }
    this.#timer = undefined;
    if (waiting.length > 0) this.#askLater();
  }

  #onFound({ bound, number }: LookUp, matches: readonly Match[]): void {
    bound.matches.set(number, matches);
    // Gone meanwhile, as a part of another call.
    if (this.#live.get(bound.id) !== bound || bound.call === undefined) return;
    if (matches.length > 0) this.#options.onBound(this.#bind(bound.call, bound.matches));
    this.#letGo(bound);
  }

  /** What no look-up waits for. */
  #letGo(bound: Bound): void {
    for (const matches of bound.matches.values()) if (matches === null) return;
    bound.call = undefined;
    if (bound.hasEnded) this.#live.delete(bound.id);
  }

  #bind(told: Call, matches: Bound['matches']): Call {
    const call = this.#withRequest(told);
    const found = [...matches.values()].flatMap((some) => some ?? []);
    const matched = toLinks(likeliestFirst(found).slice(0, MAX_MATCHES));
    const isKnown = (link: Link): boolean =>
      call.links.some(({ kind, code }) => kind === link.kind && code === link.code);
    const named = (party: Party): Party => this.#withUser(party);
    return {
      ...call,
      from: named(call.from),
      to: named(call.to),
      answeredBy: call.answeredBy === null ? null : named(call.answeredBy),
      legs: call.legs.map((leg) => ({ ...leg, party: named(leg.party) })),
      talks: call.talks.map((talk) => ({ ...talk, a: named(talk.a), b: named(talk.b) })),
      holds: call.holds.map((hold) => ({ ...hold, by: named(hold.by) })),
      links: [...call.links, ...matched.filter((link) => !isKnown(link))],
    };
  }

  #withRequest(call: Call): Call {
    const request = this.#options.requestOf?.(call) ?? testRequest(call);
    if (request === undefined) return call;
    const { by, user, key, links, asked, wasCancelled } = request;
    const isCancelled = wasCancelled && call.state === 'ended' && call.outcome !== 'answered';
    // Until the first side has answered Asterisk does not say whom the other one will be.
    const { to, direction } = asked !== undefined && !wasDialled(call) ? asked : call;
    return {
      ...call,
      to,
      direction: by === 'test' ? 'test' : direction,
      outcome: isCancelled ? 'cancelled' : call.outcome,
      links: [...links, ...call.links.filter(({ how }) => how !== 'requested')],
      request: { by, user, key, result: resultOf(call, wasCancelled) },
    };
  }

  #withUser(party: Party): Party {
    const { extension, user } = party;
    return user === null && extension !== null ? { ...party, user: this.#options.userOf(extension) } : party;
  }
}

/** A test call that was made without the desk: by courier-agi call. */
function testRequest({ linkedIds }: Call): RequestOnCall | undefined {
  if (!linkedIds.some(isTestChannel)) return undefined;
  return { by: 'test', user: null, key: null, links: [], wasCancelled: false };
}

/** Those outside whom the call is about. The number that an inbound call came to is our own. */
function outsideNumbers({ direction, from, to }: Call): string[] {
  const parties = direction === 'in' ? [from] : [from, to];
  return [...new Set(parties.flatMap(({ number }) => number ?? []))];
}

/** Of shipments those that are open, the most urgent first; where none is, the one that was closed last. */
function likeliestFirst(matches: readonly Match[]): Match[] {
  const shipments = matches.filter((match) => match.kind === 'recipient').toSorted(mostUrgentFirst);
  const urgent = shipments.filter(({ open, holder }) => open || holder !== null);
  return [
    ...matches.filter(({ kind }) => kind === 'courier'),
    ...(urgent.length > 0 ? urgent : shipments.slice(0, 1)),
    ...matches.filter(({ kind }) => kind === 'contact'),
    ...matches.filter(({ kind }) => kind === 'client'),
  ];
}

function toLinks(matches: readonly Match[]): Link[] {
  const links = new FoundLinks('matched');
  for (const match of matches) {
    switch (match.kind) {
      case 'courier':
        links.add('courier', match.courier);
        break;
      case 'recipient':
        links.add('shipment', match.shipment);
        links.add('order', match.order);
        links.add('client', match.client?.code);
        links.add('courier', match.holder?.courier);
        break;
      case 'contact':
        links.add('contact', match.person);
        links.add('client', match.client?.code);
        break;
      case 'client':
        links.add('client', match.client?.code);
        break;
    }
  }
  return links.all;
}
