import type { Kysely } from 'kysely';
import type { JournalConnections } from '../journal/journal.store.ts';
import type { JournalDatabase } from '../journal/tables.ts';
import { chunks } from '../util/chunks.ts';
import { channelKey, recordingKey } from './channel-key.ts';
import { channelOf, newRecording, type OpenChannel, type RecordingRow } from './channel.row.ts';
import { ChannelsStore, ROWS_PER_STATEMENT } from './channels.store.ts';

/** A file that was seen, and whose it is. */
export interface Sighting {
  readonly channel: OpenChannel;
  readonly stem: string;
  readonly path: string;
  readonly format: string;
  readonly bytes: number;
}

/** A file that is to be taken. */
export interface DueFile extends RecordingRow {
  /** How long its channel was there, in ms; null when that is not known any more. */
  readonly lived_ms: number | null;
}

/** What a file turned out to be. */
export interface TakenSound {
  readonly bytes: number;
  readonly soundMs: number | null;
  readonly sha256: string;
  readonly format: string;
}

/** Is told of a recording that is ready, in the transaction that writes it down. */
export type ReadyListener = (
  db: Kysely<JournalDatabase>,
  recording: { readonly id: string; readonly call: string },
) => Promise<void>;

/** What is known of a file that is to be looked for: nothing. */
const UNSEEN = { path: null, format: null, bytes: null, next_try_at: null };

export interface TakenFile {
  readonly row: RecordingRow;
  readonly sound: TakenSound;
}

/** The recordings, beside the channels that they are of. Every method may reject with what the database says. */
export class RecordingsStore extends ChannelsStore {
  readonly #onReady: ReadyListener | undefined;

  constructor(db: JournalConnections, onReady?: ReadyListener) {
    super(db);
    this.#onReady = onReady;
  }

  /**
   * Writes down which file belongs where. It is taken when it has not grown until then.
   *
   * @param takeAt by its format, in ms since 1970
   *
   * @returns the calls that have new recordings
   */
  async sight(sightings: readonly Sighting[], takeAt: (format: string) => number): Promise<string[]> {
    const calls = new Set<string>();
    for (const some of chunks(sightings, ROWS_PER_STATEMENT)) {
      const linked = await this.#link(some, takeAt);
      for (const { channel } of linked) calls.add(channel.call);
    }
    return [...calls];
  }

