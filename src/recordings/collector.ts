import { setTimeout as sleep } from 'node:timers/promises';
import type { SpokenChannel } from '../calls/spoken.ts';
import { chunks } from '../util/chunks.ts';
import { messageOf } from '../util/errors.ts';
import { channelKey } from './channel-key.ts';
import { ClosedFileError, RecordingSourceError } from './errors.ts';
import type { DueFile, RecordingsStore, TakenFile } from './recordings.store.ts';
import { readsAtOnce, SourceSearcher, type SourceSearcherOptions } from './search-source.ts';
import type { SourceSession } from './sources/source.ts';
import { FileTaker, type FileTakerOptions, type Tools } from './take-file.ts';

export interface CollectorOptions extends Omit<FileTakerOptions, 'stableMs'>, SourceSearcherOptions {
  /** A recording can be listened to. */
  readonly onReady: (call: string) => void;
  /** @throws {JournalStoreError} while it is away */
  readonly store: () => RecordingsStore;
  /** Of several desks on one journal one looks for files. */
  readonly isFollowing: () => boolean;
  /** The source, the disk or the journal cannot be used; told once for each reason, and undefined when all is well again. */
  readonly onProblem: (problem: unknown) => void;
  readonly pace?: Partial<Pace>;
}

/** All in ms. */
export interface Pace {
  /** From the end of a call to the first look, and between looks while calls have ended just now. */
  readonly soon: number;
  /** Between looks while anything is waited for. */
  readonly often: number;
  /** A file that has not changed for so long is whole. */
  readonly stable: number;
  /** The longest pause while the source cannot be used. */
  readonly maxPause: number;
  /** What happens in so short a time is written down together. */
  readonly collect: number;
}

const PACE: Pace = { soon: 2000, often: 60_000, stable: 1000, maxPause: 60_000, collect: 100 };

/** A call that ended so long ago has its files, or they come later. */
const JUST_ENDED_MS = 30_000;
/** So many times as long as a look takes there is no other one. */
const LEISURE = 10;
/** Of one look: with more open the newest come first, and in the next ones those that began before. */
const MAX_OPEN = 20_000;
const MAX_TAKEN = 1000;
const WRITTEN_TOGETHER = 100;
/** Times `stable`: until a file is tried again that the source broke with twice. */
const BREAKING_PAUSE = 300;
/** Channels that are not written down yet; a journal that is away for days must not cost the memory. */
const MAX_PENDING = 20_000;
const MAX_ID = 190;
const HOUR_MS = 3_600_000;
const KEPT_CLOSED_MS = 48 * HOUR_MS;

