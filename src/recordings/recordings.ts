import { open, type FileHandle } from 'node:fs/promises';
import type { SpokenChannel } from '../calls/spoken.ts';
import type { JournalStore } from '../journal/journal.store.ts';
import { systemCodeOf } from '../util/errors.ts';
import { Collector, type CollectorOptions } from './collector.ts';
import { eraseRecordingsOfCall, type Erased, type Kept } from './erase.ts';
import { Listenings, type Listener } from './listenings.ts';
import { ListeningsStore } from './listenings.store.ts';
import type { RecordingRow } from './channel.row.ts';
import { RecordingsRetention, type RecordingsRetentionOptions } from './recordings.retention.ts';
import { RecordingsStore, type ReadyListener } from './recordings.store.ts';
import { SourceSearcher } from './search-source.ts';
import { resolveWithin } from './sources/folder.source.ts';

export interface RecordingsOptions
  extends
    Omit<CollectorOptions, 'store'>,
    Omit<RecordingsRetentionOptions, 'kept' | 'listenings' | 'onProblem'> {
  /** @throws {JournalStoreError} while it is away */
  readonly journal: () => JournalStore;
  /** See `RecordingsStore`. */
  readonly onWritten?: ReadyListener;
}

export type { Listener } from './listenings.ts';
export type { RecordingRow } from './channel.row.ts';

/** A recording that is open for reading; whoever opened it closes it. */
export interface OpenSound {
  readonly file: FileHandle;
  readonly bytes: number;
}

/** The recordings of the calls: collected, played, erased, and who has listened. */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #collector: Collector;
  readonly #retention: RecordingsRetention;
  readonly #listenings: Listenings;
  readonly #searcher: SourceSearcher;

  constructor(options: RecordingsOptions) {
    this.#options = options;
    this.#searcher = new SourceSearcher(options);
    this.#collector = new Collector({ ...options, store: () => this.#store() });
    this.#retention = new RecordingsRetention({
      ...options,
      kept: () => (options.isFollowing() ? this.#kept() : undefined),
      listenings: () => (options.isFollowing() ? this.#listeningsStore() : undefined),
      onProblem: options.onProblem,
    });
    this.#listenings = new Listenings(() => this.#listeningsStore());
  }

  /** Why recordings cannot be collected now; undefined while they can. */
  get problem(): string | undefined {
    return this.#collector.problem;
  }

  /** Recordings that are still to come. */
  get waiting(): number {
    return this.#collector.waiting;
  }

  /** See `Collector.add`. */
  add(channels: readonly SpokenChannel[]): void {
    this.#collector.add(channels);
  }

  start(): void {
    this.#collector.start();
    this.#retention.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#collector.stop(), this.#retention.stop()]);
  }

  /** @throws what the journal says */
  async find(id: string): Promise<RecordingRow | undefined> {
    return this.#store().find(id);
  }

  /** Who has listened to the recordings of a call, the newest first. @throws what the journal says */
  async listenings(call: string): ReturnType<ListeningsStore['ofCall']> {
    return this.#listeningsStore().ofCall(call, 1000);
  }

  /** @throws what the journal says: it is not written down, so it must not be heard */
  async noteListening(listener: Listener, row: RecordingRow): Promise<void> {
    await this.#listenings.note(listener, row);
  }

  /**
   * Opens one that is ready.
   *
   * @returns undefined when its file is gone, or is another one: it is looked for again
   * @throws system errors of the file, and what the journal says
   */
  async open(row: RecordingRow): Promise<OpenSound | undefined> {
    const path = await this.#pathOf(row);
    const file = path === undefined ? undefined : await openIfThere(path);
    if (file !== undefined) {
      const stats = await file.stat();
      if (stats.isFile() && stats.size === row.bytes) return { file, bytes: stats.size };
      await file.close();
    }
    await this.#store().reopen(row);
    return undefined;
  }

  /** Erases all recordings of a call, for ever. @throws what the journal says, and {RecordingDiskError} */
  async eraseCall(call: string): Promise<Erased> {
    return eraseRecordingsOfCall(this.#kept(), call);
  }

  async #pathOf(row: RecordingRow): Promise<string | undefined> {
    const { source, mirror } = this.#options;
    if (source.folder === undefined) return mirror.pathOf(row);
    return row.path === null ? undefined : resolveWithin(source.folder, row.path);
  }

  #store(): RecordingsStore {
    return new RecordingsStore(this.#options.journal().connections, this.#options.onWritten);
  }

  #listeningsStore(): ListeningsStore {
    return new ListeningsStore(this.#options.journal().connections);
  }

  #kept(): Kept {
    const { source, mirror } = this.#options;
    return { store: this.#store(), source, searcher: this.#searcher, mirror };
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
