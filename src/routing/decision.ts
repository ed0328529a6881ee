import type { CallerKind, Code } from '../directory/match.ts';
import type { InvalidNumberReason } from '../phone/number.ts';
import type { Line } from './dialer.ts';
import type { Reason } from './reason.ts';

/**
 * `OK` dial; `NO_TARGET` the caller is known, nobody to dial; `UNKNOWN` not in contacts; `INVALID` no
 * usable number; `ERROR` no answer could be had in time.
 */
export type Status = 'OK' | 'NO_TARGET' | 'UNKNOWN' | 'INVALID' | 'ERROR';

export type Target = 'courier' | 'manager';

/**
 * One telephone to try, or several at once. Then `dial` is `PJSIP/101&PJSIP/102`, `callerId` and `limit` are
 * lists that go along with it, an empty place where a device demands nothing, and `number` and `extension` hold
 * lists, `101,102`.
 */
export interface Attempt extends Line {
  /** Digits, without any prefix that the trunk wants; left out when only extensions are rung. */
  readonly number?: string;
  /** Left out when only numbers are rung. */
  readonly extension?: string;
  /** Seconds to let it ring. */
  readonly ring: number;
  readonly why: Reason;
  /** Further ways to the same telephone, for when the one before cannot place the call. */
  readonly fallbacks?: readonly Line[];
}

/** One match of the caller's number in `contacts`, and what became of it. */
export interface Candidate {
  readonly kind: CallerKind;
  /** The code that `contacts.Source` holds: of the courier, shipment, contact person or client. */
  readonly code: Code | null;
  readonly courier: Code | null;
  readonly client: Code | null;
  /** `contacts.VALUE`, where it is not the number's digits; left out otherwise. */
  readonly writtenAs?: string;
  readonly won: boolean;
  readonly why: Reason;
}

/** What to do with a call, and the story behind it. */
export interface Decision {
  readonly status: Status;
  readonly caller: CallerKind | null;
  readonly target: Target | null;
  /** The caller's number, normalised to digits; empty when there is none. */
  readonly number: string;
  /** Why there is no usable number; null unless `status` is `INVALID`. */
  readonly invalid: InvalidNumberReason | null;
  /** In the order to try; empty unless `status` is `OK`. */
  readonly attempts: readonly Attempt[];
  /** `kurier.code` of the first courier rung, or of the courier who calls. */
  readonly courier: Code | null;
  /** `store.Code` of the branch that the shipment, or the courier who calls, belongs to. */
  readonly branch: Code | null;
  /** `clients.code` */
  readonly client: Code | null;
  /** `clients.State` */
  readonly clientState: number | null;
  /** `zakaz.code` */
  readonly order: Code | null;
  /** `address.code` */
  readonly shipment: Code | null;
  /** null when the directory was not asked or did not answer. */
  readonly source: 'live' | 'snapshot' | null;
  readonly ageSeconds: number | null;
  /** Why the snapshot had to answer: an error's code, or `BREAKER_OPEN`; null with an answer of the database. */
  readonly liveError: string | null;
  readonly candidates: readonly Candidate[];
}

/** A decision that names nobody: for `ERROR`, and to build the others on. */
export function nobody(status: Exclude<Status, 'INVALID'>, number = ''): Decision {
  return nothing(status, number, null);
}

export function invalid(reason: InvalidNumberReason): Decision {
  return nothing('INVALID', '', reason);
}

function nothing(status: Status, number: string, reason: InvalidNumberReason | null): Decision {
  return {
    status,
    caller: null,
    target: null,
    number,
    invalid: reason,
    attempts: [],
    courier: null,
    branch: null,
    client: null,
    clientState: null,
    order: null,
    shipment: null,
    source: null,
    ageSeconds: null,
    liveError: null,
    candidates: [],
  };
}
