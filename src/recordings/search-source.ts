import { chunks } from '../util/chunks.ts';
import { channelKey, recordingKey } from './channel-key.ts';
import type { OpenChannel, RecordingRow } from './channel.row.ts';
import { daysOf, findFiles, type FoundFile } from './find-files.ts';
import { FileLinker, localClock, type LinkedFile, type ToNumber } from './link-files.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import type { RecordingsStore, Sighting } from './recordings.store.ts';
import type { RecordingSource, SourceSession } from './sources/source.ts';
import type { Tools } from './take-file.ts';

export interface SourceSearcherOptions {
  readonly source: RecordingSource;
  readonly patterns: readonly string[];
  /** Of the clock in the files' names. */
  readonly timeZone: string;
  /** Of the numbers in the files' names. Default: as they stand. */
  readonly toNumber?: ToNumber;
}

export interface Found {
  /** Files that were seen for the first time. */
  readonly sightings: readonly Sighting[];
  /** Of all files whose sizes the source told, by path. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Files of our own machine that are looked into at a time; a server sends one after the other. */
const AT_ONCE = 8;
/** Files written so long before their channel was there are of another one. */
const OLDER_MS = 10 * 60_000;
const MAX_PATH = 1000;
const HOUR_MS = 3_600_000;

export function readsAtOnce({ folder }: RecordingSource): number {
  return folder === undefined ? 1 : AT_ONCE;
}

/** Looks through the source for the files of channels. */
export class SourceSearcher {
  readonly #patterns: readonly Pattern[];
  readonly #atOnce: number;
  readonly #toLocal: (ms: number) => number;
  readonly #toNumber: ToNumber | undefined;

  constructor({ source, patterns, timeZone, toNumber }: SourceSearcherOptions) {
    this.#patterns = patterns.map(compilePattern);
    this.#atOnce = readsAtOnce(source);
    this.#toLocal = localClock(timeZone);
    this.#toNumber = toNumber;
  }

  /**
   * @param open channels that files are waited for of
   * @param isSought of a recording that is known; default: it waits, and its file was not seen yet
   */
  async search(
    { store, session }: Tools,
    open: readonly OpenChannel[],
    isSought = ({ state, path }: RecordingRow) => state === 'waiting' && path === null,
  ): Promise<Found> {
    const sizes = new Map<string, number>();
    if (open.length === 0) return { sightings: [], sizes };
    const days = daysOf(
      open.flatMap(({ startedAt, endedAt }) => [this.#toLocal(startedAt), this.#toLocal(endedAt)]),
    );
    const channels = await this.#candidates(store, open);
    const known = await store.known(open);
    const linker = new FileLinker<FoundFile>(channels, this.#patterns, this.#toLocal, this.#toNumber);
    for await (const files of findFiles(session, this.#patterns, days)) {
      for (const file of files) {
        if (file.path.length > MAX_PATH) continue;
        linker.add(file);
        if (file.size !== undefined) sizes.set(file.path, file.size);
      }
    }
    const links = linker.links.filter(({ channel, stem }) => {
      const row = known.get(recordingKey(channel, stem));
      return row === undefined || isSought(row);
    });
    return { sightings: await this.#sightingsOf(links, open, session), sizes };
  }

  async #sightingsOf(
    links: readonly LinkedFile<FoundFile>[],
    open: readonly OpenChannel[],
    session: SourceSession,
  ): Promise<Sighting[]> {
    const openIds = new Map(open.map((channel) => [channelKey(channel), channel]));
    const sightings: Sighting[] = [];
    for (const some of chunks(links, this.#atOnce)) {
      const sighted = some.map(async (link) => {
        const channel = openIds.get(channelKey(link.channel));
        if (channel === undefined) return [];
        const bytes = await sizeIfOfThatTime(session, link);
        const { stem, file, format } = link;
        return bytes === undefined ? [] : [{ channel, stem, path: file.path, format, bytes }];
      });
      sightings.push(...(await Promise.all(sighted)).flat());
    }
    return sightings;
  }

  /** Where a name says only when and at which telephone, those that have their files tell others from them. */
  async #candidates(store: RecordingsStore, open: readonly OpenChannel[]): Promise<readonly OpenChannel[]> {
    if (this.#patterns.every(({ isByChannel }) => isByChannel)) return open;
    const times = open.map(({ startedAt }) => startedAt);
    const others = await store.channelsBetween(Math.min(...times) - HOUR_MS, Math.max(...times) + HOUR_MS);
    const known = new Set(open.map(channelKey));
    return [...open, ...others.filter((other) => !known.has(channelKey(other)))];
  }
}

/** @returns undefined for a file of before the channel was there, or one that is gone by now */
async function sizeIfOfThatTime(
  session: SourceSession,
  { file, channel }: LinkedFile<FoundFile>,
): Promise<number | undefined> {
  const { size, modifiedAt } =
    file.size === undefined
      ? ((await session.stat(file.path)) ?? { size: undefined, modifiedAt: null })
      : file;
  const isOlder = typeof modifiedAt === 'number' && modifiedAt < channel.startedAt - OLDER_MS;
  return isOlder ? undefined : size;
}