/** Finds the files of the calls, takes those that are whole, and tells which call has which. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #pace: Pace;
  readonly #searcher: SourceSearcher;
  readonly #taker: FileTaker;
  readonly #atOnce: number;
  readonly #stopping = new AbortController();
  /** By Asterisk and channel. */
  readonly #pending = new Map<string, SpokenChannel>();
  /** Recordings that the source broke with: they come last, and keep no other one from being taken. */
  readonly #breaking = new Set<string>();
  #session: SourceSession | undefined;
  #running: Promise<void> | undefined;
  #wake = new AbortController();
  #problem: string | undefined;
  #waiting = 0;
  #lastLookAt = 0;
  /** When the channels of the next look began at the latest; undefined: whenever they did. */
  #openUntil: number | undefined;
  #nextLookAt = 0;
  #lastEndAt = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#pace = { ...PACE, ...options.pace };
    this.#searcher = new SourceSearcher(options);
    this.#taker = new FileTaker({ ...options, stableMs: this.#pace.stable });
    this.#atOnce = readsAtOnce(options.source);
  }

  /** Why recordings cannot be collected now; undefined while they can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Recordings that are still to come, as of the last look. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Channels that people speak on, and once more when they have ended. Never throws. */
  add(channels: readonly SpokenChannel[]): void {
    for (const channel of channels) {
      if (channel.channel.length > MAX_ID || channel.call.length > MAX_ID) continue;
      const key = channelKey(channel);
      this.#pending.delete(key);
      this.#pending.set(key, channel);
      if (this.#pending.size > MAX_PENDING) this.#pending.delete(this.#pending.keys().next().value ?? '');
      if (channel.endedAt === undefined) continue;
      this.#lastEndAt = Date.now();
      // Asterisk closes the file when the channel is gone.
      if (this.#problem === undefined)
        this.#nextLookAt = Math.min(this.#nextLookAt, Date.now() + this.#pace.soon);
    }
    this.#wake.abort();
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    this.#session?.close();
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      let isIdle = false;
      try {
        isIdle = !(await this.#work());
        failures = 0;
        this.#tell(undefined);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#tell(error);
        failures += 1;
        this.#nextLookAt = Date.now() + Math.min(this.#pace.soon * 2 ** failures, this.#pace.maxPause);
      }
      await this.#pause(isIdle || failures > 0);
    }
  }

  /** @returns false while there is nothing to work on: another desk does this */
  async #work(): Promise<boolean> {
    const { store, isFollowing } = this.#options;
    // Another desk may have taken over while this one was held up: what it knows of its calls nobody else does.
    if (this.#pending.size > 0) await this.#keep(store());
    if (!isFollowing()) {
      this.#nextLookAt = Date.now() + this.#pace.soon;
      return false;
    }
    if (Date.now() < this.#nextLookAt) return true;
    this.#nextLookAt = Infinity;
    this.#nextLookAt = Math.min(this.#nextLookAt, Date.now() + (await this.#look(store())));
    return true;
  }

  /** Until the next look; unless that is `isFixed`, a call that begins or ends is written down before. */
  async #pause(isFixed: boolean): Promise<void> {
    const { signal } = this.#stopping;
    const { collect, often } = this.#pace;
    const ms = Math.max(collect, this.#nextLookAt - Date.now());
    await sleep(collect, undefined, { signal, ref: false }).catch(() => undefined);
    if (!isFixed && this.#pending.size > 0) return;
    this.#wake = new AbortController();
    const woken = isFixed ? signal : AbortSignal.any([signal, this.#wake.signal]);
    await sleep(Math.min(ms, often), undefined, { signal: woken, ref: false }).catch(() => undefined);
  }

  async #keep(store: RecordingsStore): Promise<void> {
    while (this.#pending.size > 0) {
      const some = [...this.#pending].slice(0, 500);
      const calls = await store.keepChannels(some.map(([, channel]) => channel));
      for (const [key, channel] of some) if (this.#pending.get(key) === channel) this.#pending.delete(key);
      for (const call of calls) this.#options.onChange(call);
    }
  }

  /** @returns how long nothing is to be done */
  async #look(store: RecordingsStore): Promise<number> {
    const { often, soon } = this.#pace;
    const now = Date.now();
    const isFresh = now - this.#lastEndAt < JUST_ENDED_MS;
    const isDue = now - this.#lastLookAt >= often;
    if (isDue) await store.endUnseen();
    const open =
      isFresh || isDue ? await store.openChannels(MAX_OPEN, isDue ? this.#openUntil : undefined) : [];
    const due = await store.due(now, MAX_TAKEN);
    if (open.length > 0 || due.length > 0) {
      const session = await this.#options.source.open();
      this.#session = session;
      try {
        const { sightings, sizes } = await this.#searcher.search({ store, session }, open);
        const sightedAt = Date.now();
        const takeAt = (format: string) => sightedAt + this.#taker.stableMs(format);
        for (const call of await store.sight(sightings, takeAt)) this.#options.onChange(call);
        await this.#takeAll({ store, session }, due, sizes);
      } finally {
        this.#session = undefined;
        session.close();
      }
      if (isDue) {
        this.#lastLookAt = now;
        this.#openUntil = open.length < MAX_OPEN ? undefined : open.at(-1)?.startedAt;
        for (const call of await store.countLook()) this.#options.onChange(call);
        await store.forgetClosedBefore(now - KEPT_CLOSED_MS);
      }
    }
    this.#waiting = await store.waiting();
    if (due.length === MAX_TAKEN) return 0;
    const next = await store.nextDue();
    const untilNext = next === null ? often : Math.max(0, next - Date.now());
    // Where looking takes long, nothing but looking would be done.
    const untilLook = isFresh ? Math.min(often, Math.max(soon, LEISURE * (Date.now() - now))) : often;
    return Math.min(untilNext, untilLook);
  }

  /** In portions: each writing costs a flush of the disk. */
  async #takeAll(tools: Tools, due: readonly DueFile[], sizes: ReadonlyMap<string, number>): Promise<void> {
    let taken: TakenFile[] = [];
    let closed: ClosedFileError | undefined;
    let broken: { readonly error: unknown } | undefined;
    const take = async (row: DueFile) => {
      try {
        const sound = await this.#taker.take(tools, row, sizes.get(row.path ?? ''));
        this.#breaking.delete(row.id);
        return sound;
      } catch (error) {
        if (error instanceof ClosedFileError) closed = error;
        else {
          broken ??= { error };
          // A full disk is no matter of this file, nor is a journal that is away.
          if (error instanceof RecordingSourceError) await this.#noteBreaking(tools.store, row.id);
        }
        return undefined;
      }
    };
    const rowsInTurn = due.toSorted(
      (a, b) => Number(this.#breaking.has(a.id)) - Number(this.#breaking.has(b.id)),
    );
    const write = async (): Promise<void> => {
      const some = taken;
      taken = [];
      const erased = await tools.store.ready(some);
      for (const { row } of some) if (!erased.includes(row)) this.#options.onReady(row.call_id);
      for (const row of erased) await this.#options.mirror.remove(row);
    };
    try {
      for (const rows of chunks(rowsInTurn, this.#atOnce)) {
        if (this.#stopping.signal.aborted || broken !== undefined) break;
        const sounds = await Promise.all(rows.map(async (row) => ({ row, sound: await take(row) })));
        taken.push(...sounds.flatMap(({ row, sound }) => (sound === undefined ? [] : [{ row, sound }])));
        if (taken.length >= WRITTEN_TOGETHER) await write();
      }
    } finally {
      // What is here is here, though the source breaks with the next one.
      await write();
    }
    if (broken !== undefined) throw broken.error;
    // It is hardly this file alone: it is told as a problem of the source, when the others had their turn.
    if (closed !== undefined)
      throw new RecordingSourceError(`This user may not read a recording: ${messageOf(closed)}`);
  }

  async #noteBreaking(store: RecordingsStore, id: string): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    // The source may have gone away with it the first time.
    if (this.#breaking.has(id)) await store.postponed(id, Date.now() + BREAKING_PAUSE * this.#pace.stable);
    if (this.#breaking.size >= MAX_TAKEN) this.#breaking.clear();
    this.#breaking.add(id);
  }

  #tell(error: unknown): void {
    const problem = error === undefined ? undefined : messageOf(error);
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(error);
  }
}
