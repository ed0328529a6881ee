import type { JournalCall } from '../journal/call.row.ts';
import type { FeedKind } from './feed-event.ts';

/** An event as it leaves, with the call as the journal has it now. */
export interface FeedMessage {
  readonly id: string;
  readonly kind: FeedKind;
  /** When it happened, in ms since 1970. */
  readonly at: number;
  readonly subject: string;
  readonly call: JournalCall;
}

/** Takes events: a program behind an address, or a folder. */
export interface Receiver {
  /** Sendings at the same time. Each is of one event, but where `everyMs` says otherwise. */
  readonly atOnce: number;
  /** Null: each event at once, by itself. Else all that wait go together, so often, in ms. */
  readonly everyMs: number | null;
  /** @throws whatever kept it from taking all of them; they will come again */
  send(messages: readonly FeedMessage[]): Promise<void>;
}
