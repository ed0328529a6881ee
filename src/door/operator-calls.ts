import type { ReadAction } from '../ami/action-reader.ts';
import { Deadline } from '../calling/deadline.ts';
import type { Brakes } from './brakes.ts';
import { numberInChannel, plainNumber } from './numbers.ts';
import { checkForm, DoorRefusedError, notPlaced } from './originate.ts';
import type { DoorAccount, DoorCall, DoorPeople, PlaceCall } from './options.ts';

export interface OperatorCallsOptions {
  readonly people: DoorPeople;
  readonly brakes: Brakes;
  readonly courierPrefix: string;
  readonly recipientPrefix: string;
  readonly placeCall: PlaceCall;
}

/** Whose calls a connection may make and hear of; null: not known yet. */
interface Operator {
  user: string | null;
}

/** Calls of the office: from a telephone that stands in `users.extPhone`, to any number. */
export class OperatorCalls {
  readonly #options: OperatorCallsOptions;

  constructor(options: OperatorCallsOptions) {
    this.#options = options;
  }

  /**
   * Comes back when the operator is about to be rung. From then on the connection is that operator's.
   *
   * @throws {DoorRefusedError}
   */
  async originate(action: ReadAction, account: DoorAccount, operator: Operator): Promise<void> {
    checkForm(action, account);
    const { people, brakes, placeCall } = this.#options;
    const from = this.#telephone(action, account);
    const to = this.#target(action);
    const numbers = { from: valueOf(from), to: valueOf(to) };
    brakes.takeAccount(account.username, numbers);
    const user = this.#userOf(numbers.from, operator);
    if (user === null) throw new DoorRefusedError('not-an-operator', numbers);
    if (to.kind === 'number') brakes.checkCountry(to.number, numbers);
    brakes.checkHours(numbers);
    operator.user = user;
    try {
      const telephones = people.telephonesOf(user);
      const requester = { name: user, user, telephones, mayActForOthers: false } as const;
      const deadline = new Deadline();
      await placeCall({ requester, by: 'door', key: null, from, to, deadline }, () => undefined);
    } catch (error) {
      throw notPlaced(error, numbers);
    }
  }

  #userOf(telephone: string, operator: Operator): string | null {
    const { people } = this.#options;
    if (operator.user === null) return people.userOf(telephone);
    return people.telephonesOf(operator.user).includes(telephone) ? operator.user : null;
  }

  #telephone(action: ReadAction, { channel }: DoorAccount): DoorCall['from'] {
    const form = { channel, prefix: this.#options.courierPrefix };
    const found = numberInChannel(action.get('Channel'), form);
    if ('problem' in found) throw new DoorRefusedError(found.problem);
    return this.#partyOf(found.number);
  }

  #target(action: ReadAction): DoorCall['to'] {
    const exten = action.get('Exten');
    const number = plainNumber(exten, this.#options.recipientPrefix) ?? plainNumber(exten, '');
    if (number === undefined) throw new DoorRefusedError('number');
    return this.#partyOf(number);
  }

  #partyOf(text: string): DoorCall['to'] {
    const number = this.#options.people.normalise(text);
    if (number.kind === 'number') return { kind: 'number', number: number.digits };
    if (number.reason === 'internal') return { kind: 'extension', extension: text };
    throw new DoorRefusedError('number');
  }
}

function valueOf(party: DoorCall['to']): string {
  return party.kind === 'number' ? party.number : party.extension;
}
