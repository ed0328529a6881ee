import { parseHours } from '../util/hours.ts';
import { Hourly } from './hourly.ts';
import { DoorRefusedError, type Numbers } from './originate.ts';
import type { DoorLimits } from './options.ts';

/** What holds even those who may call: how often, when, and where to. */
export class Brakes {
  readonly #couriers: Hourly;
  readonly #accounts: Hourly;
  readonly #isOpen: () => boolean;
  readonly #countries: ReadonlySet<string> | undefined;
  readonly #countryOf: (number: string) => string | null;

  /** @param countryOf the country of a number, as ISO 3166 names it; null when it is not known */
  constructor(
    { perCourierHour, perAccountHour, hours, timeZone, countries }: DoorLimits,
    countryOf: (number: string) => string | null,
    now: () => Date = () => new Date(),
  ) {
    this.#couriers = new Hourly(perCourierHour);
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

  /** @throws {DoorRefusedError} */
  takeCourier(courier: string, numbers: Numbers): void {
    if (!this.#couriers.take(courier)) throw new DoorRefusedError('courier-limit', numbers);
  }

  /** Nobody was rung. */
  giveBackCourier(courier: string): void {
    this.#couriers.giveBack(courier);
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
