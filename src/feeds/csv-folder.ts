import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { callCells, CALL_COLUMNS } from '../journal/call.csv.ts';
import { zonedTime } from '../util/zoned-time.ts';
import type { FeedKind } from './feed-event.ts';
import type { FeedMessage, Receiver } from './receiver.ts';
import { type TableEncoding, writeWhole } from './table-file.ts';
import { removeUnfinished } from './unfinished.ts';

export interface CsvFolderOptions {
  /** Made when it is not there. */
  readonly folder: string;
  readonly everyMs: number;
  readonly encoding: TableEncoding;
  /** Of the times in the files: `desk.timeZone`. */
  readonly timeZone: string;
}

type Cell = string | number;

interface Table {
  /** Begins the names of its files. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly cells: (message: FeedMessage, local: (time: string | null) => string) => readonly Cell[];
}

const TABLES: Readonly<Record<FeedKind, Table>> = {
  'call.ended': {
    name: 'calls',
    columns: CALL_COLUMNS,
    cells: ({ call }, local) => callCells(call, local),
  },
  'survey.answered': {
    name: 'surveys',
    columns: ['call', 'question', 'mark', 'at', 'shipments', 'orders', 'couriers'],
    cells: ({ call, subject }, local) => {
      const answer = call.survey.find(({ question }) => subject === `${call.id} ${question}`);
      return [
        call.id,
        answer?.question ?? '',
        answer?.value ?? '',
        local(answer?.at ?? null),
        ...['shipment', 'order', 'courier'].map((kind) => codesOf(call, kind)),
      ];
    },
  },
  'recording.ready': {
    name: 'recordings',
    columns: ['call', 'recording', 'from', 'until', 'bytes', 'shipments', 'orders', 'couriers'],
    cells: ({ call, subject }, local) => {
      const recording = call.recordings.find(({ id }) => id === subject);
      return [
        call.id,
        subject,
        local(recording?.from ?? null),
        local(recording?.until ?? null),
        recording?.bytes ?? '',
        ...['shipment', 'order', 'courier'].map((kind) => codesOf(call, kind)),
      ];
    },
  },
};

/**
 * Writes what has come as tables into a folder, where another program fetches them, such as the automation module of
 * the office system. A file has its name when it is whole, and is never touched again.
 */
export class CsvFolder implements Receiver {
  readonly atOnce = 1;
  readonly everyMs: number;
  readonly #options: CsvFolderOptions;
  #isClean = false;

  constructor(options: CsvFolderOptions) {
    this.#options = options;
    this.everyMs = options.everyMs;
  }

  /** @throws what the file system says */
  async send(messages: readonly FeedMessage[]): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o750 });
    if (!this.#isClean) await removeUnfinished(this.#options.folder);
    this.#isClean = true;
    for (const kind of new Set(messages.map((message) => message.kind)))
      await this.#write(
        TABLES[kind],
        messages.filter((message) => message.kind === kind),
      );
  }

  async #write({ name, columns, cells }: Table, messages: readonly FeedMessage[]): Promise<void> {
    const { folder, encoding, timeZone } = this.#options;
    const local = zonedTime(timeZone);
    const rows = messages.map((message) => [message.id, ...cells(message, local)]);
    const text = stringify([['event', ...columns], ...rows], {
      delimiter: ';',
      escape_formulas: true,
      bom: encoding === 'utf-8',
    });
    const stamp = local(new Date().toISOString()).replaceAll(/[-:]/g, '').replace(' ', '-');
    const unique = randomUUID().slice(0, 8);
    await writeWhole(join(folder, `${name}-${stamp}-${unique}.csv`), text, encoding);
  }
}

function codesOf({ links }: FeedMessage['call'], kind: string): string {
  return links.flatMap((link) => (link.kind === kind ? link.code : [])).join(' ');
}
