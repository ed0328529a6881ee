import type { Call, CallLeg, CallOutcome, Party, Talk } from '../../calls/call.ts';
import {
  dialledParty,
  extensionOf,
  inside,
  NOBODY,
  outside,
  type PartyOptions,
  trunkOf,
} from '../../calls/parties.ts';
import { MAX_TEXT } from '../../calls/event.ts';
import { coveredMs } from '../../calls/talks.ts';
import type { CdrRow } from '../../cdr/cdr-row.ts';
import { groupRows } from './group-rows.ts';
import { common, dialledLocals, hopsOf, type Hop } from './hops.ts';
import { isLocal, localOf, partyBehind } from './local-channels.ts';
import { timedRows, type TimedRow } from './timed-row.ts';

export interface RebuildOptions extends PartyOptions {
  /** The name of the Asterisk; stands in front of every call's id. */
  readonly asterisk: string;
  /** Numbers that the company shows when it calls, normalised: who comes with one over a trunk was called by us. */
  readonly ownNumbers?: ReadonlySet<string> | undefined;
}

/** cdr.h: what came of a pair of channels. */
const OUTCOMES: Readonly<Record<string, CallOutcome>> = {
  ANSWERED: 'answered',
  'NO ANSWER': 'no_answer',
  BUSY: 'busy',
  CONGESTION: 'unreachable',
  FAILED: 'failed',
};
/** When several were dialled: what says most about the call first. */
const TELLING: readonly CallOutcome[] = ['busy', 'no_answer', 'unreachable', 'failed'];

/**
 * The calls that stand behind rows. A record knows who dialled whom and for how long they talked, to the second; it
 * knows nothing of holds, of who hung up, and little of transfers. So every call of it is `rebuilt`.
 */
export function rebuildCalls(rows: readonly CdrRow[], options: RebuildOptions): Call[] {
  return [...groupRows(rows)].flatMap(([id, group]) => {
    const timed = timedRows(group);
    return timed === undefined ? [] : [new Rebuilding(id, timed, options).call()];
  });
}

/** A talk with how long it was to the second. */
interface HeardTalk {
  readonly talk: Talk;
  readonly from: number;
  readonly until: number;
}

class Rebuilding {
  readonly #id: string;
  readonly #rows: readonly TimedRow[];
  readonly #options: RebuildOptions;
  readonly #hops: readonly Hop[];
  /** Local channels of the call that nobody dialled: the server made them. */
  readonly #made: (channel: string) => boolean;
  readonly #isOriginated: boolean;
  /** How whoever the server called first was fetched; undefined where nobody was, and in other calls. */
  readonly #fetched: Hop | undefined;
  /** The attempts to reach somebody for the caller. */
  readonly #callees: readonly Hop[];

  constructor(id: string, rows: readonly TimedRow[], options: RebuildOptions) {
    this.#id = id;
    this.#rows = rows;
    this.#options = options;
    this.#hops = hopsOf(rows);
    const dialled = dialledLocals(rows);
    this.#made = (channel) =>
      isLocal(channel) && !dialled.has(localOf(channel, '1') ?? localOf(channel, '2') ?? '');
    this.#isOriginated =
      rows.every(({ channel }) => isLocal(channel)) ||
      rows.some(({ channel, uniqueid }) => uniqueid === id && this.#made(channel));
    // The second half runs the dialplan that fetches the first side; the first half goes on to the other one.
    const isFetching = ({ from: { channel } }: Hop) =>
      this.#isOriginated && this.#made(channel) && localOf(channel, '2') !== undefined;
    const fetching = this.#hops.filter(isFetching);
    this.#fetched = fetching.find(({ talk }) => talk !== null) ?? fetching[0];
    this.#callees = this.#hops.filter((hop) => !isFetching(hop));
  }

  call(): Call {
    const { asterisk } = this.#options;
    const rows = this.#rows;
    const legs = this.#legs();
    const from = this.#caller(legs);
    const to = this.#called();
    const heard = this.#talks(from);
    const talks = heard.map(({ talk }) => talk);
    const startedAt = iso(Math.min(...rows.map(({ start }) => start)));
    const endedAt = iso(Math.max(...rows.map(({ end }) => end)));
    const answeredAt = talks[0]?.from ?? null;
    const wait = secondsBetween(startedAt, answeredAt ?? endedAt);
    const direction = this.#direction(from, to, legs);
    return {
      id: `${asterisk}-${this.#id}`,
      asterisk,
      linkedIds: [this.#id],
      direction,
      state: 'ended',
      startedAt,
      answeredAt,
      endedAt,
      from,
      to,
      answeredBy: talks[0]?.b ?? null,
      outcome: this.#outcome(talks.length > 0),
      cause: null,
      endedBy: null,
      // With nobody dialled it was an announcement, unless they waited in a queue.
      missed: direction === 'in' && talks.length === 0 && (legs.length > 0 || rows.some(isQueue)),
      calledBackAt: null,
      seconds: {
        greeting: 0,
        wait,
        ring: legs.length > 0 ? wait : 0,
        talk: coveredMs(heard) / 1000,
        hold: 0,
      },
      legs,
      talks,
      holds: [],
      links: [],
      request: null,
      recordings: [],
      survey: [],
      completeness: 'rebuilt',
    };
  }

  /** The first channel that is a person's; of a call that the server made, whoever it called first. */
  #caller(legs: readonly CallLeg[]): Party {
    if (this.#isOriginated) return this.#fetched === undefined ? NOBODY : this.#callee(this.#fetched.to);
    const first = this.#first();
    const party = first === undefined ? NOBODY : this.#callerOf(first);
    // We called them, and the record has nothing but our own number.
    return this.#isCalledByUs(party, legs) ? NOBODY : party;
  }

  #first(): TimedRow | undefined {
    return this.#rows.find(({ channel }) => !isLocal(channel));
  }

  #callerOf({ channel, src }: TimedRow): Party {
    return this.#partyAt(channel, src.slice(0, MAX_TEXT));
  }

