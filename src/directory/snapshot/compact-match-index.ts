import type { Client, Code, Holder, Manager, Match } from '../match.ts';
import { Float64Table } from './float64-table.ts';

/** Columns of a record. */
const KEY = 0;
const NEXT = 1;
const KIND = 2;
const CODE = 3;
const ORDER = 4;
const SHARED = 5;
const COURIER = 6;
const ISSUED = 7;
const WIDTH = 8;

/** What KIND holds; of a recipient and of a courier with flags. */
const KINDS = { courier: 0, contact: 1, client: 2, recipient: 3 } as const;
const OPEN = 4;
const VISIBLE = 8;
const HANDED_OVER = 16;
const HAS_LEFT = 32;
const KIND_MASK = 3;

/** In place of null, in columns that else hold positive numbers or an index. */
const NONE = -1;

/** Each part of the hash table grows by itself: to grow the whole of a big one would hold up calls. */
const PARTS = 256;
const FIRST_SLOTS = 16;

/** Numbers of one part of the hash table. */
interface Part {
  numbers: number;
  /** Open addressing, at most half full: index of a record, plus one. */
  slots: Int32Array;
}

/** A courier as one who holds a shipment, without the shipment. */
type HolderAlone = Omit<Holder, 'issuedAt' | 'handedOver'>;

/** What matches of a branch and of a client, or of a courier's manager, have in common. */
interface Belonging {
  readonly branch: Code | null;
  readonly client: Client | null;
  readonly manager: Manager | null;
}

/**
 * Numbers and their matches, of which there can be a million: 70 bytes a match instead of some 400, in arrays
 * of numbers that the garbage collector need not look into. A match is made when it is asked for.
 *
 * A hash table of numbers leads to the first record of each; a record names the next one of its number. Their
 * order is not kept.
 */
