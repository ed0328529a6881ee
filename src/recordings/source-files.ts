import { messageOf } from '../util/errors.ts';
import { RecordingSourceError } from './errors.ts';
import { splitName } from './formats.ts';
import type { OpenChannel, RecordingRow } from './channel.row.ts';
import type { RecordingsStore, Sighting } from './recordings.store.ts';
import type { SourceSearcher } from './search-source.ts';
import type { RecordingSource, SourceSession } from './sources/source.ts';

/** What `MixMonitor()` of the samples writes beside a recording: each side of the talk by itself. */
const SIDES = ['', '-in', '-out'];

/** The files of the source, to be found and removed. Once it could not be used, it is not asked again. */
export class SourceFiles {
  readonly #source: RecordingSource;
  /** Names of sounds by their stems, of the folders that were looked into. */
  readonly #folders = new Map<string, ReadonlyMap<string, readonly string[]>>();
  #session: SourceSession | undefined;
  #problem: string | null = null;

  constructor(source: RecordingSource) {
    this.#source = source;
  }

  /**
   * Removes a file and all that holds the same talk: what it was converted to, and its sides.
   *
   * @returns why something of it is still there; null when nothing is
   */
  async remove(path: string): Promise<string | null> {
    if (this.#problem !== null) return this.#problem;
    try {
      this.#session ??= await this.#source.open();
      let areGone = true;
      for (const one of await this.#piecesOf(path, this.#session))
        areGone = (await this.#session.remove(one)) && areGone;
      return areGone ? null : `This account may not remove files at ${this.#source.name}.`;
    } catch (error) {
      this.#problem = messageOf(error);
      return this.#problem;
    }
  }

  /** Looks for files that nobody has seen yet. @returns why it cannot be looked for them; those that there are */
  async find(
    searcher: SourceSearcher,
    store: RecordingsStore,
    channels: readonly OpenChannel[],
  ): Promise<string | readonly Sighting[]> {
    if (channels.length === 0) return [];
    if (this.#problem !== null) return this.#problem;
    try {
      const session = (this.#session ??= await this.#source.open());
      return (await searcher.search({ store, session }, channels, isUnseen)).sightings;
    } catch (error) {
      // What the journal says is no word of the source.
      if (!(error instanceof RecordingSourceError)) throw error;
      this.#problem = messageOf(error);
      return this.#problem;
    }
  }

  close(): void {
    this.#session?.close();
  }

  async #piecesOf(path: string, session: SourceSession): Promise<ReadonlySet<string>> {
    const end = path.lastIndexOf('/') + 1;
    const stem = splitName(path.slice(end))?.stem;
    // Itself in any case: servers do not list all that they have.
    const pieces = new Set([path]);
    if (stem === undefined) return pieces;
    const names = await this.#namesIn(path.slice(0, Math.max(0, end - 1)), session);
    for (const side of SIDES) {
      for (const name of names.get(`${stem}${side}`) ?? []) pieces.add(`${path.slice(0, end)}${name}`);
    }
    return pieces;
  }

  async #namesIn(folder: string, session: SourceSession): Promise<ReadonlyMap<string, readonly string[]>> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const names = new Map<string, string[]>();
    for (const { name, isFolder } of await session.list(folder)) {
      const stem = isFolder ? undefined : splitName(name)?.stem;
      if (stem === undefined) continue;
      const same = names.get(stem);
      if (same === undefined) names.set(stem, [name]);
      else same.push(name);
    }
    this.#folders.set(folder, names);
    return names;
  }
}

/** Its file may lie at the source. One that was refused is of another call. */
export function isUnseen({ state, path, bytes }: RecordingRow): boolean {
  return path === null && (state === 'waiting' || (state === 'missing' && bytes === null));
}
