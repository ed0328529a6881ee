import type { Call, Link, Party } from '../calls/call.ts';
import { mostUrgentFirst, type Code, type Match } from '../directory/match.ts';

export interface BindingsOptions {
  /**
   * Whose a number is: every match of the directory.
   *
   * @throws when the directory cannot be asked in time
   */
  readonly findMatches: (number: string) => Promise<readonly Match[]>;
  /** `users.user` of an extension; null when it is nobody's. */
  readonly userOf: (extension: string) => string | null;
  /** Gets a call with what it is bound to: at each change, and when its look-up has come. */
  readonly onBound: (call: Call) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** Matches of one number that a call is bound to at most: a switchboard may stand with hundreds of people. */
const MAX_MATCHES = 20;

interface Bound {
  call: Call;
  /** undefined while the look-up goes on. */
  matched: readonly Link[] | undefined;
}

/**
 * Binds each call to shipments, orders, clients and people: by what the router said, by what a request named, and
 * else by the outside number, looked up once when the call begins. What is bound stays so, whatever happens to the
 * shipment later.
 */
export class Bindings {
  readonly #options: BindingsOptions;
  readonly #live = new Map<string, Bound>();

  constructor(options: BindingsOptions) {
    this.#options = options;
  }

  /** Calls whose end, or whose look-up, is still to come. */
  get size(): number {
    return this.#live.size;
  }

  /** A new version of a call. */
  add(call: Call): void {
    const known = this.#live.get(call.id);
    const bound = known ?? { call, matched: undefined };
    bound.call = call;
    if (known === undefined) {
      this.#live.set(call.id, bound);
      void this.#lookUp(bound);
    }
    this.#tell(bound);
  }

  /** It turned out to be a part of another call. */
  remove(id: string): void {
    this.#live.delete(id);
  }

  /** Never rejects: a call without links is a call all the same. */
  async #lookUp(bound: Bound): Promise<void> {
    const number = outsideNumber(bound.call);
    let matches: readonly Match[] = [];
    try {
      if (number !== null) matches = await this.#options.findMatches(number);
    } catch (error) {
      this.#options.onProblem(error);
    }
    bound.matched = toLinks(likeliestFirst(matches).slice(0, MAX_MATCHES));
    // Gone meanwhile, as a part of another call.
    if (this.#live.get(bound.call.id) !== bound) return;
    if (bound.matched.length > 0) this.#options.onBound(this.#bind(bound));
    this.#forgetEnded(bound);
  }

  #tell(bound: Bound): void {
    this.#options.onBound(this.#bind(bound));
    this.#forgetEnded(bound);
  }

  #forgetEnded({ call, matched }: Bound): void {
    if (call.state === 'ended' && matched !== undefined) this.#live.delete(call.id);
  }

  #bind({ call, matched = [] }: Bound): Call {
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
      links: [...call.links, ...matched.filter((link) => !isKnown(link))],
    };
  }

  #withUser(party: Party): Party {
    const { extension, user } = party;
    return user === null && extension !== null ? { ...party, user: this.#options.userOf(extension) } : party;
  }
}

/** The one outside whom the call is about; null for a call between extensions. */
function outsideNumber(call: Call): string | null {
  if (call.direction === 'in') return call.from.number;
  return call.to.number ?? call.from.number;
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

/** Each thing once, in the order of the matches. */
function toLinks(matches: readonly Match[]): Link[] {
  const links: Link[] = [];
  const ranks = new Map<Link['kind'], number>();
  const add = (kind: Link['kind'], code: Code | null | undefined): void => {
    // The journal keeps codes as numbers: there is no link to one beyond 2^53.
    if (typeof code !== 'number') return;
    if (links.some((link) => link.kind === kind && link.code === code)) return;
    const rank = (ranks.get(kind) ?? 0) + 1;
    ranks.set(kind, rank);
    links.push({ kind, code, how: 'matched', rank });
  };
  for (const match of matches) {
    switch (match.kind) {
      case 'courier':
        add('courier', match.courier);
        break;
      case 'recipient':
        add('shipment', match.shipment);
        add('order', match.order);
        add('client', match.client?.code);
        add('courier', match.holder?.courier);
        break;
      case 'contact':
        add('contact', match.person);
        add('client', match.client?.code);
        break;
      case 'client':
        add('client', match.client?.code);
        break;
    }
  }
  return links;
}
