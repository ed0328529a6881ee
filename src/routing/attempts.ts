import type { CallerKind, Code, Holder, Manager } from '../directory/match.ts';
import type { PhoneEntry, PhoneField } from '../phone/field.ts';
import type { Attempt } from './decision.ts';
import type { Dialer, Line } from './dialer.ts';
import type { Reason } from './reason.ts';

/** The part of the configuration that says who is rung. */
export interface RoutingRules {
  /** When a number belongs to several. */
  readonly priority: readonly CallerKind[];
  /** Columns of `kurier`, in the order to dial. */
  readonly courierPhones: readonly ('phonem' | 'phonek' | 'phone')[];
  /** Whom a recipient gets whose parcel nobody carries. */
  readonly recipientWithoutCourier: 'operators' | 'manager';
  /** What several entries in `users.extPhone` mean. */
  readonly managerRing: 'all' | 'first' | 'inTurn';
  readonly maxAttempts: number;
  /** Of each attempt. */
  readonly ringSeconds: number;
}

export interface AttemptRules {
  readonly routing: RoutingRules;
  readonly dialer: Dialer;
  /** `dial.courierPrefix` */
  readonly courierPrefix: string;
  /** Reads `users.extPhone` and the phones of `kurier`. */
  readonly parseField: (field: string) => PhoneField;
}

/** Devices that one Dial() rings at most; the rest of a long `users.extPhone` gets further attempts. */
const MAX_DEVICES_AT_ONCE = 10;

/**
 * What became of a person to ring. `rung`: in the list, now or already. `no-phone`: no usable number.
 * `is-caller`: they are the one who calls. `tried-already`: their numbers are in the list, as somebody else's.
 * `list-full`: `maxAttempts` is reached.
 */
export type Outcome = 'rung' | 'no-phone' | 'is-caller' | 'tried-already' | 'list-full';

/**
 * Collects the attempts of one call: in order, nobody and nothing twice, never the caller, at most
 * `maxAttempts`.
 */
export class AttemptList {
  readonly #rules: AttemptRules;
  readonly #callersNumbers: readonly string[];
  readonly #attempts: Attempt[] = [];
  /** Couriers by code and managers by user name who are in the list. */
  readonly #people = new Set<number | string>();
  /** Numbers and extensions that are in the list. */
  readonly #taken = new Set<string>();

  constructor(rules: AttemptRules, callersNumbers: readonly string[]) {
    this.#rules = rules;
    this.#callersNumbers = callersNumbers;
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** One attempt a phone, in the order of `routing.courierPhones`. */
  ringCourier(holder: Holder, shipment: Code): Outcome {
    const { courier } = holder;
    const outcome = this.#before(courier);
    if (outcome !== undefined) return outcome;
    // The same phone twice is the same numbers twice: those are taken by then.
    const phones = this.#rules.routing.courierPhones.map((phone) => ({
      phone,
      entries: this.#parse(holder[phone]),
    }));
    return this.#ring(courier, phones, ({ phone, entries }) => {
      const why: Reason = { code: 'holds-shipment', courier, shipment, phone };
      for (const entry of this.#fresh(entries)) this.#add([entry], this.#rules.courierPrefix, why);
    });
  }

  /** One attempt, or one an entry of `users.extPhone`, as `routing.managerRing` says. */
  ringManager(manager: Manager, why: Reason): Outcome {
    const outcome = this.#before(manager.user);
    if (outcome !== undefined) return outcome;
    return this.#ring(manager.user, [{ entries: this.#parse(manager.extPhone) }], ({ entries }) => {
      for (const group of this.#groups(this.#fresh(entries))) this.#add(group, '', why);
    });
  }

  /** What is settled before their phones are read. */
  #before(person: number | string): Outcome | undefined {
    if (this.#people.has(person)) return 'rung';
    return this.#isFull ? 'list-full' : undefined;
  }

  #ring<Phones extends { readonly entries: readonly PhoneEntry[] }>(
    person: number | string,
    phones: readonly Phones[],
    add: (phones: Phones) => void,
  ): Outcome {
    if (phones.every(({ entries }) => entries.length === 0)) return 'no-phone';
    for (const { entries } of phones) {
      for (const entry of entries) if (this.#callersNumbers.includes(valueOf(entry))) return 'is-caller';
    }
    const before = this.#attempts.length;
    for (const one of phones) add(one);
    if (this.#attempts.length === before) return 'tried-already';
    this.#people.add(person);
    return 'rung';
  }

  get #isFull(): boolean {
    return this.#attempts.length >= this.#rules.routing.maxAttempts;
  }

  #groups(entries: readonly PhoneEntry[]): PhoneEntry[][] {
    if (entries.length === 0) return [];
    switch (this.#rules.routing.managerRing) {
      case 'all':
        return chunks(entries, MAX_DEVICES_AT_ONCE);
      case 'first':
        return [entries.slice(0, 1)];
      case 'inTurn':
        return entries.map((entry) => [entry]);
    }
  }

  #parse(field: string): readonly PhoneEntry[] {
    return field === '' ? [] : this.#rules.parseField(field).entries;
  }

  #fresh(entries: readonly PhoneEntry[]): PhoneEntry[] {
    return entries.filter((entry) => !this.#taken.has(valueOf(entry)));
  }

  #add(entries: readonly PhoneEntry[], numberPrefix: string, why: Reason): void {
    const { routing, dialer } = this.#rules;
    if (this.#isFull) return;
    let [number, extension] = ['', ''];
    const ways = entries.map((entry): readonly Line[] => {
      this.#taken.add(valueOf(entry));
      if (entry.kind === 'number') {
        number = join(number, entry.digits);
        return dialer.lines(entry.digits, numberPrefix);
      }
      extension = join(extension, entry.extension);
      return [{ dial: dialer.extension(entry.extension) }];
    });
    const [first, ...fallbacks] = inStep(ways);
    if (first === undefined) return;
    const attempt: { -readonly [Key in keyof Attempt]: Attempt[Key] } = {
      ...first,
      ring: routing.ringSeconds,
      why,
    };
    if (number !== '') attempt.number = number;
    if (extension !== '') attempt.extension = extension;
    if (fallbacks.length > 0) attempt.fallbacks = fallbacks;
    this.#attempts.push(attempt);
  }
}

/**
 * The ways to several telephones as ways to ring all of them at once: first the first way of each, then the
 * second of those that have one.
 */
function inStep(ways: readonly (readonly Line[])[]): readonly Line[] {
  const [only] = ways;
  if (ways.length === 1 && only !== undefined) return only;
  const steps = Math.max(0, ...ways.map((lines) => lines.length));
  return Array.from({ length: steps }, (_none, step) => atOnce(ways.flatMap((lines) => lines[step] ?? [])));
}

/** @returns with several lines, `callerId` and `limit` as lists that go along with the destinations of `dial` */
function atOnce(lines: readonly Line[]): Line {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return only;
  const callerId = alongside(lines.map((line) => line.callerId));
  const limit = alongside(lines.map((line) => line.limit));
  return {
    dial: lines.map((line) => line.dial).join('&'),
    ...(callerId !== undefined && { callerId }),
    ...(limit !== undefined && { limit }),
  };
}

function alongside(values: readonly (string | undefined)[]): string | undefined {
  return values.some((value) => value !== undefined)
    ? values.map((value) => value ?? '').join('&')
    : undefined;
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_none, index) => items.slice(index * size, (index + 1) * size));
}

function join(list: string, item: string): string {
  return list === '' ? item : `${list},${item}`;
}

function valueOf(entry: PhoneEntry): string {
  return entry.kind === 'number' ? entry.digits : entry.extension;
}
