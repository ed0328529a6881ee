import type { Deadline } from '../calling/deadline.ts';
import type { Match } from '../directory/match.ts';
import type { PhoneField } from '../phone/field.ts';
import type { NumberResult } from '../phone/number.ts';

/** Who may connect, and for what. */
export interface DoorAccount {
  readonly username: string;
  readonly secret: string;
  /** Addresses or CIDR ranges. */
  readonly allow: readonly string[];
  readonly may: 'courierCalls' | 'operatorCalls';
  /** The channel in the settings of the other program, such as `SIP/trunk`; another one is refused. Default: any. */
  readonly channel?: string | undefined;
  /** The context in its settings, the same. */
  readonly context?: string | undefined;
  /** `users.user` of the one operator whose account it is. */
  readonly user?: string | undefined;
}

/** What a call is made of that passed the door: two numbers that were looked up, and nothing else of the request. */
export interface DoorCall {
  readonly requester: {
    /** Whose calls are counted together. */
    readonly name: string;
    /** `users.user`; null for a courier. */
    readonly user: string | null;
    /** Theirs; none of a courier, whom the number tells. */
    readonly telephones: readonly string[];
    readonly mayActForOthers: false;
  };
  readonly by: 'door';
  readonly key: null;
  readonly from:
    | { readonly kind: 'number'; readonly number: string }
    | { readonly kind: 'extension'; readonly extension: string };
  readonly to:
    | { readonly kind: 'number'; readonly number: string }
    | { readonly kind: 'extension'; readonly extension: string };
  /** Extensions that a courier may call. */
  readonly officeNumbers?: readonly string[];
  /** By when whoever asks must have an answer. */
  readonly deadline: Deadline;
}

/** Has a call made. Resolves when Asterisk has taken it, with its id, which is that of another one where the same is asked for while it lasts; rejects when nobody is rung. @param onEnded may be called more than once */
export type PlaceCall = (call: DoorCall, onEnded: () => void) => Promise<{ readonly id: string }>;

/** Whose numbers are whose. */
export interface DoorPeople {
  /** @throws {CodedError} the database is away */
  readonly find: (number: string) => Promise<readonly Match[]>;
  readonly normalise: (raw: string) => NumberResult;
  /** Reads `users.extPhone`. */
  readonly parseField: (field: string) => PhoneField;
  /** `users.user` of an extension; null when it is nobody's. */
  readonly userOf: (extension: string) => string | null;
  /** Extensions and numbers of a user of the office (`users.extPhone`). */
  readonly telephonesOf: (user: string) => readonly string[];
}

export interface DoorLimits {
  /** Calls of one courier. */
  readonly perCourierHour: number;
  /** Calls of one courier that have not ended. */
  readonly perCourierAtOnce: number;
  /** Requests of one account, refused ones included. */
  readonly perAccountHour: number;
  /** `07:00-23:00` in `timeZone`. */
  readonly hours: string;
  readonly timeZone: string;
  /** ISO 3166, of the numbers that may be called; undefined: any. */
  readonly countries?: readonly string[] | undefined;
}

/** Why a request was refused. For the log and the metric; who asked learns less. */
export const REFUSAL_REASONS = [
  /** Unknown user, wrong secret. */
  'login',
  /** The account is not for this address. */
  'login-address',
  /** An action that nobody may, or before the login. */
  'action',
  /** One with which the telephone server could be taken over or listened to. */
  'dangerous-action',
  /** What cannot be read as AMI. */
  'unreadable',
  /** An Originate with more in it than a call needs, or with another channel or context. */
  'form',
  /** No telephone number where one must stand. */
  'number',
  'not-a-courier',
  'courier-left',
  'not-in-hand',
  'not-a-recipient',
  'not-an-operator',
  'country',
  'hours',
  'courier-limit',
  /** A courier's other calls have not ended. */
  'at-once',
  'account-limit',
  /** Who is to be rung is busy or cannot be reached, as Asterisk says before anything rings. */
  'telephone',
  /** The database, Asterisk or a line is away. */
  'unavailable',
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export interface Refusal {
  readonly reason: RefusalReason;
  /** Null before the login. */
  readonly account: string | null;
  readonly address: string;
  /** Masked. */
  readonly from?: string;
  readonly to?: string;
  /** In a few words, masked. */
  readonly detail?: string;
}
