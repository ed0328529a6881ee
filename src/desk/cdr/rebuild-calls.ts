import type { Call, CallLeg, CallOutcome, Party, Talk } from '../../calls/call.ts';
import { dialledParty, endpointOf, type PartyOptions, trunkOf } from '../../calls/parties.ts';
import { MAX_TEXT } from '../../calls/event.ts';
import { wallClock, zoneOffset, type CdrRow } from './cdr-row.ts';

export interface RebuildOptions extends PartyOptions {
  /** The name of the Asterisk; stands in front of every call's id. */
  readonly asterisk: string;
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
  const groups = new Map<string, CdrRow[]>();
  for (const row of rows) {
    const key = row.linkedid || row.uniqueid;
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  return [...groups].flatMap(([id, group]) => {
    const offset = group.map(zoneOffset).find((found) => found !== null) ?? null;
    // Without any id of Asterisk's own, its zone is not known.
    return offset === null ? [] : [new Rebuilding(id, group, offset, options).call()];
  });
}

class Rebuilding {
  readonly #id: string;
  readonly #rows: readonly CdrRow[];
  readonly #offset: number;
  readonly #options: RebuildOptions;

  constructor(id: string, rows: readonly CdrRow[], offset: number, options: RebuildOptions) {
    this.#id = id;
    this.#rows = rows.toSorted((a, b) => wallClock(a.start) - wallClock(b.start));
    this.#offset = offset;
    this.#options = options;
  }

  call(): Call {
    const { asterisk } = this.#options;
    const rows = this.#rows;
    const from = this.#caller();
    const to = this.#called();
    const legs = rows.filter(({ dstchannel }) => dstchannel !== '').map((row) => this.#leg(row));
    const talks = rows.filter(isTalk).map((row): Talk => {
      return { a: from, b: this.#callee(row), from: this.#time(row.answer), until: this.#time(row.end) };
    });
    const [startedAt = '', answeredAt = null] = [
      rows.map(({ start }) => this.#time(start)).toSorted()[0],
      talks.map((talk) => talk.from).toSorted()[0],
    ];
    const endedAt =
      rows
        .map(({ end }) => this.#time(end))
        .toSorted()
        .at(-1) ?? startedAt;
    const isInbound = from.extension === null;
    const wait = secondsBetween(startedAt, answeredAt ?? endedAt);
    return {
      id: `${asterisk}-${this.#id}`,
      asterisk,
      linkedIds: [this.#id],
      direction: isInbound ? 'in' : to.extension === null ? 'out' : 'internal',
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
      // With nobody dialled it was an announcement.
      missed: isInbound && talks.length === 0 && legs.length > 0,
      calledBackAt: null,
      seconds: {
        greeting: 0,
        wait,
        ring: legs.length > 0 ? wait : 0,
        talk: rows.filter(isTalk).reduce((sum, { billsec }) => sum + billsec, 0),
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

  #caller(): Party {
    const [first] = this.#rows;
    const name = first?.channel ?? '';
    if (trunkOf({ name }, this.#options) === null) return extensionOf(endpointOf({ name }));
    const raw = (first?.src ?? '').slice(0, MAX_TEXT);
    return { number: this.#options.normalise(raw), raw, extension: null, user: null };
  }

  #called(): Party {
    const dst = this.#rows[0]?.dst ?? '';
    return dialledParty(dst, this.#options);
  }

  #callee({ dstchannel, dst }: CdrRow): Party {
    const name = dstchannel;
    if (trunkOf({ name }, this.#options) === null) return extensionOf(endpointOf({ name }));
    return { number: this.#options.normalise(dst), raw: dst, extension: null, user: null };
  }

  #leg(row: CdrRow): CallLeg {
    const hasAnswered = row.disposition === 'ANSWERED';
    const isElsewhere = !hasAnswered && this.#rows.some((other) => isTalk(other) && other.start <= row.end);
    return {
      party: this.#callee(row),
      trunk: trunkOf({ name: row.dstchannel }, this.#options),
      rangAt: null,
      answeredAt: hasAnswered && row.answer !== '' ? this.#time(row.answer) : null,
      endedAt: this.#time(row.end),
      outcome: isElsewhere && row.disposition === 'NO ANSWER' ? 'answered elsewhere' : outcomeOf(row),
      cause: null,
    };
  }

  #outcome(hasTalked: boolean): CallOutcome | null {
    if (hasTalked) return 'answered';
    const outcomes = new Set(this.#rows.map(outcomeOf));
    return TELLING.find((outcome) => outcomes.has(outcome)) ?? null;
  }

  #time(text: string): string {
    return new Date(wallClock(text) - this.#offset).toISOString();
  }
}

function isTalk({ disposition, dstchannel, answer, billsec }: CdrRow): boolean {
  return disposition === 'ANSWERED' && dstchannel !== '' && answer !== '' && billsec > 0;
}

function outcomeOf({ disposition, dstchannel }: CdrRow): CallOutcome | null {
  const outcome = OUTCOMES[disposition] ?? null;
  // The line was answered, by a machine of ours.
  return outcome === 'answered' && dstchannel === '' ? null : outcome;
}

function extensionOf(extension: string): Party {
  return { number: null, raw: extension, extension, user: null };
}

function secondsBetween(from: string, until: string): number {
  return Math.max(0, (Date.parse(until) - Date.parse(from)) / 1000);
}
