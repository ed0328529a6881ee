import type { CodedError } from '../util/errors.ts';
import type { Decision } from '../routing/decision.ts';

/** Of the answer: `delivered` to the dialplan. `left`: the caller hung up before. `failed`: neither. */
export type CallOutcome = 'delivered' | 'left' | 'failed';

/** What there is to tell of one call once it is over. */
export interface CallRecord {
  /** `agi_uniqueid`; empty when the environment never came. */
  readonly uniqueId: string;
  /** `CHANNEL(linkedid)`, shared by all channels of the call; empty when the dialplan did not pass it. */
  readonly linkedId: string;
  /** A call of `courier-agi doctor`: nobody calls. */
  readonly isCheck: boolean;
  readonly outcome: CallOutcome;
  readonly decision: Decision;
  /** Why the status is `ERROR`, or why the answer did not arrive; null otherwise. */
  readonly error: CodedError | Error | null;
  /** When it was over, in ms since 1970. */
  readonly endedAt: number;
  /** From the accepted connection to the confirmed answer, in ms. */
  readonly totalMs: number;
  /** The look-up's and decision's part of it, in ms; null when it came to none. */
  readonly routeMs: number | null;
}
