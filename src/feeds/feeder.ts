import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalStore } from '../journal/journal.store.ts';
import { messageOf } from '../util/errors.ts';
import type { Feed, FeedEvent } from './feed-event.ts';
import type { Outbox, Retry } from './outbox.ts';
import type { FeedMessage, Receiver } from './receiver.ts';
import { EventRefusedError } from './webhook.ts';

export interface FeederOptions {
  readonly feed: Feed;
  readonly receiver: Receiver;
  readonly outbox: Outbox;
  /** @returns undefined while there is nothing to do, or nothing that it could be done on */
  readonly store: () => JournalStore | undefined;
  /** The receiver does not take what it is sent, or does so for another reason than before. */
  readonly onProblem: (problem: string) => void;
  readonly onBack: () => void;
  /** Between two looks at an outbox in which nothing waits, in ms. Default 1000. */
  readonly idleMs?: number;
  /** The first pause after a failure, in ms; it grows by half up to `maxPauseMs`. Default 1000. */
  readonly pauseMs?: number;
  /** Default 5 min. */
  readonly maxPauseMs?: number;
  /** Rows of one file at most. Default 5000: so many calls are 30 MB for a moment. */
  readonly fileRows?: number;
}

/** Events that are looked up at a time, by one sending each. */
const ROUND = 100;
/** Calls that are read from the journal at a time. */
const READ = 200;

/** Doubled, an event that fails ten times by bad luck would come a quarter of an hour late; so it is two minutes. */
const GROWTH = 1.5;

/** Rounds without a success after which a receiver or the journal counts as away: one that fails now and then is no news. */
const AWAY_AFTER = 3;

/**
 * Refusals after which an event says nothing of its receiver any more: less than `AWAY_AFTER`, so that one which is always
 * refused neither stands for a receiver that is away nor holds up what comes later.
 */
const STUBBORN_AFTER = 2;

interface Result {
  readonly done: readonly FeedEvent[];
  readonly failed: readonly FeedEvent[];
  /** Why the last of those failed. */
  readonly problem: string | undefined;
  /** Whether the receiver is there, and has refused each of them for itself. */
  readonly areRefused: boolean;
}

/**
 * Brings the events of one feed to its receiver: at least once, of one call in their order, again until they are taken.
 * While nothing at all is taken it tries one event now and then.
 */
export class Feeder {
  readonly #options: Required<FeederOptions>;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #problem: string | undefined;
  /** Rounds without a success, in a row. */
  #failures = 0;
  /** Rounds in which the journal failed, in a row. */
  #brokenRounds = 0;
  #delivered = 0;
  #failed = 0;

  constructor(options: FeederOptions) {
    this.#options = { idleMs: 1000, pauseMs: 1000, maxPauseMs: 300_000, fileRows: 5000, ...options };
  }

  get name(): string {
    return this.#options.feed.name;
  }

