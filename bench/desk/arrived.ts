/** What a receiver of webhooks tells. */
export interface Arrived {
  readonly port: number;
  /** Different events that were taken. */
  readonly arrived: number;
  /** All requests, those included that it refused. */
  readonly requests: number;
  /** Events that came once more. */
  readonly again: number;
  /** Events that came before an earlier one of the same call. */
  readonly outOfOrder: number;
}
