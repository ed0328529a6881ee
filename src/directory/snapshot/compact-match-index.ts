import type { Client, Holder, Manager, Match } from '../match.ts';
import { Float64Table } from './float64-table.ts';

/** Columns of a record. */
const KEY = 0;
const NEXT = 1;
const KIND = 2;
const CODE = 3;
const ORDER = 4;
const SHARED = 5;
const PHONES = 6;
const ISSUED = 7;
const WIDTH = 8;

/** What KIND holds. */
const COURIER = 0;
const CONTACT = 1;
const CLIENT = 2;
const RECIPIENT = 3;
const OPEN_RECIPIENT = 4;

/** In place of null, in columns that else hold positive numbers or an index. */
const NONE = -1;

const FIRST_SLOTS = 2048;

/** A courier as one who holds a shipment, without the shipment. */
type Phones = Pick<Holder, 'courier' | 'phonem' | 'phonek'>;

/**
 * Numbers and their matches, of which there can be a million: 70 bytes a match instead of some 400, in arrays
 * of numbers that the garbage collector need not look into. A match is made when it is asked for.
 *
 * A hash table of numbers leads to the first record of each; a record names the next one of its number.
 */
export class CompactMatchIndex {
  readonly #records = new Float64Table(WIDTH);
  #numbers = 0;
  /** Open addressing, at most half full: index of a record, plus one. */
  #slots = new Int32Array(FIRST_SLOTS);
  /** Of couriers who call, and of clients. */
  readonly #managers = new Shared<Manager>();
  readonly #clients = new Shared<Client>();
  readonly #phones = new Shared<Phones>();

  /** How many numbers are in it. */
  get size(): number {
    return this.#numbers;
  }

  /** @param number 1 to 15 digits */
  find(number: string): Match[] {
    const matches: Match[] = [];
    for (let record = this.#first(keyOf(number)); record !== NONE; record = this.#records.get(record, NEXT)) {
      matches.push(this.#read(record));
    }
    return matches;
  }

  /** How many matches a number has. */
  count(number: string): number {
    let count = 0;
    for (let record = this.#first(keyOf(number)); record !== NONE; record = this.#records.get(record, NEXT)) {
      count += 1;
    }
    return count;
  }

  /** Behind those that the number has. @param number 1 to 15 digits */
  add(number: string, match: Match): void {
    const key = keyOf(number);
    const record = this.#newRecord(key);
    this.#write(record, match);
    const slot = this.#slotOf(key);
    const first = (this.#slots[slot] ?? 0) - 1;
    if (first === NONE) {
      this.#slots[slot] = record + 1;
      this.#numbers += 1;
      if (this.#numbers * 2 > this.#slots.length) this.#growSlots();
      return;
    }
    let last = first;
    for (let next = first; next !== NONE; next = this.#records.get(next, NEXT)) last = next;
    this.#records.set(last, NEXT, record);
  }

  /** Gives back what was reserved for more: from now on it is only asked. */
  close(): void {
    this.#records.close();
    for (const shared of [this.#managers, this.#clients, this.#phones]) shared.close();
  }

  #newRecord(key: number): number {
    const record = this.#records.add();
    this.#records.set(record, KEY, key);
    this.#records.set(record, NEXT, NONE);
    return record;
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (const entry of old) {
      if (entry !== 0) this.#slots[this.#slotOf(this.#records.get(entry - 1, KEY))] = entry;
    }
  }

  /** The slot of a key, or the free one where it belongs. */
  #slotOf(key: number): number {
    const mask = this.#slots.length - 1;
    // Fibonacci hashing of both halves: numbers of one operator differ in their last digits only.
    const mixed =
      Math.imul((key % 4_294_967_296) | 0, 0x9e3779b1) ^ Math.imul(key / 4_294_967_296, 0x85ebca6b);
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0 || this.#records.get(entry - 1, KEY) === key) return slot;
    }
  }

  #first(key: number): number {
    return (this.#slots[this.#slotOf(key)] ?? 0) - 1;
  }

  #write(record: number, match: Match): void {
    const put = (column: number, value: number): void => {
      this.#records.set(record, column, value);
    };
    for (let column = KIND; column < WIDTH; column++) put(column, NONE);
    switch (match.kind) {
      case 'courier':
        put(KIND, COURIER);
        put(CODE, match.courier);
        put(SHARED, this.#managers.indexOf(match.manager, managerKey));
        break;
      case 'contact':
        put(KIND, CONTACT);
        put(CODE, match.person);
        put(SHARED, this.#clients.indexOf(match.client, clientKey));
        break;
      case 'client':
        put(KIND, CLIENT);
        put(SHARED, this.#clients.indexOf(match.client, clientKey));
        break;
      case 'recipient':
        put(KIND, match.open ? OPEN_RECIPIENT : RECIPIENT);
        put(CODE, match.shipment);
        put(ORDER, match.order ?? NONE);
        put(SHARED, this.#clients.indexOf(match.client, clientKey));
        put(PHONES, this.#phones.indexOf(match.holder, phonesKey));
        put(ISSUED, fromDateTime(match.holder?.issuedAt ?? null));
        break;
    }
  }

  #read(record: number): Match {
    const at = (column: number): number => this.#records.get(record, column);
    const code = at(CODE);
    const shared = at(SHARED);
    const kind = at(KIND);
    switch (kind) {
      case COURIER:
        return { kind: 'courier', courier: code, manager: this.#managers.at(shared) };
      case CONTACT:
        return { kind: 'contact', person: code, client: this.#clients.at(shared) };
      case CLIENT:
        return { kind: 'client', client: this.#clients.at(shared) };
      default: {
        const order = at(ORDER);
        const phones = this.#phones.at(at(PHONES));
        return {
          kind: 'recipient',
          shipment: code,
          order: order === NONE ? null : order,
          client: this.#clients.at(shared),
          open: kind === OPEN_RECIPIENT,
          holder:
            phones === null
              ? null
              : {
                  courier: phones.courier,
                  phonem: phones.phonem,
                  phonek: phones.phonek,
                  issuedAt: toDateTime(at(ISSUED)),
                },
        };
      }
    }
  }
}

/** Values that many matches have in common, once each. */
class Shared<Value> {
  readonly #values: Value[] = [];
  readonly #places = new Map<string, number>();

  /** @param toKey differs where the values differ */
  indexOf(value: Value | null, toKey: (value: Value) => string): number {
    if (value === null) return NONE;
    const key = toKey(value);
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

function phonesKey({ courier, phonem, phonek }: Phones): string {
  return JSON.stringify([courier, phonem, phonek]);
}

function clientKey({ code, state, manager }: Client): string {
  return JSON.stringify([code, state, manager?.user, manager?.extPhone]);
}

function managerKey({ user, extPhone }: Manager): string {
  return JSON.stringify([user, extPhone]);
}

/** The 1 in front keeps zeros apart from none; 16 digits that begin with it are still exact in a double. */
function keyOf(number: string): number {
  return Number(`1${number}`);
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
