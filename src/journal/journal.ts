import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../calls/call.ts';
import { messageOf } from '../util/errors.ts';
import { settledWithin } from '../util/settled-within.ts';
import { isRefusal, JournalStoreError } from './errors.ts';
import { notKept } from './gap-reason.ts';
import { isOpen } from './gap.ts';
import type { Gap, JournalStore } from './journal.store.ts';

export interface JournalOptions {
  /** Opens the store; asked again after a failure, until it succeeds. */
  readonly open: () => Promise<JournalStore>;
  /** The store cannot be used, or fails for another reason than before. */
  readonly onProblem: (problem: string) => void;
  /** What waited has been written. */
  readonly onBack: () => void;
  /** Calls were forgotten, since the store was away for too long. @param calls their number */
  readonly onLost: (calls: number) => void;
  /** The store takes this call never, whatever is tried; the others are written. */
  readonly onRefused: (id: string, reason: string) => void;
  /** The journal, which is back, has a hole: calls were given up. Default: nothing. */
  readonly onGap?: (gap: Gap) => void;
  /** What belongs to this call was changed by another one: it is called back. Default: nothing. */
  readonly onTouched?: (id: string) => void;
  /** Whether another desk follows: what lasts is then for that one to tell. Default: no. */
  readonly isOvertaken?: () => Promise<boolean>;
  /** Calls that wait for the store at most. Default 20,000, about 60 MB. */
  readonly maxWaiting?: number;
  /** From a change to its writing, and between two writings, in ms. Default 100. */
  readonly collectMs?: number;
  /** The longest pause between two tries while the store is away, in ms. Default 5000. */
  readonly maxPauseMs?: number;
}

/** Calls of one transaction. */
const BATCH = 500;
const FIRST_PAUSE_MS = 100;

/**
 * What is to be written, and the store that it goes to.
 *
 * Nobody waits for the store: changes are collected, of each call the newest, and written together. A store that is
 * away or full is tried again for ever, and what has come meanwhile is then written.
 */
export class Journal {
  readonly #options: Required<JournalOptions>;
  readonly #changed = new Map<string, Call>();
  /** What became of calls that are gone. */
  readonly #joined = new Map<string, string>();
  readonly #gaps: Gap[] = [];
  /** When calls were that were given up, by Asterisk: told when the store is back. */
  readonly #given = new Map<string, { from: number; until: number; calls: number }>();
  #store: JournalStore | undefined;
  #problem: string | undefined;
  #refused = 0;
  #lost = 0;
  #stopping = false;
  /** What waited is written, or given up and told. */
  #isOver = false;
  /** The writing that goes on until nothing waits; undefined while nothing does. */
  #writing: Promise<void> | undefined;
  /** Ends a pause. */
  #hurry = new AbortController();

