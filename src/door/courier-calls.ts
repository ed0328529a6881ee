import type { ReadAction } from '../ami/action-reader.ts';
import { Deadline } from '../calling/deadline.ts';
import { entitlementOf } from '../routing/entitlement.ts';
import { messageOf } from '../util/errors.ts';
import type { Brakes } from './brakes.ts';
import { numberInChannel, plainNumber } from './numbers.ts';
import { checkForm, DoorRefusedError, notPlaced } from './originate.ts';
import type { DoorAccount, DoorCall, DoorPeople, PlaceCall } from './options.ts';

export interface CourierCallsOptions {
  readonly people: DoorPeople;
  readonly brakes: Brakes;
  readonly officeNumbers: readonly string[];
  readonly courierPrefix: string;
  readonly recipientPrefix: string;
  readonly placeCall: PlaceCall;
}

/** A request for the same two numbers within that time is the same call: an app asks again when it hears nothing. In ms. */
const SAME_CALL_MS = 3000;

/**
 * Calls of couriers: the number in `Channel` is an active courier's, `Exten` is who that courier may call. Both numbers
 * are looked up at the same time, so that the time of an answer tells nobody which of them is known.
 */
export class CourierCalls {
  readonly #options: CourierCallsOptions;
  /** By courier and number: calls that were made just now. */
  readonly #recent = new Map<string, Promise<unknown>>();
  /** Ids of calls that have not ended. */
  readonly #live = new Set<string>();

  constructor(options: CourierCallsOptions) {
    this.#options = options;
  }

  /**
   * Comes back when the courier is about to be rung.
   *
   * @throws {DoorRefusedError}
   */
  async originate(action: ReadAction, account: DoorAccount): Promise<void> {
    const deadline = new Deadline();
    checkForm(action, account);
    const { people, brakes, officeNumbers, placeCall } = this.#options;
    const { from, to, isExtension } = this.#numbers(action, account);
    brakes.takeAccount(account.username, { from, to });

    const [caller, matches] = await Promise.all([this.#find(from), isExtension ? [] : this.#find(to)]);
    const isOffice = officeNumbers.includes(to);
    const entitlement = entitlementOf(caller, { number: to, matches, isOffice }, people.parseField);
    if (!entitlement.entitled) throw new DoorRefusedError(entitlement.why, { from, to });

    const courier = String(entitlement.courier);
    if (!isExtension) brakes.checkCountry(to, { from, to });
    brakes.checkHours({ from, to });
    await this.#once(`${from} ${to}`, async () => {
      const end = brakes.takeCourier(courier, { from, to });
      const call: DoorCall = {
        requester: { name: `courier ${courier}`, user: null, telephones: [], mayActForOthers: false },
        by: 'door',
        key: null,
        from: { kind: 'number', number: from },
        to: isExtension ? { kind: 'extension', extension: to } : { kind: 'number', number: to },
        officeNumbers,
        deadline,
      };
      let placed: string | undefined;
      let hasEnded = false;
      const onEnded = (): void => {
        hasEnded = true;
        end(true);
        if (placed !== undefined) this.#live.delete(placed);
      };
      try {
        const { id } = await placeCall(call, onEnded);
        // One that is being made already, for the same two: its end is told to whoever asked for it first.
        if (this.#live.has(id)) end(false);
        else if (!hasEnded) this.#live.add((placed = id));
      } catch (error) {
        end(false);
        throw notPlaced(error, { from, to });
      }
    });
  }

  #numbers(action: ReadAction, { channel }: DoorAccount) {
    const { people, courierPrefix, recipientPrefix } = this.#options;
    const found = numberInChannel(action.get('Channel'), { channel, prefix: courierPrefix });
    if ('problem' in found) throw new DoorRefusedError(found.problem);
    const from = people.normalise(found.number);
    const exten = plainNumber(action.get('Exten'), recipientPrefix) ?? plainNumber(action.get('Exten'), '');
    if (from.kind === 'invalid' || exten === undefined) throw new DoorRefusedError('number');
    const to = people.normalise(exten);
    if (to.kind === 'number') {
      if (to.digits === from.digits) throw new DoorRefusedError('number');
      return { from: from.digits, to: to.digits, isExtension: false };
    }
    if (to.reason !== 'internal') throw new DoorRefusedError('number');
    return { from: from.digits, to: exten, isExtension: true };
  }

  async #find(number: string) {
    try {
      return await this.#options.people.find(number);
    } catch (error) {
      throw new DoorRefusedError('unavailable', {}, messageOf(error));
    }
  }

  /** A call that failed may be asked for again at once. */
  async #once(key: string, place: () => Promise<void>): Promise<void> {
    const running = this.#recent.get(key);
    if (running !== undefined) {
      await running;
      return;
    }
    const placed = place();
    this.#recent.set(key, placed);
    const forget = () => void this.#recent.delete(key);
    placed.then(() => setTimeout(forget, SAME_CALL_MS).unref(), forget);
    await placed;
  }
}
