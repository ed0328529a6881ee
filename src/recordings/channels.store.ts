import { sql, type Kysely } from 'kysely';
import { chunks } from '../util/chunks.ts';
import type { JournalConnections } from '../journal/journal.store.ts';
import type { JournalDatabase } from '../journal/tables.ts';
import type { SpokenChannel } from '../calls/spoken.ts';
import { recordingsOf, toChannelRow, toOpenChannel, type OpenChannel } from './channel.row.ts';

/** Rows of one INSERT: of either table they stay far below SQLite's 32,766 parameters. */
export const ROWS_PER_STATEMENT = 100;
/** Looks, one a minute at most: a file that Asterisk announced may come a week later, any other one a day. */
const LOOKS_ANNOUNCED = 7 * 24 * 60;
const LOOKS = 24 * 60;
const LONGEST_CALL_MS = 7 * 86_400_000;

/** The channels that files may come for. Every method may reject with what the database says. */
export class ChannelsStore {
  protected readonly db: JournalConnections;

  constructor(db: JournalConnections) {
    this.db = db;
  }

  /**
   * Remembers channels, or what is newer of them: one that has ended does not go on, whoever still believes so. With their
   * end, what Asterisk announced is waited for.
   *
   * @returns the calls that have new recordings
   */
  async keepChannels(channels: readonly SpokenChannel[]): Promise<string[]> {
    return this.db.writer.transaction().execute(async (db) => {
      const forgotten = await forgottenCalls(db, channels);
      const kept = channels.filter(({ call }) => !forgotten.has(call));
      const announced = kept.filter(({ endedAt, pieces }) => endedAt !== undefined && pieces.length > 0);
      const fresh = announced.flatMap((channel) => recordingsOf(toChannelRow(channel)));
      for (const some of chunks(kept.map(toChannelRow), ROWS_PER_STATEMENT)) {
        const insert = db.insertInto('call_channels').values(some);
        const replaced = {
          call_id: this.#newer('call_id'),
          ended_at: this.#newer('ended_at'),
          until_at: this.#newer('until_at'),
          pieces: this.#newer('pieces'),
          is_open: this.#newer('is_open'),
        };
        await (
          this.db.engine === 'mysql'
            ? insert.onDuplicateKeyUpdate(replaced)
            : insert.onConflict((conflict) => conflict.columns(['asterisk', 'channel']).doUpdateSet(replaced))
        ).execute();
      }
      for (const some of chunks(fresh, ROWS_PER_STATEMENT)) {
        const insert = db.insertInto('recordings').values(some);
        await (this.db.engine === 'mysql' ? insert.ignore() : insert.orIgnore()).execute();
      }
      return [...new Set(announced.map(({ call }) => call))];
    });
  }

  /** Ends channels whose end nobody saw, with their calls: the desk was killed meanwhile. */
  async endUnseen(): Promise<void> {
    const rows = await this.db.reader
      .selectFrom('call_channels')
      .innerJoin('calls', 'calls.id', 'call_channels.call_id')
      .selectAll('call_channels')
      .select('calls.ended_at as call_ended_at')
      .where('call_channels.ended_at', 'is', null)
      .where('calls.ended_at', 'is not', null)
      .execute();
    for (const { call_ended_at, ...row } of rows) {
      const end = call_ended_at ?? row.started_at;
      const ended = { ended_at: end, until_at: row.until_at ?? end, is_open: 1 };
      await this.db.writer
        .updateTable('call_channels')
        .set(ended)
        .where('asterisk', '=', row.asterisk)
        .where('channel', '=', row.channel)
        .execute();
      const waiting = recordingsOf({ ...row, ...ended });
      if (waiting.length === 0) continue;
      const insert = this.db.writer.insertInto('recordings').values(waiting);
      await (this.db.engine === 'mysql' ? insert.ignore() : insert.orIgnore()).execute();
    }
  }

