import { setTimeout as sleep } from 'node:timers/promises';
import type { CallEvents } from '../api/call-events.ts';
import type { Call } from '../calls/call.ts';
import type { JournalCall } from '../journal/call.row.ts';
import type { Journal } from '../journal/journal.ts';

/** For so long the journal is asked what belongs to a call, in ms: a call that rings is shown at once, whatever the journal is busy with. */
const ASK_MS = 100;
/** Between two questions, in ms: what changes meanwhile is asked for together. Nobody sees the difference. */
const PAUSE_MS = 20;
/** Calls of one question: with as many it is answered in time, unless the journal is busy. */
const PORTION = 200;
/** Calls that are remembered while the journal is late or away, at most: it may be so for days. */
const MAX_OWED = 5000;

/** By id; undefined stands for the newest version there is. */
type Changes = Map<string, Call | undefined>;

/**
 * Publishes each change of a call as the whole that the journal would tell: with notes, links by hand and whatever else
 * belongs to it. When the journal takes too long, or is away, the call itself is published, and the whole follows.
 */
export class CallPublisher {
  readonly #journal: Journal;
  readonly #events: CallEvents;
  readonly #waiting: Changes = new Map();
  /** What is being published. */
  #batch: Changes = new Map();
  /** What the journal is being asked for; undefined while it is not. One question at a time: whoever waits for a journal that hangs waits once. */
  #asked: Changes | undefined;
  /** Calls that were told alone: their wholes follow when the journal has answered. */
  readonly #owed = new Set<string>();
  #isPublishing = false;

  constructor(journal: Journal, events: CallEvents) {
    this.#journal = journal;
    this.#events = events;
  }

  /** A call, or a newer version of it. */
  add(call: Call): void {
    this.#change(call.id, call);
  }

  /** What belongs to a call has changed elsewhere: a note, a recording, an answer of a survey. */
  touch(id: string): void {
    this.#change(id, this.#waiting.get(id));
  }

  /** It turned out to be a part of another call. */
  join(gone: string, into: string): void {
    for (const changes of [this.#waiting, this.#batch, this.#asked]) changes?.delete(gone);
    this.#owed.delete(gone);
    this.#events.publish('joined', { id: gone, into });
  }

  #change(id: string, call: Call | undefined): void {
    this.#waiting.set(id, call);
    void this.#publish();
  }

  /** Never rejects. */
  async #publish(): Promise<void> {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    while (this.#waiting.size > 0) {
      this.#batch = this.#take();
      const whole = this.#asked === undefined ? await this.#wholeOf(this.#batch) : this.#owe(this.#batch);
      for (const [id, call] of this.#batch) {
        // Without a note: nobody may take it for one that was deleted.
        const told = whole?.get(id) ?? call;
        if (told !== undefined) this.#events.publishCall(told);
      }
      await sleep(PAUSE_MS, undefined, { ref: false });
    }
    this.#isPublishing = false;
  }

  #take(): Changes {
    const changes: Changes = new Map([...this.#waiting].slice(0, PORTION));
    for (const id of changes.keys()) this.#waiting.delete(id);
    return changes;
  }

  /** @returns undefined while the journal is slow or away */
  async #wholeOf(changes: Changes): Promise<ReadonlyMap<string, JournalCall> | undefined> {
    this.#asked = changes;
    let isLate = false;
    const answer = this.#ask(changes)
      .catch(() => undefined)
      .then((whole) => {
        this.#asked = undefined;
        if (whole === undefined) this.#owe(changes);
        else {
          if (isLate) this.#tellLate(changes, whole);
          this.#askForOwed();
        }
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

  /** Told alone: the journal is away, or still being asked for others. What it answers of them is old then. */
  #owe(changes: Changes): undefined {
    for (const id of changes.keys()) {
      this.#asked?.delete(id);
      if (this.#owed.size < MAX_OWED) this.#owed.add(id);
    }
  }

  /** To ask for all of it again would never end where there is much of it. */
  #tellLate(changes: Changes, whole: ReadonlyMap<string, JournalCall>): void {
    for (const [id, call] of whole)
      if (changes.has(id) && !this.#waiting.has(id)) this.#events.publishCall(call);
  }

  #askForOwed(): void {
    for (const id of this.#owed) this.#waiting.set(id, this.#waiting.get(id));
    this.#owed.clear();
    void this.#publish();
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