  /** @returns those whose channel is still there, with its call of now: the source is looked through for long, and an erasure may come meanwhile */
  async #link(
    sightings: readonly Sighting[],
    takeAt: (format: string) => number,
  ): Promise<readonly Sighting[]> {
    return this.db.writer.transaction().execute(async (db) => {
      const wanted = sightings.map(({ channel }) => channel);
      // Whoever erases at the same moment waits, and finds what is written here.
      const there = await db
        .selectFrom('call_channels')
        .select(['asterisk', 'channel', 'call_id'])
        .where('asterisk', 'in', [...new Set(wanted.map(({ asterisk }) => asterisk))])
        .where('channel', 'in', [...new Set(wanted.map(({ channel }) => channel))])
        .$if(this.db.engine === 'mysql', (query) => query.forUpdate())
        .execute();
      const calls = new Map(there.map((row) => [channelKey(row), row.call_id]));
      const linked = sightings.flatMap((sighting) => {
        // It may have become a part of another call meanwhile.
        const call = calls.get(channelKey(sighting.channel));
        return call === undefined ? [] : [{ ...sighting, channel: { ...sighting.channel, call } }];
      });
      if (linked.length === 0) return linked;
      const rows = linked.map(({ channel, stem, path, format, bytes }) => {
        const piece = channel.pieces.find((one) => one.stem === stem) ?? channel;
        const row = newRecording(channel, { stem, from: piece.from, until: piece.until });
        return { ...row, path, format, bytes, next_try_at: takeAt(format) };
      });
      const insert = db.insertInto('recordings').values(rows);
      const replaced = {
        path: this.incoming('path'),
        format: this.incoming('format'),
        bytes: this.incoming('bytes'),
        next_try_at: this.incoming('next_try_at'),
      };
      await (
        this.db.engine === 'mysql'
          ? insert.onDuplicateKeyUpdate(replaced)
          : insert.onConflict((conflict) =>
              conflict.columns(['asterisk', 'channel', 'stem']).doUpdateSet(replaced),
            )
      ).execute();
      return linked;
    });
  }

  /** Files that are waited for or known of these channels, by `asterisk channel stem`. */
  async known(channels: readonly OpenChannel[]): Promise<ReadonlyMap<string, RecordingRow>> {
    const rows: RecordingRow[] = [];
    for (const some of chunks([...new Set(channels.map(({ call }) => call))], ROWS_PER_STATEMENT)) {
      rows.push(
        ...(await this.db.reader.selectFrom('recordings').selectAll().where('call_id', 'in', some).execute()),
      );
    }
    return new Map(rows.map((row) => [recordingKey(row, row.stem), row]));
  }

  /** Files that are to be taken now, the newest call first. */
  async due(now: number, limit: number): Promise<DueFile[]> {
    return this.db.reader
      .selectFrom('recordings')
      .leftJoin('call_channels', (join) =>
        join
          .onRef('call_channels.asterisk', '=', 'recordings.asterisk')
          .onRef('call_channels.channel', '=', 'recordings.channel'),
      )
      .selectAll('recordings')
      .select((eb) => eb('call_channels.ended_at', '-', eb.ref('call_channels.started_at')).as('lived_ms'))
      .where('recordings.state', '=', 'waiting')
      .where('recordings.next_try_at', '<=', now)
      .where('recordings.path', 'is not', null)
      .orderBy('recordings.from_at', 'desc')
      .limit(limit)
      .execute();
  }

  /** When the next file is to be taken; null when none is. */
  async nextDue(): Promise<number | null> {
    const row = await this.db.reader
      .selectFrom('recordings')
      .select(({ fn }) => fn.min('next_try_at').as('at'))
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    return row?.at ?? null;
  }

  async waiting(): Promise<number> {
    const row = await this.db.reader
      .selectFrom('recordings')
      .select(({ fn }) => fn.countAll().as('rows'))
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    return Number(row?.rows ?? 0);
  }

  async find(id: string): Promise<RecordingRow | undefined> {
    return this.db.reader.selectFrom('recordings').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /**
   * They are here and whole: nothing more is expected of their channels.
   *
   * @returns those that were erased meanwhile: our copy must go too
   */
  async ready(taken: readonly TakenFile[]): Promise<RecordingRow[]> {
    if (taken.length === 0) return [];
    return this.db.writer.transaction().execute(async (db) => {
      const erased: RecordingRow[] = [];
      const calls: string[] = [];
      for (const { row, sound } of taken) {
        const { bytes, soundMs, sha256, format } = sound;
        const { numUpdatedRows } = await db
          .updateTable('recordings')
          .set({ bytes, sound_ms: soundMs, sha256, format, state: 'ready', next_try_at: null, problem: null })
          .where('id', '=', row.id)
          .where('state', '=', 'waiting')
          .executeTakeFirstOrThrow();
        // Its call may have become a part of another one while it was fetched.
        const now = await db
          .selectFrom('recordings')
          .select(['call_id', 'state'])
          .where('id', '=', row.id)
          .executeTakeFirst();
        if (now !== undefined) calls.push(now.call_id);
        if (now !== undefined && numUpdatedRows > 0)
          await this.#onReady?.(db, { id: row.id, call: now.call_id });
        else if (now?.state === 'erased') erased.push(row);
      }
      if (calls.length > 0) await this.closeServed(db, calls);
      return erased;
    });
  }

  /** It is not this recording, and never will be: that file is erased with whoever it is of. @returns as `failed` */
  async refused(id: string, problem: string): Promise<boolean> {
    await this.db.writer
      .updateTable('recordings')
      .set({ path: null })
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .execute();
    return this.failed(id, problem, null);
  }

  /** It was not as it should be: it is tried again then, or never. @returns whether it was erased meanwhile */
  async failed(id: string, problem: string, nextTryAt: number | null): Promise<boolean> {
    const { numUpdatedRows } = await this.db.writer
      .updateTable('recordings')
      .set(({ eb }) => ({
        attempts: eb('attempts', '+', 1),
        problem: problem.slice(0, 500),
        next_try_at: nextTryAt,
        ...(nextTryAt === null && { state: 'missing' as const }),
      }))
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 0n && isErased(this.db.writer, id);
  }

  /** It is tried then, as if it had not been tried now. */
  async postponed(id: string, nextTryAt: number): Promise<void> {
    await this.db.writer
      .updateTable('recordings')
      .set({ next_try_at: nextTryAt })
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .execute();
  }

  /** It has grown, or is another one: it is taken when it no longer does. */
  async grown(id: string, bytes: number, nextTryAt: number): Promise<void> {
    await this.db.writer
      .updateTable('recordings')
      .set({ bytes, next_try_at: nextTryAt })
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .execute();
  }

  /** What we had of it is gone, such as by a conversion: it is looked for again. */
  async reopen(row: RecordingRow): Promise<void> {
    await this.db.writer.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('recordings')
        .set({ ...UNSEEN, state: 'waiting', problem: 'It is gone from where it was.' })
        .where('id', '=', row.id)
        .where('state', '=', 'ready')
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) await this.#lookAgain(db, row);
    });
  }

  /** It was gone before it could be taken, such as by a conversion: as `reopen`. @returns whether it was erased meanwhile */
  async lost(row: RecordingRow, problem: string): Promise<boolean> {
    return this.db.writer.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('recordings')
        .set(({ eb }) => ({ ...UNSEEN, attempts: eb('attempts', '+', 1), problem: problem.slice(0, 500) }))
        .where('id', '=', row.id)
        .where('state', '=', 'waiting')
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return isErased(db, row.id);
      await this.#lookAgain(db, row);
      return false;
    });
  }

  async #lookAgain(db: Kysely<JournalDatabase>, row: RecordingRow): Promise<void> {
    // Of an old call its channel is not known any more.
    const insert = db.insertInto('call_channels').values(channelOf(row));
    await (this.db.engine === 'mysql' ? insert.ignore() : insert.orIgnore()).execute();
    await db
      .updateTable('call_channels')
      .set({ is_open: 1, looks: 0 })
      .where('asterisk', '=', row.asterisk)
      .where('channel', '=', row.channel)
      .execute();
  }

  /** Recordings of talks that ended before, the oldest first, whose file may still be somewhere. */
  async olderThan(time: number, limit: number): Promise<RecordingRow[]> {
    return this.db.reader
      .selectFrom('recordings')
      .selectAll()
      .where('until_at', '<', time)
      .where('state', '<>', 'erased')
      .orderBy('until_at')
      .limit(limit)
      .execute();
  }

  async ofCall(call: string): Promise<RecordingRow[]> {
    return this.db.reader.selectFrom('recordings').selectAll().where('call_id', '=', call).execute();
  }

  /**
   * Nothing is left of it but that it was there; no file of its channel is linked any more.
   *
   * @param path of a file that the source did not let go
   */
  async erased({ id, asterisk, channel }: RecordingRow, path: string | null): Promise<void> {
    await this.db.writer.transaction().execute(async (db) => {
      await db
        .deleteFrom('call_channels')
        .where('asterisk', '=', asterisk)
        .where('channel', '=', channel)
        .execute();
      await db
        .updateTable('recordings')
        .set({ state: 'erased', stem: id, path, sha256: null, problem: null, next_try_at: null })
        .where('id', '=', id)
        .execute();
    });
  }

  /** Erased ones whose file is still at the source. */
  async leftAtSource(limit: number): Promise<RecordingRow[]> {
    return this.db.reader
      .selectFrom('recordings')
      .selectAll()
      .where('state', '=', 'erased')
      .where('path', 'is not', null)
      .limit(limit)
      .execute();
  }
}

async function isErased(db: Kysely<JournalDatabase>, id: string): Promise<boolean> {
  const row = await db.selectFrom('recordings').select('state').where('id', '=', id).executeTakeFirst();
  return row?.state === 'erased';
}