  /** Since the start. */
  get counters(): { readonly delivered: number; readonly failed: number } {
    return { delivered: this.#delivered, failed: this.#failed };
  }

  /** Why the receiver takes nothing; undefined while it does. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get #setbacks(): number {
    return Math.max(this.#failures, this.#brokenRounds);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** What is being sent is waited for, since it may have arrived. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { receiver, idleMs, fileRows } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const wasAway = this.#setbacks > 0;
      let tried = 0;
      try {
        tried = await this.#round();
        this.#tellJournalBack();
      } catch (error) {
        // The journal, not the receiver: its own trouble is told by those who write it.
        this.#brokenRounds += 1;
        if (this.#brokenRounds >= AWAY_AFTER) this.#tell(messageOf(error));
      }
      if (this.#setbacks > 0) await this.#pause(this.#pauseAfter(this.#setbacks));
      else if (receiver.everyMs !== null) {
        // More than one file holds, or all but the one that was tried: it does not wait for another day.
        if (tried < (wasAway ? 1 : fileRows)) await this.#pause(receiver.everyMs);
      } else if (tried === 0) await this.#pause(idleMs);
    }
  }

  /** @returns how many events were tried */
  async #round(): Promise<number> {
    const { feed, receiver, outbox, store, fileRows } = this.#options;
    const journal = store();
    if (journal === undefined) return 0;
    const limit = receiver.everyMs === null ? ROUND : fileRows;
    const events = await (this.#setbacks > 0
      ? outbox.leastTried(journal.db, feed.name, Date.now())
      : outbox.due(journal.db, feed.name, Date.now(), limit));
    if (events.length === 0) return 0;

    const { messages, gone } = await this.#read(journal, events);
    const { done, failed, problem, areRefused } = await this.#send(messages);
    const now = Date.now();
    const retries = failed.map(({ place, attempts }): Retry => ({
      place,
      at: now + this.#pauseAfter(attempts + 1),
    }));
    await outbox.settle(journal.db, { done: [...done, ...gone].map(({ place }) => place), retries }, now);
    this.#delivered += done.length;
    this.#failed += failed.length;
    // Not all was tried: that says nothing of the receiver.
    if (this.#stopping.signal.aborted) return events.length;
    if (done.length > 0 || problem === undefined) {
      this.#failures = 0;
      this.#tellBack();
    } else if (!areRefused || failed.some(({ attempts }) => attempts < STUBBORN_AFTER)) {
      this.#failures += 1;
      if (this.#failures >= AWAY_AFTER) this.#tell(problem);
    }
    return events.length;
  }

  /** With the calls as they are now: what was erased meanwhile does not leave. */
  async #read(
    journal: JournalStore,
    events: readonly FeedEvent[],
  ): Promise<{ messages: [FeedEvent, FeedMessage][]; gone: FeedEvent[] }> {
    const messages: [FeedEvent, FeedMessage][] = [];
    const gone: FeedEvent[] = [];
    for (let start = 0; start < events.length; start += READ) {
      const some = events.slice(start, start + READ);
      const calls = await journal.getAll(some.map(({ call }) => call));
      for (const event of some) {
        const call = calls.get(event.call);
        const { id, kind, createdAt, subject } = event;
        if (call === undefined) gone.push(event);
        else messages.push([event, { id, kind, at: createdAt, subject, call }]);
      }
    }
    return { messages, gone };
  }

  async #send(messages: readonly [FeedEvent, FeedMessage][]): Promise<Result> {
    const { receiver } = this.#options;
    const done: FeedEvent[] = [];
    const failed: FeedEvent[] = [];
    let problem: string | undefined;
    let areRefused = true;
    const waiting = receiver.everyMs === null ? messages.map((message) => [message]) : [[...messages]];
    const sendSome = async (): Promise<void> => {
      for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
        // What was not begun is still due, for whoever comes next.
        if (this.#stopping.signal.aborted) return;
        const events = batch.map(([event]) => event);
        try {
          await receiver.send(batch.map(([, message]) => message));
          done.push(...events);
        } catch (error) {
          failed.push(...events);
          problem = messageOf(error);
          areRefused &&= error instanceof EventRefusedError;
        }
      }
    };
    await Promise.all(Array.from({ length: receiver.atOnce }, sendSome));
    return { done, failed, problem, areRefused };
  }

  #pauseAfter(failures: number): number {
    const { pauseMs, maxPauseMs } = this.#options;
    const longest = Math.min(pauseMs * GROWTH ** Math.min(failures - 1, 30), maxPauseMs);
    return Math.round(longest * (0.75 + Math.random() / 4));
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }

  #tell(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem);
  }

  /** Nothing may wait for hours: no event has to be taken for this. */
  #tellJournalBack(): void {
    if (this.#brokenRounds >= AWAY_AFTER && this.#failures < AWAY_AFTER) this.#tellBack();
    this.#brokenRounds = 0;
  }

  #tellBack(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#options.onBack();
  }
}