  constructor(options: JournalOptions) {
    this.#options = {
      maxWaiting: 20_000,
      collectMs: 100,
      maxPauseMs: 5_000,
      onGap: () => undefined,
      onTouched: () => undefined,
      isOvertaken: async () => false,
      ...options,
    };
  }

  /** Calls that wait to be written. */
  get waiting(): number {
    return this.#changed.size;
  }

  /** Calls that the store refused, since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** Calls that were given up, since the start: the store was away for too long, or at the end. */
  get lost(): number {
    return this.#lost;
  }

  /** Why the store cannot be used; undefined while it can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** For reading. @throws {JournalStoreError} it has not been opened yet */
  get store(): JournalStore {
    if (this.#store !== undefined) return this.#store;
    throw new JournalStoreError(this.#problem ?? 'The journal is being opened.');
  }

  /** Opens the store now. @throws whatever `open` throws, so that a wrong journal is told at the start */
  async start(): Promise<void> {
    this.#store ??= await this.#options.open();
  }

  /** A call, or a newer version of it. */
  add(call: Call): void {
    this.#joined.delete(call.id);
    this.#changed.set(call.id, call);
    if (this.#changed.size > this.#options.maxWaiting) this.#forgetOldest();
    this.#write();
  }

  /** The newest version of a call, while it waits to be written. */
  pending(id: string): Call | undefined {
    return this.#changed.get(id);
  }

  /** The newest version of the call that Asterisk knows by this Linkedid. */
  async find(asterisk: string, linkedId: string): Promise<Call | undefined> {
    const written = await this.store.find(asterisk, linkedId);
    return this.#changed.get(written?.id ?? `${asterisk}-${linkedId}`) ?? written;
  }

  /** A call turned out to be a part of another one. */
  join(gone: string, into: string): void {
    this.#changed.delete(gone);
    this.#joined.delete(gone);
    this.#joined.set(gone, into);
    this.#write();
  }

  addGap(gap: Gap): void {
    this.#gaps.push(gap);
    this.#write();
  }

  /**
   * Writes what waits, and nothing that comes later: the end of a desk that another one takes over from.
   *
   * @param graceMs what cannot be written by then is given up, and told
   */
  async flush(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#hurry.abort();
    await settledWithin(this.#writing, graceMs);
    this.#isOver = true;
    if (this.#changed.size > 0) this.#lose(this.#changed.size);
    this.#changed.clear();
  }

  /** Flushes and closes. */
  async stop(graceMs: number): Promise<void> {
    await this.flush(graceMs);
    await this.#store?.close();
  }

  #forgetOldest(): void {
    const [oldest] = this.#changed.values();
    if (oldest === undefined) return;
    this.#changed.delete(oldest.id);
    const { asterisk, startedAt, endedAt } = oldest;
    const begun = Date.parse(startedAt);
    const { from, until, calls } = this.#given.get(asterisk) ?? { from: begun, until: begun, calls: 0 };
    this.#given.set(asterisk, {
      from: Math.min(from, begun),
      until: Math.max(until, endedAt === null ? Date.now() : Date.parse(endedAt), begun + 1),
      calls: calls + 1,
    });
    this.#lose(1);
  }

  /** The journal tells where it has a hole. */
  #tellGiven(): void {
    for (const [asterisk, { from, until, calls }] of this.#given) {
      const gap: Gap = { asterisk, from, until, reason: notKept(calls) };
      this.#gaps.push(gap);
      this.#options.onGap(gap);
    }
    this.#given.clear();
  }

  #lose(calls: number): void {
    this.#lost += calls;
    this.#options.onLost(calls);
  }

  #write(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    await this.#pause(this.#options.collectMs);
    let pauseMs = FIRST_PAUSE_MS;
    while (this.#changed.size > 0 || this.#joined.size > 0 || this.#gaps.length > 0) {
      try {
        this.#store ??= await this.#options.open();
        await this.#writeSome(this.#store);
        pauseMs = FIRST_PAUSE_MS;
        this.#tellGiven();
        this.#tellBack();
        // Each writing costs a flush of the disk, however little it holds.
        if (this.#changed.size < BATCH) await this.#pause(this.#options.collectMs);
      } catch (error) {
        if (this.#isOver) return;
        this.#tell(messageOf(error));
        // At the end there is one try.
        if (this.#stopping) return;
        await this.#pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, this.#options.maxPauseMs);
      }
    }
  }

  async #writeSome(store: JournalStore): Promise<void> {
    const calls = [...this.#changed.values()].slice(0, BATCH);
    await this.#save(store, calls);
    const saved = new Set(calls.map(({ id }) => id));
    for (const [gone, into] of this.#joined) {
      // What hangs on the one goes over to the other, which has to stand there.
      if (this.#changed.has(into) && !saved.has(into)) continue;
      await store.join({ gone, into });
      if (this.#joined.get(gone) === into) this.#joined.delete(gone);
    }
    for (let gap = this.#gaps[0]; gap !== undefined; gap = this.#gaps[0]) {
      // The one that follows has told its end: nobody would ever tell that of this one.
      if (!isOpen(gap) || !(await this.#options.isOvertaken())) await store.addGap(gap);
      this.#gaps.shift();
    }
  }

  /** Halves what is refused, until the one call is found that it is refused for: that one is given up. */
  async #save(store: JournalStore, calls: readonly Call[]): Promise<void> {
    let touched: readonly string[] = [];
    try {
      touched = await store.save(calls, this.#options.isOvertaken);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (calls.length > 1) {
        const middle = Math.ceil(calls.length / 2);
        await this.#save(store, calls.slice(0, middle));
        await this.#save(store, calls.slice(middle));
        return;
      }
      this.#refused += 1;
      for (const { id } of calls) this.#options.onRefused(id, messageOf(error));
    }
    for (const call of calls) {
      // A newer version may have come meanwhile.
      if (this.#changed.get(call.id) === call) this.#changed.delete(call.id);
    }
    for (const id of touched) this.#options.onTouched(id);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopping) return;
    await sleep(ms, undefined, { signal: this.#hurry.signal, ref: false }).catch(() => {});
  }

  #tell(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem);
  }

  #tellBack(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#options.onBack();
  }
}
