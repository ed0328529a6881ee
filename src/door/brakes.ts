import { parseHours } from '../util/hours.ts';
import { Hourly } from './hourly.ts';
import { DoorRefusedError, type Numbers } from './originate.ts';
import type { DoorLimits } from './options.ts';

/** A call of which no end was heard is taken to be over. In ms. */
const LONGEST_MS = 3_600_000;

/** What holds even those who may call: how often, when, and where to. */
export class Brakes {
  readonly #couriers: Hourly;
  readonly #accounts: Hourly;
  readonly #atOnce: number;
  /** When calls that have not ended began, by courier. */
  readonly #live = new Map<string, Set<{ readonly since: number }>>();
  readonly #isOpen: () => boolean;
  readonly #countries: ReadonlySet<string> | undefined;
  readonly #countryOf: (number: string) => string | null;

  /** @param countryOf the country of a number, as ISO 3166 names it; null when it is not known */
  constructor(
    { perCourierHour, perCourierAtOnce, perAccountHour, hours, timeZone, countries }: DoorLimits,
    countryOf: (number: string) => string | null,
    now: () => Date = () => new Date(),
  ) {
    this.#couriers = new Hourly(perCourierHour);
    this.#atOnce = perCourierAtOnce;
    this.#accounts = new Hourly(perAccountHour);
    const isWithin = parseHours(hours, timeZone);
    this.#isOpen = () => isWithin(now());
    this.#countries = countries === undefined ? undefined : new Set(countries);
    this.#countryOf = countryOf;
  }

  /** @throws {DoorRefusedError} */
  takeAccount(account: string, numbers: Numbers): void {
    if (!this.#accounts.take(account)) throw new DoorRefusedError('account-limit', numbers);
  }

  /**
   * Counts a call of a courier.
   *
   * @returns what ends it, `wasMade: false` where nobody was rung
   * @throws {DoorRefusedError}
   */
  takeCourier(courier: string, numbers: Numbers): (wasMade: boolean) => void {
    const now = performance.now();
    const live = this.#live.get(courier) ?? new Set();
    for (const one of live) if (now - one.since > LONGEST_MS) live.delete(one);
    if (live.size >= this.#atOnce) throw new DoorRefusedError('at-once', numbers);
    if (!this.#couriers.take(courier)) throw new DoorRefusedError('courier-limit', numbers);
    const call = { since: now };
    this.#live.set(courier, live.add(call));
    return (wasMade) => {
      if (!live.delete(call)) return;
      if (live.size === 0) this.#live.delete(courier);
      if (!wasMade) this.#couriers.giveBack(courier);
    };
  }

  /** @throws {DoorRefusedError} */
  checkHours(numbers: Numbers): void {
    if (!this.#isOpen()) throw new DoorRefusedError('hours', numbers);
  }

  /** @throws {DoorRefusedError} */
  checkCountry(number: string, numbers: Numbers): void {
    if (this.#countries === undefined) return;
    const country = this.#countryOf(number);
    if (country === null || !this.#countries.has(country)) throw new DoorRefusedError('country', numbers);
  }
}