  #partyAt(name: string, raw: string): Party {
    const extension = extensionOf({ name }, this.#options);
    return extension === null ? outside(raw, this.#options) : inside(extension);
  }

  /**
   * A call from trunk to trunk with our own number as the caller's: both ends were called by us. With somebody else's number
   * it is one from outside that was put through to somebody outside, such as a courier.
   */
  #isCalledByUs({ number, extension }: Party, legs: readonly CallLeg[]): boolean {
    const isOwn = number !== null && (this.#options.ownNumbers?.has(number) ?? false);
    return extension === null && isOwn && legs.length > 0 && legs.every(({ trunk }) => trunk !== null);
  }

  #called(): Party {
    const row = this.#isOriginated
      ? this.#rows.find(({ channel }) => this.#made(channel) && localOf(channel, '1') !== undefined)
      : this.#first();
    return dialledParty(row?.dst ?? '', this.#options);
  }

  #direction(from: Party, to: Party, legs: readonly CallLeg[]): Call['direction'] {
    const first = this.#first();
    const isFromOutside = from.extension === null;
    if (this.#isOriginated) {
      if (isFromOutside && this.#fetched !== undefined) return 'courier';
      return to.number === null ? 'internal' : 'out';
    }
    if (isFromOutside) {
      const isOurs = first !== undefined && this.#isCalledByUs(this.#callerOf(first), legs);
      return isOurs ? 'courier' : 'in';
    }
    return to.extension === null ? 'out' : 'internal';
  }

  #callee({ dstchannel: name, dst }: TimedRow): Party {
    if (isLocal(name)) return partyBehind(name, this.#options);
    return this.#partyAt(name, dst);
  }

  /** In the order in which they were heard. */
  #talks(caller: Party): HeardTalk[] {
    return this.#callees
      .flatMap((hop): HeardTalk[] => {
        const isThroughServer = this.#isOriginated && this.#made(hop.from.channel);
        const talk = isThroughServer ? common(this.#fetched?.talk ?? null, hop.talk) : hop.talk;
        if (talk === null) return [];
        const [from, until] = [talk.from, talk.from + talk.ms];
        const times = { from: iso(from), until: iso(talk.until) };
        return [{ talk: { a: this.#speaker(hop, caller), b: this.#callee(hop.to), ...times }, from, until }];
      })
      .toSorted((one, other) => one.from - other.from);
  }

  /** A colleague who asks another one, or transfers, speaks for themselves. */
  #speaker({ from: row }: Hop, caller: Party): Party {
    if (isLocal(row.channel) || row.channel === this.#first()?.channel) return caller;
    const party = this.#callerOf(row);
    return party.extension === null ? caller : party;
  }

  /** One for each telephone that was rung, however many rang it through the same Local channel. */
  #legs(): CallLeg[] {
    return [...new Set(this.#hops.map(({ to }) => to))].map((row) => this.#leg(row));
  }

  #leg(row: TimedRow): CallLeg {
    const hasAnswered = row.disposition === 'ANSWERED';
    const isElsewhere =
      !hasAnswered && this.#callees.some(({ to, talk }) => talk !== null && to.start <= row.end);
    const name = row.dstchannel;
    return {
      party: this.#callee(row),
      trunk: isLocal(name) ? null : trunkOf({ name }, this.#options),
      rangAt: null,
      answeredAt: hasAnswered && row.answer !== null ? iso(row.answer) : null,
      endedAt: iso(row.end),
      outcome: isElsewhere && row.disposition === 'NO ANSWER' ? 'answered elsewhere' : outcomeOf(row),
      cause: null,
    };
  }

  #outcome(hasTalked: boolean): CallOutcome | null {
    if (hasTalked) return 'answered';
    const tries = this.#callees.length > 0 ? this.#callees : this.#hops;
    const outcomes = new Set([
      // A telephone that picked up behind a Local channel, and was not put through, counts as what the caller heard.
      ...tries.map(({ from, to }) => outcomeOf(to.disposition === 'ANSWERED' ? from : to)),
      ...this.#rows.filter(({ dstchannel }) => dstchannel === '').map(outcomeOf),
    ]);
    return TELLING.find((outcome) => outcomes.has(outcome)) ?? null;
  }
}

function outcomeOf(row: TimedRow): CallOutcome | null {
  const outcome = OUTCOMES[row.disposition] ?? null;
  if (outcome !== 'answered' || row.dstchannel !== '') return outcome;
  // The line was answered, by a machine of ours.
  return isQueue(row) ? 'no_answer' : null;
}

/** Whoever called was last in a queue. */
function isQueue({ lastapp }: TimedRow): boolean {
  return lastapp === 'Queue';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function secondsBetween(from: string, until: string): number {
  return Math.max(0, (Date.parse(until) - Date.parse(from)) / 1000);
}
