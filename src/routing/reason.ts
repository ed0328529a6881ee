import type { CallerKind, Code } from '../directory/match.ts';

/**
 * Why something was decided: a stable code and the values that belong to it, so that it can be told in
 * any language. The texts stand in reason.text.ts.
 */
export type Reason =
  /** The courier has the shipment in hand; `phone` is the column of `kurier` that is dialled. */
  | {
      readonly code: 'holds-shipment';
      readonly courier: Code;
      readonly shipment: Code;
      readonly phone: string;
    }
  | { readonly code: 'manager-of-courier'; readonly courier: Code; readonly user: string }
  | { readonly code: 'manager-of-client'; readonly client: Code; readonly user: string }
  /** The kind stands first in `routing.priority` among those that lead to somebody. */
  | { readonly code: 'first-with-target' }
  | { readonly code: 'lower-priority'; readonly winner: CallerKind }
  /** `only=` of the AGI request, or `routing.priority`, leaves this kind out. */
  | { readonly code: 'kind-left-out' }
  | { readonly code: 'shipment-closed' }
  | { readonly code: 'not-in-hand' }
  | { readonly code: 'courier-without-phone'; readonly courier: Code }
  /** `kurier.dateput` is set. */
  | { readonly code: 'courier-has-left'; readonly courier: Code }
  | { readonly code: 'client-missing' }
  | { readonly code: 'no-manager' }
  | { readonly code: 'manager-without-phone'; readonly user: string }
  /** The person to ring is the one who calls. */
  | { readonly code: 'is-caller' }
  /** All their numbers are being tried already, as somebody else's. */
  | { readonly code: 'tried-already' }
  /** `routing.maxAttempts` is reached. */
  | { readonly code: 'list-full' };

export type ReasonCode = Reason['code'];
