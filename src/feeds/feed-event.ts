/** What can leave. */
export const FEED_KINDS = ['call.ended', 'survey.answered', 'recording.ready'] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** One thing that one receiver is still to be told. */
export interface FeedEvent {
  /** Its place in the order of the outbox. */
  readonly place: number;
  /** The same at each try: whoever gets it twice drops the second. */
  readonly id: string;
  readonly kind: FeedKind;
  /** The id of the call. */
  readonly call: string;
  /** What of the call: the id of a recording, the question of a survey; of `call.ended` the call itself. */
  readonly subject: string;
  /** In ms since 1970. */
  readonly createdAt: number;
  /** Tries so far. */
  readonly attempts: number;
}

/** Where events go to, and which. */
export interface Feed {
  /** Stays the same over restarts: the receiver's address. */
  readonly name: string;
  readonly kinds: readonly FeedKind[];
}
