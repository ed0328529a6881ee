import type { Page, PagedDirectory } from './page.ts';
import { readSnapshotFile, removeStale } from './snapshot.file.ts';
import type { Snapshot } from './snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

export interface SnapshotRefresherOptions {
  /** Kept in memory only when left out. */
  readonly file?: string | undefined;
  /** Names the database and how it is asked: a file of another origin is not used. */
  readonly origin: string;
  /** From the end of a refresh, good or bad, to the next. */
  readonly refreshSeconds: number;
  /** An older snapshot is not used. */
  readonly maxAgeSeconds: number;
  /** Take none: for commands that use what the server has left on disk. */
  readonly readOnly: boolean;
  readonly onEvent: (event: SnapshotEvent) => void;
  /** Between two `progress` events. Default 10. */
  readonly progressSeconds?: number;
}

export type SnapshotEvent =
  | {
      readonly kind: 'loaded' | 'taken';
      readonly numbers: number;
      readonly ageSeconds: number;
      readonly tookMs: number;
    }
  | { readonly kind: 'failed' | 'file-failed'; readonly error: unknown }
  /** There is none to use yet, and the one that is being taken has come so far. */
  | { readonly kind: 'progress'; readonly matches: number; readonly seconds: number };

/** Without a usable snapshot, and with a part of one, it is tried again sooner, in seconds. */
const RETRY_SECONDS = 30;

/** Interval between `progress` events, in seconds; there are some only while no snapshot can be used. */
const PROGRESS_SECONDS = 10;

/** Interval at which it is looked whether the next snapshot is due, in ms: a clock may be set meanwhile. */
const TICK_MS = 1000;

/** How far a clock may be corrected before a snapshot counts as from the future, in ms. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Has the newest snapshot at hand, and renews it in the background. */
export class SnapshotRefresher {
  readonly #source: PagedDirectory;
  readonly #options: SnapshotRefresherOptions;
  readonly #stopped = new AbortController();
  #snapshot: Snapshot | null = null;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  /** `performance.now()` of the end of the last refresh, good or bad. */
  #refreshedAt = -Infinity;
  /** Of the snapshot that is being taken. */
  #progress: { matches: number; readonly startedAt: number; toldAt: number } | null = null;

  constructor(source: PagedDirectory, options: SnapshotRefresherOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** null when there is none, or it is too old, or from the future: then its age cannot be told. */
  current(now = Date.now()): Snapshot | null {
    const snapshot = this.#snapshot;
    if (snapshot === null || snapshot.takenAt > now + CLOCK_TOLERANCE_MS) return null;
    return snapshot.ageSeconds(now) <= this.#options.maxAgeSeconds ? snapshot : null;
  }

  /** How far the snapshot has come that is being taken, and for how long; null when none is. */
  progress(): { readonly matches: number; readonly seconds: number } | null {
    if (this.#progress === null) return null;
    const { matches, startedAt } = this.#progress;
    return { matches, seconds: Math.round((performance.now() - startedAt) / 1000) };
  }

  /** Has the snapshot of one that it replaces, if that is of the same database. @returns whether it is */
  inherit(old: SnapshotRefresher): boolean {
    if (old.#options.origin !== this.#options.origin) return false;
    this.#snapshot = old.#snapshot;
    this.#refreshedAt = old.#refreshedAt;
    return true;
  }

  /** What the disk remembers, if that is newer. A file that cannot be used is reported and costs nothing else. */
  async load(): Promise<void> {
    const { file, origin, onEvent } = this.#options;
    if (file === undefined) return;
    const startedAt = performance.now();
    if (!this.#options.readOnly) await removeStale(file);
    try {
      const read = await readSnapshotFile(file, origin);
      if (read === null || read.snapshot.takenAt <= (this.#snapshot?.takenAt ?? -Infinity)) return;
      const { snapshot, damage } = read;
      if (damage !== null) onEvent({ kind: 'file-failed', error: damage });
      this.#snapshot = snapshot;
      this.#report('loaded', snapshot, startedAt);
    } catch (error) {
      onEvent({ kind: 'file-failed', error });
    }
  }

  /** From now on snapshots are taken when they are due, and one now, unless one was inherited. Not if `readOnly`. */
  start(): void {
    if (this.#options.readOnly) return;
    this.#refreshWhenDue();
    this.#timer = setInterval(() => this.#refreshWhenDue(), TICK_MS).unref();
  }

  /** Takes a snapshot now, unless one is being taken. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshNow().finally(() => {
      this.#refreshing = undefined;
      this.#refreshedAt = performance.now();
    });
    return this.#refreshing;
  }

  #refreshWhenDue(): void {
    const { refreshSeconds } = this.#options;
    const seconds = this.#isWhole() ? refreshSeconds : Math.min(refreshSeconds, RETRY_SECONDS);
    if (performance.now() - this.#refreshedAt >= seconds * 1000) void this.refresh();
  }

  #isWhole(): boolean {
    return this.current()?.isPartial === false;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#timer);
    await this.#refreshing;
  }

  async #refreshNow(): Promise<void> {
    const { file, origin, onEvent } = this.#options;
    const startedAt = performance.now();
    this.#progress = { matches: 0, startedAt, toldAt: startedAt };
    try {
      const onError = (error: unknown) => onEvent({ kind: 'file-failed', error });
      const { signal } = this.#stopped;
      this.#snapshot = await takeSnapshot(
        { readPage: (after) => this.#readPage(after) },
        file === undefined ? null : { path: file, origin, onError },
        signal,
        this.#isWhole() ? 'calm' : 'soon',
      );
      this.#report('taken', this.#snapshot, startedAt);
    } catch (error) {
      if (!this.#stopped.signal.aborted) onEvent({ kind: 'failed', error });
    } finally {
      this.#progress = null;
    }
  }

  /** Reads a page, and tells now and then how far that is. */
  async #readPage(after: string): Promise<Page> {
    const page = await this.#source.readPage(after);
    const progress = this.#progress;
    if (progress === null) return page;
    progress.matches += page.entries.length;
    const now = performance.now();
    const { progressSeconds = PROGRESS_SECONDS, onEvent } = this.#options;
    const taken = this.progress();
    const isDue = now - progress.toldAt >= progressSeconds * 1000 && this.current() === null;
    if (isDue && taken !== null) {
      progress.toldAt = now;
      onEvent({ kind: 'progress', ...taken });
    }
    return page;
  }

  #report(kind: 'loaded' | 'taken', snapshot: Snapshot, startedAt: number): void {
    const tookMs = Math.round(performance.now() - startedAt);
    this.#options.onEvent({ kind, numbers: snapshot.size, ageSeconds: snapshot.ageSeconds(), tookMs });
  }
}
