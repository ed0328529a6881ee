import { BODIES, channel, HEAD, LIST_HEAD, type Slot } from './event-grammar.ts';
import type { AmiMessage } from './message.ts';

/** Different orders of headers whose verdict is remembered. A running Asterisk has some dozens. */
const MAX_REMEMBERED = 500;
/** Characters of headers that are remembered: forged ones fill no memory. The longest events have 1,000. */
const MAX_KEY = 4096;
/** A torn event's other half follows at once; what is between the two came out of one caller's text. */
const MAX_DISTRUSTED = 100;

/** Why a message is not believed. */
export interface Flaw {
  /** `torn`: text of a caller has cut an event in two, so that the messages that follow may be forged. */
  readonly kind: 'malformed' | 'torn' | 'distrusted' | 'broken';
  /** A sentence's end, for a log: which header stands where which is expected. No values. */
  readonly what: string;
}

interface Misfit extends Flaw {
  /** Of a torn event: the headers that must still come. */
  readonly rest: readonly string[];
}

const GOOD = 'good';
/** An event that no call is made of, so that the grammar does not know it. */
const FOREIGN = 'foreign';

type Verdict = typeof GOOD | typeof FOREIGN | Misfit;

/**
 * Believes only what Asterisk itself writes. What a caller sends is printed raw into events, line ends included,
 * and can cut an event in two or put one of its own between the halves. But it cannot make a whole channel event:
 * the number ends long before. So each event must have its headers in Asterisk's order, from the top to the end;
 * and after half an event nothing counts until the other half has passed.
 */
export class EventShape {
  readonly #verdicts = new Map<string, Verdict>();
  #rest: readonly string[] | undefined;
  #distrusted = 0;

  /** @returns undefined when it is believed */
  judge(message: AmiMessage): Flaw | undefined {
    const { names } = message;
    const verdict = this.#verdict(message.event ?? '', names);
    if (this.#rest !== undefined) return this.#distrust(names, this.#rest, verdict);
    if (verdict === GOOD || verdict === FOREIGN) return undefined;
    if (verdict.kind === 'torn') {
      this.#rest = verdict.rest;
    }
    return { kind: verdict.kind, what: verdict.what };
  }

  /** Whether one half of a torn event has come and the other one has not. */
  get distrusting(): boolean {
    return this.#rest !== undefined;
  }

  /** Something came that only Asterisk can have written: the torn event is over. */
  trustAgain(): void {
    this.#rest = undefined;
    this.#distrusted = 0;
  }

  /** Whether the other half of a torn event has still not come after very many messages. */
  get lost(): boolean {
    return this.#distrusted > MAX_DISTRUSTED;
  }

  /** The other half begins in the middle of a value: what is a whole event of a call by itself is not the other half. */
  #distrust(names: readonly string[], rest: readonly string[], verdict: Verdict): Flaw {
    this.#distrusted += 1;
    if (verdict !== GOOD && holdsAll(names, rest)) this.trustAgain();
    return { kind: 'distrusted', what: 'it stands between the halves of a torn event' };
  }

  #verdict(event: string, names: readonly string[]): Verdict {
    const key = `${event}\r\n${names.join('\r\n')}`;
    let verdict = this.#verdicts.get(key);
    if (verdict === undefined) {
      verdict = examine(event, names);
      if (key.length > MAX_KEY) return verdict;
      if (this.#verdicts.size >= MAX_REMEMBERED) this.#verdicts.clear();
      this.#verdicts.set(key, verdict);
    }
    return verdict;
  }
}

function examine(event: string, names: readonly string[]): Verdict {
  if (names[0] !== 'Event') return misfit(`it begins with ${quoted(names[0])} in place of Event`);
  if (!/^[A-Za-z][\w-]*$/.test(event)) return misfit(`its event is called ${quoted(event)}`);
  const head = names[1] === 'ActionID' ? LIST_HEAD : HEAD;
  const afterHead = walk(names, 0, head);
  if (!afterHead.fits) return misfit(`${event} ${afterHead.what}`);
  const bodies = Object.hasOwn(BODIES, event) ? BODIES[event] : undefined;
  if (bodies === undefined) return examineUnknown(event, names, afterHead.next);

  let nearest: Walk | undefined;
  for (const body of bodies) {
    const result = walk(names, afterHead.next, body);
    if (result.fits) return examineEnd(event, names, result.next);
    if (nearest === undefined || result.next > nearest.next) nearest = result;
  }
  return nearest === undefined ? GOOD : torn(event, names, nearest);
}

/** Of an event that no call is made of: whatever channel it shows must be shown whole. */
function examineUnknown(event: string, names: readonly string[], from: number): Verdict {
  for (let at = from; at < names.length; at += 1) {
    const name = names[at] ?? '';
    if (!/^\w[\w -]*$/.test(name) && event !== 'UserEvent') return misfit(`${event} has ${quoted(name)}`);
    if (!name.endsWith('Channel')) continue;
    if (names[at + 1] !== `${name}State`) continue;
    const result = walk(names, at, channel(name.slice(0, -'Channel'.length)));
    if (!result.fits) return torn(event, names, result);
    at = result.next - 1;
  }
  return FOREIGN;
}

/**
 * `channelvars` of manager.conf, which this event alone prints with the name of the channel, a header each (manager.c,
 * append_channel_vars).
 */
const ORIGINATED = 'OriginateResponse';
const NAMED_VARIABLE = /^ChanVariable\([^()]{1,200}\)$/;

/** Headers that this grammar does not know may follow, but none may come again. */
function examineEnd(event: string, names: readonly string[], from: number): Verdict {
  for (let at = from; at < names.length; at += 1) {
    const name = names[at] ?? '';
    if (event === ORIGINATED && NAMED_VARIABLE.test(name)) continue;
    if (!/^[A-Za-z][\w-]*$/.test(name)) return misfit(`${event} has ${quoted(name)}`);
    if (names.indexOf(name) < at) return misfit(`${event} has ${quoted(name)} twice`);
  }
  return GOOD;
}

interface Walk {
  readonly fits: boolean;
  /** How far it fitted. */
  readonly next: number;
  /** Names that were still due. */
  readonly rest: readonly string[];
  readonly what: string;
}

function walk(names: readonly string[], from: number, slots: readonly Slot[]): Walk {
  let at = from;
  for (const [index, slot] of slots.entries()) {
    if (names[at] === slot.name) {
      at += 1;
      while (slot.may === 'repeat' && names[at] === slot.name) at += 1;
    } else if (slot.may === undefined) {
      const rest = slots.slice(index).flatMap(({ name, may }) => (may === undefined ? [name] : []));
      const found = at < names.length ? quoted(names[at]) : 'nothing';
      return { fits: false, next: at, rest, what: `has ${found} in place of ${slot.name}` };
    }
  }
  return { fits: true, next: at, rest: [], what: '' };
}

/** An event that does not fit is torn unless its end is there, too. */
function torn(event: string, names: readonly string[], { rest, what, next }: Walk): Misfit {
  const whole = holdsAll(names.slice(next), rest);
  return { kind: whole ? 'malformed' : 'torn', what: `${event} ${what}`, rest };
}

function misfit(what: string): Misfit {
  return { kind: 'malformed', what, rest: [] };
}

/** In whatever order: an Asterisk that writes them in another one has not torn them. */
function holdsAll(names: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((name) => names.includes(name));
}

/** A name that a caller may have made. */
function quoted(name = ''): string {
  return JSON.stringify(name.slice(0, 30).replaceAll(/\d{5,}/g, '…'));
}
