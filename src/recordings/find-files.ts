import { setImmediate } from 'node:timers/promises';
import { chunks } from '../util/chunks.ts';
import { folderOf, type Day, type Pattern } from './pattern.ts';
import type { SeenFile } from './link-files.ts';
import type { FileFacts, SourceEntry, SourceSession } from './sources/source.ts';

/** Folders of a source that are looked at in one go: a pattern may be wide, and a server may make any number of them. */
const MAX_FOLDERS = 500;

export interface FoundFile extends SeenFile, Partial<FileFacts> {}

/** Looked through at a time: a folder may hold the recordings of years, and calls go on meanwhile. */
const PORTION = 2000;

/** The files in the folders where recordings of those days would lie, portion by portion. */
export async function* findFiles(
  session: SourceSession,
  patterns: readonly Pattern[],
  days: readonly Day[],
): AsyncGenerator<FoundFile[], undefined> {
  const listed = new Map<string, Promise<readonly SourceEntry[]>>();
  const list = (folder: string): Promise<readonly SourceEntry[]> => {
    const known =
      listed.get(folder) ?? (listed.size < MAX_FOLDERS ? session.list(folder) : Promise.resolve([]));
    listed.set(folder, known);
    return known;
  };
  const folders = new Set<string>();
  for (const { folders: segments } of patterns) {
    for (const day of segments.length === 0 ? days.slice(0, 1) : days) {
      for (const folder of await foldersOf(segments, day, list)) folders.add(folder);
    }
  }
  for (const folder of folders) {
    for (const entries of chunks(await list(folder), PORTION)) {
      yield entries
        .filter(({ isFolder }) => !isFolder)
        .map((entry) => ({ ...entry, path: below(folder, entry.name) }));
      await setImmediate();
    }
  }
}

async function foldersOf(
  segments: readonly string[],
  day: Day,
  list: (folder: string) => Promise<readonly SourceEntry[]>,
): Promise<string[]> {
  let folders = [''];
  for (const segment of segments) {
    const wanted = folderOf(segment, day);
    const next: string[] = [];
    for (const folder of folders) {
      if (typeof wanted === 'string') next.push(below(folder, wanted));
      else {
        const entries = await list(folder);
        next.push(
          ...entries
            .filter((one) => one.isFolder && wanted.test(one.name))
            .map(({ name }) => below(folder, name)),
        );
      }
    }
    folders = next;
  }
  return folders;
}

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The days on which calls began, by the recorder's clock. @param times as `localClock` tells them */
export function daysOf(times: Iterable<number>): Day[] {
  const days = new Map<string, Day>();
  for (const time of times) {
    const [text = ''] = new Date(time).toISOString().split('T');
    const [year = '', month = '', day = ''] = text.split('-');
    days.set(text, { year, month, day });
  }
  return [...days.values()];
}
