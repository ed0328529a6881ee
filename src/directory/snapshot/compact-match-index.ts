import type { Client, Code, Holder, Manager, Match } from '../match.ts';
import { Int32Table } from './int32-table.ts';
import { Shared } from './shared.ts';

/** Columns of a record. The key takes two. */
const KEY_HIGH = 0;
const KEY_LOW = 1;
const NEXT = 2;
const KIND = 3;
const CODE = 4;
const ORDER = 5;
const SHARED = 6;
/** Of a shipment in somebody's hands, its record among those. */
const HELD = 7;
const WIDTH = 8;

/** Columns of a record of a shipment in somebody's hands: who has it, and since when. */
const HOLDER = 0;
const DATE = 1;
const TIME = 2;
const HELD_WIDTH = 3;

/** What KIND holds; of a recipient and of a courier with flags. */
const KINDS = { courier: 0, contact: 1, client: 2, recipient: 3 } as const;
const OPEN = 4;
const VISIBLE = 8;
const HANDED_OVER = 16;
const HAS_LEFT = 32;
const KIND_MASK = 3;

/** In place of null, in columns that else hold positive numbers or an index. */
const NONE = -1;
const MAX_INT32 = 0x7fff_ffff;
const TWO_TO_32 = 4_294_967_296;

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
 * Numbers and their matches, of which there can be a million: 40 bytes a match instead of some 400, in arrays
 * of numbers that the garbage collector need not look into. A match is made when it is asked for.
 *
 * A hash table of numbers leads to the first record of each; a record names the next one of its number. Their
 * order is not kept.
 */
export class CompactMatchIndex {
  readonly #records = new Int32Table(WIDTH);
  readonly #held = new Int32Table(HELD_WIDTH);
  readonly #parts = Array.from({ length: PARTS }, (): Part => ({
    numbers: 0,
    slots: new Int32Array(FIRST_SLOTS),
  }));
  readonly #belongings = new Shared<Belonging>();
  readonly #holders = new Shared<HolderAlone>();
  readonly #longCodes = new Shared<Code>();

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
    this.#records.set(record, KEY_HIGH, key / TWO_TO_32);
    this.#records.set(record, KEY_LOW, key);
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
    this.#held.close();
    for (const shared of [this.#belongings, this.#holders, this.#longCodes]) shared.close();
  }

  #isClosed(record: number): boolean {
    const kind = this.#records.get(record, KIND);
    return (
      (kind & KIND_MASK) === KINDS.recipient &&
      (kind & OPEN) === 0 &&
      this.#records.get(record, HELD) === NONE
    );
  }

  #grow(part: Part): void {
    const old = part.slots;
    part.slots = new Int32Array(old.length * 2);
    for (const entry of old) {
      if (entry === 0) continue;
      const key = this.#keyOf(entry - 1);
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
      if (entry === 0 || this.#keyOf(entry - 1) === key) return slot;
    }
  }

  #keyOf(record: number): number {
    return this.#records.get(record, KEY_HIGH) * TWO_TO_32 + (this.#records.get(record, KEY_LOW) >>> 0);
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
        const held = this.#held.add();
        const [date, time] = fromDateTime(holder.issuedAt);
        put(HELD, held);
        this.#held.set(held, HOLDER, this.#holders.indexOf({ courier, phonem, phonek, phone, hasLeft }));
        this.#held.set(held, DATE, date);
        this.#held.set(held, TIME, time);
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
      default:
        return {
          kind: 'recipient',
          shipment: this.#unpackCode(at(CODE)) ?? 0,
          order: this.#unpackCode(at(ORDER)),
          visible: (kind & VISIBLE) !== 0,
          client,
          branch,
          open: (kind & OPEN) !== 0,
          holder: this.#readHolder(at(HELD), (kind & HANDED_OVER) !== 0),
        };
    }
  }

  #readHolder(held: number, handedOver: boolean): Holder | null {
    if (held === NONE) return null;
    const holder = this.#holders.at(this.#held.get(held, HOLDER));
    const issuedAt = toDateTime(this.#held.get(held, DATE), this.#held.get(held, TIME));
    return holder === null ? null : { ...holder, issuedAt, handedOver };
  }

  /** A code that has no room, which hardly any company has, becomes a number below NONE: its place among such codes. */
  #packCode(code: Code | null): number {
    if (code === null) return NONE;
    if (typeof code === 'number' && code <= MAX_INT32) return code;
    return NONE - 1 - this.#longCodes.indexOf(code);
  }

  #unpackCode(packed: number): Code | null {
    if (packed === NONE) return null;
    return packed >= 0 ? packed : this.#longCodes.at(NONE - 1 - packed);
  }
}

/** The 1 in front keeps zeros apart from none; 16 digits that begin with it are still exact in a double. */
function keyOf(number: string): number {
  return Number(`1${number}`);
}

/** Fibonacci hashing of both halves: numbers of one operator differ in their last digits only. */
function hashOf(key: number): number {
  const mixed = Math.imul((key % TWO_TO_32) | 0, 0x9e3779b1) ^ Math.imul(key / TWO_TO_32, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** `2026-11-22 10:11:12` as 20261122 and 101112. */
function fromDateTime(text: string | null): [date: number, time: number] {
  if (text === null) return [NONE, NONE];
  const digits = text.replaceAll(/\D/g, '');
  return [Number(digits.slice(0, 8)), Number(digits.slice(8))];
}

function toDateTime(date: number, time: number): string | null {
  if (date === NONE) return null;
  const [day, clock] = [String(date).padStart(8, '0'), String(time).padStart(6, '0')];
  return (
    `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)} ` +
    `${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}`
  );
}
