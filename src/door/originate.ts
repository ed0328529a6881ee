import type { ReadAction } from '../ami/action-reader.ts';
import { maskNumber, maskText } from '../phone/mask.ts';
import { CallRefusedError } from '../calling/refusals.ts';
import { CodedError, messageOf } from '../util/errors.ts';
import { SAID } from './answer.ts';
import type { DoorAccount, RefusalReason } from './options.ts';

/** The two numbers of a request, as far as they are known. */
export interface Numbers {
  readonly from?: string;
  readonly to?: string;
}

/** A request that does not pass. The reason is for the log: whoever asked hears the same of all that concerns people. */
export class DoorRefusedError extends CodedError {
  readonly code = 'DOOR_REFUSED';
  readonly reason: RefusalReason;
  /** Masked. */
  readonly numbers: Numbers;
  readonly detail: string | undefined;

  /** @param detail in a few words, for the log */
  constructor(reason: RefusalReason, { from, to }: Numbers = {}, detail?: string) {
    super(`The request was refused: ${reason}.`);
    this.reason = reason;
    this.numbers = {
      ...(from !== undefined && { from: maskNumber(from) }),
      ...(to !== undefined && { to: maskNumber(to) }),
    };
    this.detail = detail === undefined ? undefined : maskText(detail);
  }

  /** What the other side is told. */
  get said(): string {
    return this.reason === 'unavailable' || this.reason === 'telephone' ? SAID.failed : SAID.denied;
  }
}

/** What a refusal of the engine is to the door; everything else is `unavailable`. */
const REASONS: Partial<Record<CallRefusedError['code'], RefusalReason>> = {
  outside_hours: 'hours',
  too_many: 'courier-limit',
  // The shipment changed hands in this moment.
  not_entitled: 'not-in-hand',
  busy: 'telephone',
  unreachable_extension: 'telephone',
};

/** Why no call was made. */
export function notPlaced(error: unknown, numbers: Numbers): DoorRefusedError {
  const reason = error instanceof CallRefusedError ? REASONS[error.code] : undefined;
  return new DoorRefusedError(reason ?? 'unavailable', numbers, messageOf(error));
}

/** All that the vendor's programs send. Whatever else an Originate can hold is more than a call needs. */
const HEADERS: ReadonlySet<string> = new Set([
  'action',
  'actionid',
  'channel',
  'exten',
  'context',
  'priority',
  'callerid',
  'waittime',
  'timeout',
  'async',
]);

/**
 * Looks at the form of an Originate before anybody is looked up.
 *
 * @throws {DoorRefusedError}
 */
export function checkForm(action: ReadAction, account: DoorAccount): void {
  const more = action.names.find((name) => !HEADERS.has(name));
  if (more !== undefined)
    throw new DoorRefusedError(
      'form',
      {},
      `a header ${/^[a-z]{1,20}$/.test(more) ? more : 'of another name'}`,
    );
  if (account.context !== undefined && action.get('Context').trim() !== account.context) {
    throw new DoorRefusedError('form', {}, 'another context');
  }
}