  /** Channels that a file may still come for, the newest first. @param until when they began at the latest */
  async openChannels(limit: number, until = Number.MAX_SAFE_INTEGER): Promise<OpenChannel[]> {
    const rows = await this.db.reader
      .selectFrom('call_channels')
      .selectAll()
      .where('is_open', '=', 1)
      .where('started_at', '<=', until)
      .orderBy('started_at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toOpenChannel);
  }

  /** Those of a call. */
  async openChannelsOf(call: string): Promise<OpenChannel[]> {
    const rows = await this.db.reader
      .selectFrom('call_channels')
      .selectAll()
      .where('call_id', '=', call)
      .where('is_open', '=', 1)
      .execute();
    return rows.map(toOpenChannel);
  }

  /** Channels of a time, those that have their files and those that are still there included. */
  async channelsBetween(from: number, until: number): Promise<OpenChannel[]> {
    const rows = await this.db.reader
      .selectFrom('call_channels')
      .selectAll()
      .where('started_at', '>=', from)
      .where('started_at', '<=', until)
      .execute();
    return rows.map(toOpenChannel);
  }

  /**
   * The source has been looked through: what was looked for too often is given up.
   *
   * @returns the calls whose recordings are missing
   */
  async countLook(): Promise<string[]> {
    const { writer } = this.db;
    await writer
      .updateTable('call_channels')
      .set(({ eb }) => ({ looks: eb('looks', '+', 1) }))
      .where('is_open', '=', 1)
      .execute();
    const given = await writer
      .selectFrom('call_channels')
      .selectAll()
      .where('is_open', '=', 1)
      .where((eb) =>
        eb.or([
          eb('looks', '>', LOOKS_ANNOUNCED),
          eb.and([eb('looks', '>', LOOKS), eb('pieces', 'is', null)]),
        ]),
      )
      .limit(1000)
      .execute();
    for (const { asterisk, channel } of given) {
      await writer
        .updateTable('call_channels')
        .set({ is_open: 0 })
        .where('asterisk', '=', asterisk)
        .where('channel', '=', channel)
        .execute();
      await writer
        .updateTable('recordings')
        .set({ state: 'missing', problem: 'It never came.' })
        .where('asterisk', '=', asterisk)
        .where('channel', '=', channel)
        .where('state', '=', 'waiting')
        .where('path', 'is', null)
        .execute();
    }
    return [...new Set(given.map(({ call_id }) => call_id))];
  }

  /** No file that comes later is linked to this call any more. */
  async forgetChannels(call: string): Promise<void> {
    await this.db.writer.deleteFrom('call_channels').where('call_id', '=', call).execute();
  }

  /** Channels that nothing is expected of, of before a time: they were kept to tell others from them. */
  async forgetClosedBefore(time: number): Promise<void> {
    const { writer } = this.db;
    await writer
      .deleteFrom('call_channels')
      .where('is_open', '=', 0)
      .where('started_at', '<', time)
      .where('ended_at', 'is not', null)
      .execute();
    // Their call became a part of another one while nobody looked, so their end never comes.
    await writer
      .deleteFrom('call_channels')
      .where('ended_at', 'is', null)
      .where('started_at', '<', time - LONGEST_CALL_MS)
      .execute();
  }

  /** Nothing more is expected of channels of these calls that have recordings, none of which is still to come. */
  protected async closeServed(db: Kysely<JournalDatabase>, calls: readonly string[]): Promise<void> {
    await db
      .updateTable('call_channels')
      .set({ is_open: 0 })
      .where('is_open', '=', 1)
      .where('call_id', 'in', calls)
      .where((eb) => {
        const ofChannel = eb
          .selectFrom('recordings')
          .select('id')
          .whereRef('recordings.asterisk', '=', 'call_channels.asterisk')
          .whereRef('recordings.channel', '=', 'call_channels.channel');
        const coming = ofChannel.where('recordings.state', '=', 'waiting');
        return eb.and([eb.exists(ofChannel), eb.not(eb.exists(coming))]);
      })
      .execute();
  }

  #newer(column: string) {
    const [storedEnd, stored] = [sql.ref('call_channels.ended_at'), sql.ref(`call_channels.${column}`)];
    return sql<never>`case when ${this.incoming('ended_at')} is null and ${storedEnd} is not null
      then ${stored} else ${this.incoming(column)} end`;
  }

  protected incoming(column: string) {
    return this.db.engine === 'mysql'
      ? sql<never>`values(${sql.ref(column)})`
      : sql<never>`${sql.ref(`excluded.${column}`)}`;
  }
}

/** Calls whose persons were forgotten: whoever still knows their channels must not bring them back. */
async function forgottenCalls(
  db: Kysely<JournalDatabase>,
  channels: readonly SpokenChannel[],
): Promise<ReadonlySet<string>> {
  const forgotten = new Set<string>();
  for (const ids of chunks([...new Set(channels.map(({ call }) => call))], ROWS_PER_STATEMENT)) {
    const rows = await db
      .selectFrom('calls')
      .select('id')
      .where('id', 'in', ids)
      .where('detail', 'is', null)
      .execute();
    for (const { id } of rows) forgotten.add(id);
  }
  return forgotten;
}
