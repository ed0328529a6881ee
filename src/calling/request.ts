import type { Call, CallOutcome, Link } from '../calls/call.ts';
import type { Code } from '../directory/match.ts';
import type { Deadline } from './deadline.ts';

/** Who wants a call: a person at the desk, or a program. */
export interface Requester {
  /** Whose calls a minute are counted together, and whose keys are one family: a user's name, or a token's. */
  readonly name: string;
  /** `users.user`; null for a program. */
  readonly user: string | null;
  /** Their telephones, extensions and numbers, in the order of `users.extPhone`. */
  readonly telephones: readonly string[];
  /** Whether they may have calls made from telephones that are not theirs. */
  readonly mayActForOthers: boolean;
}

/** Who is rung first. */
export type From =
  /** The first of the requester's telephones. */
  | { readonly kind: 'own' }
  | { readonly kind: 'extension'; readonly extension: string }
  /** `kurier.code` */
  | { readonly kind: 'courier'; readonly courier: Code }
  /** As somebody wrote it: of a courier, or one of the requester's own. */
  | { readonly kind: 'number'; readonly number: string };

/** Who is rung when the first has answered. */
export type To =
  | { readonly kind: 'number'; readonly number: string }
  /** `address.code`: its recipient, whose number nobody has to know. */
  | { readonly kind: 'shipment'; readonly shipment: Code }
  | { readonly kind: 'extension'; readonly extension: string };

/** What asked for a call. `door`: the guarded AMI; `test`: the ladder of a test call. */
export type AskedBy = 'click' | 'courier' | 'door' | 'test';

export interface CallRequest {
  readonly requester: Requester;
  readonly by: AskedBy;
  /** The same key of the same requester is the same call. Null: every request is a call of its own. */
  readonly key: string | null;
  readonly from: From;
  readonly to: To;
  /** Of a courier: the extensions they may call besides that of their manager. Left out: all. */
  readonly officeNumbers?: readonly string[] | undefined;
  /** By when it must have been answered. Left out: 1.8 s from now. */
  readonly deadline?: Deadline;
}

/** What stands with a call that we made. */
export interface RequestOnCall {
  readonly by: AskedBy;
  readonly user: string | null;
  readonly key: string | null;
  readonly links: readonly Link[];
  /** Whom it was to reach. Left out: of before a restart. */
  readonly asked?: Pick<Call, 'to' | 'direction'> | undefined;
  /** Ended by whoever asked for it: `cancelled` then, unless somebody talked. */
  readonly wasCancelled: boolean;
}

/** The outcomes of a call that we made: of either leg, and those that only such a call has. */
export type ResultCode =
  | CallOutcome
  | `first_${Exclude<CallOutcome, 'answered'>}`
  | 'not_confirmed'
  | 'unknown';
