import { setTimeout as sleep } from 'node:timers/promises';
import type { CallEvents } from '../api/call-events.ts';
import type { Call } from '../calls/call.ts';
import type { JournalCall } from '../journal/call.row.ts';
import type { Journal } from '../journal/journal.ts';

/** For so long the journal is asked what belongs to a call, in ms: a call that rings is shown at once, whatever the journal is busy with. */
const ASK_MS = 100;
/** Between two questions, in ms: what changes meanwhile is asked for together. Nobody sees the difference. */
const PAUSE_MS = 20;

/** By id; undefined stands for the newest version there is. */
type Changes = Map<string, Call | undefined>;

/**
 * Publishes each change of a call as the whole that the journal would tell: with notes, links by hand and whatever else
 * belongs to it. When the journal takes too long the call itself is published, and the whole follows; while it is away the
 * call itself is all there is.
 */
export class CallPublisher {
  readonly #journal: Journal;
  readonly #events: CallEvents;
  #waiting: Changes = new Map();
  /** What is being published. */
  #batch: Changes = new Map();
  #isAsking = false;
  #isPublishing = false;

  constructor(journal: Journal, events: CallEvents) {
    this.#journal = journal;
    this.#events = events;
  }

  /** A call, or a newer version of it. */
  add(call: Call): void {
    this.#waiting.set(call.id, call);
    void this.#publish();
  }

  /** What belongs to a call has changed elsewhere: a note, a recording, an answer of a survey. */
  touch(id: string): void {
    if (!this.#waiting.has(id)) this.#waiting.set(id, undefined);
    void this.#publish();
  }

  /** It turned out to be a part of another call. */
  join(gone: string, into: string): void {
    this.#waiting.delete(gone);
    this.#batch.delete(gone);
    this.#events.publish('joined', { id: gone, into });
  }

  /** Never rejects. */
  async #publish(): Promise<void> {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    while (this.#waiting.size > 0) {
      this.#batch = this.#waiting;
      this.#waiting = new Map();
      const whole = await this.#wholeOf(this.#batch);
      for (const [id, call] of this.#batch) {
        const told = whole?.get(id) ?? (call === undefined ? undefined : { ...call, note: null });
        if (told !== undefined) this.#events.publishCall(told);
      }
      await sleep(PAUSE_MS, undefined, { ref: false });
    }
    this.#isPublishing = false;
  }

  /** @returns undefined while the journal is slow or away */
  async #wholeOf(changes: Changes): Promise<ReadonlyMap<string, JournalCall> | undefined> {
    // One question at a time: whoever waits for a journal that hangs waits once.
    if (this.#isAsking) return undefined;
    this.#isAsking = true;
    let isLate = false;
    const answer = this.#ask(changes)
      .catch(() => undefined)
      .then((whole) => {
        this.#isAsking = false;
        if (isLate) for (const id of whole?.keys() ?? []) this.touch(id);
        return whole;
      });
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ASK_MS);
    });
    const whole = await Promise.race([answer, limit]);
    clearTimeout(timer);
    isLate = true;
    return whole;
  }

  async #ask(changes: Changes): Promise<ReadonlyMap<string, JournalCall>> {
    const { store } = this.#journal;
    const calls = [...changes].flatMap(([id, call]) => call ?? this.#journal.pending(id) ?? []);
    const whole = await store.complete(calls);
    const told = new Map(whole.map((call) => [call.id, call]));
    const others = [...changes.keys()].filter((id) => !told.has(id));
    for (const [id, call] of await store.getAll(others)) told.set(id, call);
    return told;
  }
}