export class CompactMatchIndex {
  readonly #records = new Float64Table(WIDTH);
  readonly #parts = Array.from({ length: PARTS }, (): Part => ({
    numbers: 0,
    slots: new Int32Array(FIRST_SLOTS),
  }));
  readonly #belongings = new Shared<Belonging>();
  readonly #holders = new Shared<HolderAlone>();
  readonly #longCodes = new Shared<string>();

  /** How many numbers are in it. */
  get size(): number {
    return this.#parts.reduce((sum, { numbers }) => sum + numbers, 0);
  }

  /** @param number 1 to 15 digits */
  find(number: string): Match[] {
    const matches: Match[] = [];
    for (let record = this.#first(keyOf(number)); record !== NONE; record = this.#records.get(record, NEXT)) {
      matches.push(this.#read(record));
    }
    return matches;
  }

  /** @param number 1 to 15 digits */
  add(number: string, match: Match): void {
    const key = keyOf(number);
    const record = this.#records.add();
    this.#records.set(record, KEY, key);
    this.#records.set(record, NEXT, NONE);
    this.#write(record, match);
    const hash = hashOf(key);
    const part = this.#partOf(hash);
    const slot = this.#slotOf(part.slots, key, hash);
    const first = (part.slots[slot] ?? 0) - 1;
    if (first === NONE) {
      part.slots[slot] = record + 1;
      part.numbers += 1;
      if (part.numbers * 2 > part.slots.length) this.#grow(part);
      return;
    }
    // Second in the chain, whose end may be far away.
    this.#records.set(record, NEXT, this.#records.get(first, NEXT));
    this.#records.set(first, NEXT, record);
  }

  /** Of shipments that are closed and in nobody's hands the number has one at most: the one that wins. */
  addClosed(number: string, match: Match, wins: (match: Match, known: Match) => boolean): void {
    for (let record = this.#first(keyOf(number)); record !== NONE; record = this.#records.get(record, NEXT)) {
      if (!this.#isClosed(record)) continue;
      if (wins(match, this.#read(record))) this.#write(record, match);
      return;
    }
    this.add(number, match);
  }

  /** Frees what is reserved for more: nothing may be added from now on. */
  close(): void {
    this.#records.close();
    for (const shared of [this.#belongings, this.#holders, this.#longCodes]) shared.close();
  }

  #isClosed(record: number): boolean {
    const kind = this.#records.get(record, KIND);
    return (
      (kind & KIND_MASK) === KINDS.recipient &&
      (kind & OPEN) === 0 &&
      this.#records.get(record, COURIER) === NONE
    );
  }

  #grow(part: Part): void {
    const old = part.slots;
    part.slots = new Int32Array(old.length * 2);
    for (const entry of old) {
      if (entry === 0) continue;
      const key = this.#records.get(entry - 1, KEY);
      part.slots[this.#slotOf(part.slots, key, hashOf(key))] = entry;
    }
  }

  #partOf(hash: number): Part {
    const part = this.#parts[hash >>> 24];
    if (part === undefined) throw new RangeError('The hash table has a part for every hash.');
    return part;
  }

  /** The slot of a key, or the free one where it belongs. */
  #slotOf(slots: Int32Array, key: number, hash: number): number {
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0;
      if (entry === 0 || this.#records.get(entry - 1, KEY) === key) return slot;
    }
  }

  #first(key: number): number {
    const hash = hashOf(key);
    const { slots } = this.#partOf(hash);
    return (slots[this.#slotOf(slots, key, hash)] ?? 0) - 1;
  }

  #write(record: number, match: Match): void {
    const put = (column: number, value: number): void => {
      this.#records.set(record, column, value);
    };
    for (let column = KIND; column < WIDTH; column++) put(column, NONE);
    const shared = (belonging: Partial<Belonging>): number =>
      this.#belongings.indexOf({ branch: null, client: null, manager: null, ...belonging });
    switch (match.kind) {
      case 'courier':
        put(KIND, KINDS.courier + (match.hasLeft === true ? HAS_LEFT : 0));
        put(CODE, this.#packCode(match.courier));
        put(SHARED, shared({ branch: match.branch, manager: match.manager }));
        break;
      case 'contact':
        put(KIND, KINDS.contact);
        put(CODE, this.#packCode(match.person));
        put(SHARED, shared({ client: match.client }));
        break;
      case 'client':
        put(KIND, KINDS.client);
        put(SHARED, shared({ client: match.client }));
        break;
      case 'recipient': {
        const { holder } = match;
        const flags =
          (match.open ? OPEN : 0) +
          (match.visible ? VISIBLE : 0) +
          (holder?.handedOver === true ? HANDED_OVER : 0);
        put(KIND, KINDS.recipient + flags);
        put(CODE, this.#packCode(match.shipment));
        put(ORDER, this.#packCode(match.order));
        put(SHARED, shared({ branch: match.branch, client: match.client }));
        if (holder === null) break;
        const { courier, phonem, phonek, phone, hasLeft } = holder;
        put(COURIER, this.#holders.indexOf({ courier, phonem, phonek, phone, hasLeft }));
        put(ISSUED, fromDateTime(holder.issuedAt));
        break;
      }
    }
  }

  #read(record: number): Match {
    const at = (column: number): number => this.#records.get(record, column);
    const kind = at(KIND);
    const belonging = this.#belongings.at(at(SHARED));
    const client = belonging?.client ?? null;
    const branch = belonging?.branch ?? null;
    switch (kind & KIND_MASK) {
      case KINDS.courier:
        return {
          kind: 'courier',
          courier: this.#unpackCode(at(CODE)) ?? 0,
          branch,
          manager: belonging?.manager ?? null,
          ...((kind & HAS_LEFT) !== 0 && { hasLeft: true }),
        };
      case KINDS.contact:
        return { kind: 'contact', person: this.#unpackCode(at(CODE)) ?? 0, client };
      case KINDS.client:
        return { kind: 'client', client };
      default: {
        const holder = this.#holders.at(at(COURIER));
        return {
          kind: 'recipient',
          shipment: this.#unpackCode(at(CODE)) ?? 0,
          order: this.#unpackCode(at(ORDER)),
          visible: (kind & VISIBLE) !== 0,
          client,
          branch,
          open: (kind & OPEN) !== 0,
          holder:
            holder === null
              ? null
              : { ...holder, issuedAt: toDateTime(at(ISSUED)), handedOver: (kind & HANDED_OVER) !== 0 },
        };
      }
    }
  }

  /** A code beyond 2^53 becomes a number below NONE: its place among such codes. */
  #packCode(code: Code | null): number {
    if (code === null) return NONE;
    return typeof code === 'number' ? code : NONE - 1 - this.#longCodes.indexOf(code);
  }

  #unpackCode(packed: number): Code | null {
    if (packed === NONE) return null;
    return packed >= 0 ? packed : this.#longCodes.at(NONE - 1 - packed);
  }
}

/** Values that many matches have in common, once each. */
class Shared<Value> {
  readonly #values: Value[] = [];
  readonly #places = new Map<string, number>();

  indexOf(value: Value): number {
    const key = JSON.stringify(value);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  /** No more come. */
  close(): void {
    this.#places.clear();
  }

  at(index: number): Value | null {
    return this.#values[index] ?? null;
  }
}

/** The 1 in front keeps zeros apart from none; 16 digits that begin with it are still exact in a double. */
function keyOf(number: string): number {
  return Number(`1${number}`);
}

/** Fibonacci hashing of both halves: numbers of one operator differ in their last digits only. */
function hashOf(key: number): number {
  const mixed = Math.imul((key % 4_294_967_296) | 0, 0x9e3779b1) ^ Math.imul(key / 4_294_967_296, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** `2026-11-22 10:11:12` as 20261122101112. */
function fromDateTime(text: string | null): number {
  return text === null ? NONE : Number(text.replaceAll(/\D/g, ''));
}

function toDateTime(packed: number): string | null {
  if (packed === NONE) return null;
  const text = String(packed).padStart(14, '0');
  const [date, time] = [
    `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`,
    `${text.slice(8, 10)}:${text.slice(10, 12)}:${text.slice(12)}`,
  ];
  return `${date} ${time}`;
}
