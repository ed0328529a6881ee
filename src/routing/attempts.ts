import type { RoutingConfig } from '../config/config.ts';
import type { Holder, Manager } from '../directory/match.ts';
import type { PhoneEntry, PhoneField } from '../phone/field.ts';
import type { Attempt } from './decision.ts';
import type { Dialer } from './dialer.ts';
import type { Reason } from './reason.ts';

export interface AttemptRules {
  readonly routing: RoutingConfig;
  readonly dialer: Dialer;
  /** `dial.courierPrefix` */
  readonly courierPrefix: string;
  /** Reads `users.extPhone` and the phones of `kurier`. */
  readonly parseField: (field: string) => PhoneField;
}

/** So many devices ring at once at the most, whatever stands in `users.extPhone`. */
const MAX_DEVICES_AT_ONCE = 10;

/**
 * Collects the attempts of one call: in order, none dialled twice, never the caller himself, at most
 * `maxAttempts`. Each `ring…` method tells what came of it.
 */
export class AttemptList {
  readonly #rules: AttemptRules;
  readonly #attempts: Attempt[] = [];
  /** Numbers and extensions that must not be dialled (again). */
  readonly #taken: Set<string>;

  constructor(rules: AttemptRules, callerNumber: string) {
    this.#rules = rules;
    this.#taken = new Set([callerNumber]);
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** One attempt a phone, in the order of `routing.courierPhones`. */
  ringCourier(holder: Holder, shipment: number): 'rung' | 'no-phone' | 'nothing-new' {
    let found = false;
    let rung = false;
    for (const phone of this.#rules.routing.courierPhones) {
      const entries = this.#parse(holder[phone]);
      found ||= entries.length > 0;
      const why: Reason = { code: 'holds-shipment', courier: holder.courier, shipment, phone };
      for (const entry of this.#fresh(entries))
        rung = this.#add([entry], this.#rules.courierPrefix, why) || rung;
    }
    if (rung) return 'rung';
    return found ? 'nothing-new' : 'no-phone';
  }

  /** One attempt, or one an entry of `users.extPhone`, as `routing.managerRing` says. */
  ringManager(manager: Manager, why: Reason): 'rung' | 'no-phone' | 'nothing-new' {
    const all = this.#parse(manager.extPhone);
    if (all.length === 0) return 'no-phone';
    const entries = this.#fresh(all);
    let rung = false;
    for (const group of this.#groups(entries)) rung = this.#add(group, '', why) || rung;
    return rung ? 'rung' : 'nothing-new';
  }

  #groups(entries: readonly PhoneEntry[]): PhoneEntry[][] {
    if (entries.length === 0) return [];
    switch (this.#rules.routing.managerRing) {
      case 'all':
        return [entries.slice(0, MAX_DEVICES_AT_ONCE)];
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

  #add(entries: readonly PhoneEntry[], numberPrefix: string, why: Reason): boolean {
    const { routing, dialer } = this.#rules;
    if (this.#attempts.length >= routing.maxAttempts) return false;
    const dial = entries.map((entry) =>
      entry.kind === 'number' ? dialer.number(entry.digits, numberPrefix) : dialer.extension(entry.extension),
    );
    const numbers = entries.filter((entry) => entry.kind === 'number').map(valueOf);
    const extensions = entries.filter((entry) => entry.kind === 'extension').map(valueOf);
    for (const entry of entries) this.#taken.add(valueOf(entry));
    this.#attempts.push({
      dial: dial.join('&'),
      ...(numbers.length > 0 && { number: numbers.join(',') }),
      ...(extensions.length > 0 && { extension: extensions.join(',') }),
      ring: routing.ringSeconds,
      why,
    });
    return true;
  }
}

function valueOf(entry: PhoneEntry): string {
  return entry.kind === 'number' ? entry.digits : entry.extension;
}
