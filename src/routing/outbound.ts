import { normaliseNumber, type InvalidNumberReason } from '../phone/number.ts';
import type { LocalHabits } from '../phone/reading.ts';
import { createDialer, type Dialer, type DialOptions, type Line, type TrunkChoice } from './dialer.ts';

export interface OutboundOptions {
  readonly dial: DialOptions & {
    /** Put before the number of a courier. */
    readonly courierPrefix: string;
  };
  readonly numbers: LocalHabits & {
    readonly country: string;
    /** Put through as they are dialled. */
    readonly emergency: readonly string[];
  };
}

/** How an outgoing call is placed. */
export interface OutboundRoute {
  readonly status: 'OK' | 'INVALID' | 'ERROR';
  /** Digits as `contacts.VALUE` has them, or an emergency number as it was dialled; empty when there is none. */
  readonly number: string;
  readonly emergency: boolean;
  /** Why it is no number to dial; null unless `status` is `INVALID`. */
  readonly invalid: InvalidNumberReason | null;
  /** Which entry of `dial.trunks` takes it; null unless `status` is `OK`. */
  readonly trunk: TrunkChoice | null;
  /** The ways to place it, in the order to try. */
  readonly lines: readonly Line[];
}

/** What a person dials; nothing that normalising would have to guess about. */
const DIALLED = /^\+?[\d ().-]{1,40}$/;

/** Chooses the trunk of outgoing calls, from the configuration alone. */
export class OutboundRouter {
  readonly #numbers: OutboundOptions['numbers'];
  readonly #dialer: Dialer;
  readonly #trunkForAll: number;
  readonly #courierPrefix: string;

  constructor({ numbers, dial }: OutboundOptions) {
    this.#numbers = numbers;
    this.#dialer = createDialer(dial, numbers.country);
    this.#trunkForAll = dial.trunks.length;
    this.#courierPrefix = dial.courierPrefix;
  }

  /**
   * @param dialled as `${EXTEN}` has it; whoever dials chooses it
   * @param isCourier whether it is the number of a courier
   */
  route(dialled: string, isCourier = false): OutboundRoute {
    const emergency = this.#emergency(dialled.trim());
    if (emergency !== undefined) {
      const trunk = { position: this.#trunkForAll, prefix: null };
      const lines = this.#dialer.emergency(emergency);
      return { status: 'OK', number: emergency, emergency: true, invalid: null, trunk, lines };
    }
    if (!DIALLED.test(dialled)) return noRoute('INVALID', dialled.trim() === '' ? 'empty' : 'malformed');
    const number = normaliseNumber(dialled, this.#numbers.country, this.#numbers);
    if (number.kind === 'invalid') return noRoute('INVALID', number.reason);
    const { digits } = number;
    return {
      status: 'OK',
      number: digits,
      emergency: false,
      invalid: null,
      trunk: this.#dialer.trunkOf(digits),
      lines: this.#dialer.lines(digits, isCourier ? this.#courierPrefix : ''),
    };
  }

  /** Also behind a digit for an outside line, which the trunk does not want. */
  #emergency(dialled: string): string | undefined {
    const { emergency, strip = [] } = this.#numbers;
    const asDialled = ['', ...strip]
      .filter((digit) => dialled.startsWith(digit))
      .map((digit) => dialled.slice(digit.length));
    return asDialled.find((number) => emergency.includes(number));
  }
}

export function noRoute(status: 'INVALID' | 'ERROR', invalid: InvalidNumberReason | null): OutboundRoute {
  return { status, number: '', emergency: false, invalid, trunk: null, lines: [] };
}
