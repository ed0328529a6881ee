import type { Kysely, Selectable } from 'kysely';
import type { Call } from '../calls/call.ts';
import { annotateCall, type Annotated, type Annotation } from './annotate.ts';
import { joinCall, type JoinedCall } from './join-calls.ts';
import { blankAnswersBefore } from './blank-texts.ts';
import { blankCalls, blankNumber, compact, endedCallsOf, type BlankedNumber } from './blank-calls.ts';
import { fromRow, SEQ_PER_MS, type JournalCall } from './call.row.ts';
import { writeCalls } from './call-writer.ts';
import { settleMissed } from './called-back.ts';
import { ADDITIONS, completeCalls } from './complete-calls.ts';
import type { Engine } from './engine.ts';
import { isCollision } from './errors.ts';
import { Lease, type LeaseOptions } from './lease.ts';
import { selectCalls, selectLive, type CallFilter } from './journal.query.ts';
import { KEY_KINDS, type CallTable, type JournalDatabase } from './tables.ts';

/** A time in which calls of an Asterisk may have gone unseen. */
export interface Gap {
  readonly asterisk: string;
  /** In ms since 1970. */
  readonly from: number;
  readonly until: number;
  /** One sentence. */
  readonly reason: string;
}

export interface CallPage {
  readonly calls: readonly JournalCall[];
  /** Give it to `list` for the next page; null on the last one. */
  readonly next: number | null;
}

/** Is told within a transaction what it writes, so that both are there or neither. */
export interface SaveListener {
  readonly onSaved: (db: Kysely<JournalDatabase>, calls: readonly Call[]) => Promise<void>;
  readonly onJoined: (db: Kysely<JournalDatabase>, joined: JoinedCall) => Promise<void>;
}

/** The two sides of one database: a long search must not hold up what is to be written. */
export interface JournalConnections {
  readonly engine: Engine;
  readonly reader: Kysely<JournalDatabase>;
  readonly writer: Kysely<JournalDatabase>;
  readonly listener?: SaveListener | undefined;
}

/** Takes a transaction back; nobody is told. */
class OvertakenError extends Error {}

/** Two desks that write at the same moment collide now and then; that one does so ten times in a row does not happen. */
const MAX_COLLISIONS = 10;

/**
 * The calls, their keys and the gaps. Every method may reject with what the database says; nothing is half written.
 */
export class JournalStore {
  readonly #engine: Engine;
  readonly #reader: Kysely<JournalDatabase>;
  readonly #writer: Kysely<JournalDatabase>;
  readonly #listener: SaveListener | undefined;

  constructor({ engine, reader, writer, listener }: JournalConnections) {
    this.#engine = engine;
    this.#reader = reader;
    this.#writer = writer;
    this.#listener = listener;
  }

  /** For what else is kept beside the calls, in tables of its own. */
  get db(): Kysely<JournalDatabase> {
    return this.#writer;
  }

  /** The same, with a side of its own for reading. */
  get connections(): JournalConnections {
    return { engine: this.#engine, reader: this.#reader, writer: this.#writer };
  }

  lease(options: LeaseOptions): Lease {
    return new Lease(this.connections, options);
  }

  /**
   * Writes calls, or newer versions of them, in one transaction. The same call again changes nothing, and one that has
   * ended stays so.
   *
   * @param isOvertaken whether another desk follows, which alone knows what lasts: then only what has ended is written.
   * Asked when all but the commit is done, since a desk may stand still at any moment. Default: no
   * @returns ids of calls that are called back by this: what belongs to them has changed
   */
  async save(calls: readonly Call[], isOvertaken = async () => false): Promise<readonly string[]> {
    if (calls.length === 0) return [];
    for (let collisions = 0; ; collisions++) {
      try {
        return await this.#writer.transaction().execute(async (db) => {
          const placed = await writeCalls(db, this.#engine, calls);
          const calledBack = await settleMissed(db, placed);
          await this.#listener?.onSaved(
            db,
            placed.map(({ call }) => call),
          );
          if (!calls.every(isOver) && (await isOvertaken())) throw new OvertakenError();
          return calledBack;
        });
      } catch (error) {
        if (error instanceof OvertakenError) return this.save(calls.filter(isOver));
        if (!isCollision(error) || collisions >= MAX_COLLISIONS) throw error;
      }
    }
  }

  /** Takes a call out that turned out to be a part of another one, which gets what hangs on it. */
  async join(joined: JoinedCall): Promise<void> {
    await this.#writer.transaction().execute(async (db) => {
      await joinCall(db, this.#engine, joined);
      await this.#listener?.onJoined(db, joined);
    });
  }

  async get(id: string): Promise<JournalCall | undefined> {
    const rows = await this.#reader.selectFrom('calls').selectAll().where('id', '=', id).execute();
    return (await this.#complete(rows))[0];
  }

  /** The call that Asterisk knows by this Linkedid, without what is added to it. */
  async find(asterisk: string, linkedId: string): Promise<Call | undefined> {
    const calls = this.#reader.selectFrom('calls').selectAll('calls').where('asterisk', '=', asterisk);
    const row =
      (await calls.where('id', '=', `${asterisk}-${linkedId}`).executeTakeFirst()) ??
      (await calls
        .innerJoin('call_keys', 'call_keys.seq', 'calls.seq')
        .where('kind', '=', KEY_KINDS.linked)
        .where('value', '=', linkedId)
        .executeTakeFirst());
    return row === undefined ? undefined : fromRow(row);
  }

  /** Those of the calls that there are, by id. */
  async getAll(ids: readonly string[]): Promise<Map<string, JournalCall>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#reader.selectFrom('calls').selectAll().where('id', 'in', ids).execute();
    return new Map((await this.#complete(rows)).map((call) => [call.id, call]));
  }

  /** The newest first. @param limit calls of a page */
  async list(filter: CallFilter, limit: number, before: number | null = null): Promise<CallPage> {
    const rows = await selectCalls(this.#reader, filter, before, limit + 1).execute();
    const page = rows.slice(0, limit);
    return {
      calls: await this.#complete(page),
      next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null,
    };
  }

  /** Calls as they are now, with what belongs to them and stands in the journal. */
  async complete(calls: readonly Call[]): Promise<JournalCall[]> {
    if (calls.length === 0) return [];
    const ids = calls.map(({ id }) => id);
    const rows = await this.#reader
      .selectFrom('calls')
      .select(['id', ...ADDITIONS])
      .where('id', 'in', ids)
      .execute();
    const additions = new Map(rows.map((row) => [row.id, row]));
    return completeCalls(
      this.#reader,
      calls.map((call) => ({ call, additions: additions.get(call.id) })),
    );
  }

  /** Calls that had not ended when they were last written, and the ids of those that cannot be read any more. */
  async live(): Promise<{ readonly calls: readonly Call[]; readonly unreadable: readonly string[] }> {
    const rows = await selectLive(this.#reader).execute();
    // Whatever is wrong with one row must not keep the desk from following.
    const read = rows.map((row) => ({ id: row.id, call: readableCall(row) }));
    return {
      calls: read.flatMap(({ call }) => call ?? []),
      unreadable: read.flatMap(({ id, call }) => (call === undefined ? [id] : [])),
    };
  }

  /** What people add to a call. Nothing is written unless it is `done`. */
  async annotate(id: string, annotation: Annotation): Promise<Annotated> {
    return this.#writer.transaction().execute((db) => annotateCall(db, this.#engine, id, annotation));
  }

  /** A gap that grows is written again with the same beginning. */
  async addGap({ asterisk, from, until, reason }: Gap): Promise<void> {
    const row = { asterisk, from_at: from, until_at: until, reason: reason.slice(0, 500) };
    const insert = this.#writer.insertInto('gaps').values(row);
    await (
      this.#engine === 'mysql'
        ? insert.onDuplicateKeyUpdate({ until_at: until, reason: row.reason })
        : insert.onConflict((conflict) =>
            conflict.columns(['asterisk', 'from_at']).doUpdateSet({ until_at: until, reason: row.reason }),
          )
    ).execute();
  }

  /** Gaps that touch a time, the newest first. One that is open lasts, however long ago it began. */
  async gaps(since: number, until: number): Promise<Gap[]> {
    const rows = await this.#reader
      .selectFrom('gaps')
      .selectAll()
      .where((eb) => eb.or([eb('until_at', '>=', since), eb('until_at', '=', eb.ref('from_at'))]))
      .where('from_at', '<', until)
      .orderBy('from_at', 'desc')
      .execute();
    return rows.map(({ asterisk, from_at, until_at, reason }) => ({
      asterisk,
      from: from_at,
      until: until_at,
      reason,
    }));
  }

  /**
   * Forgets the persons of calls that began before a time, and what was noted of them; keeps what is counted. In portions,
   * so that nothing waits long for it.
   *
   * @param after where the portion before ended: what is blanked already need not be passed over again
   * @returns how many calls were blanked, fewer than `limit` when none is left, and where to go on
   */
  async blankBefore(time: number, limit: number, after = -1): Promise<{ calls: number; end: number }> {
    return this.#writer.transaction().execute(async (db) => {
      const rows = await db
        .selectFrom('calls')
        .selectAll()
        .where('seq', '<', time * SEQ_PER_MS)
        .where('seq', '>', after)
        .where((eb) =>
          // A note may have come later.
          eb.or([
            eb('detail', 'is not', null),
            eb('note', 'is not', null),
            eb('manual_links', 'is not', null),
          ]),
        )
        .orderBy('seq')
        .limit(limit)
        .execute();
      await blankCalls(db, this.#engine, rows);
      return { calls: rows.length, end: rows.at(-1)?.seq ?? after };
    });
  }

  /** Forgets what was written in answers and reviews of before a time. As `blankBefore`. */
  blankAnswersBefore(time: number, limit: number): Promise<number> {
    return blankAnswersBefore(this.#writer, time, limit);
  }

  /** Ids of the calls that a number took part in, and that have ended. */
  async callsOf(number: string): Promise<string[]> {
    return (await endedCallsOf(this.#reader, number).execute()).map(({ id }) => id);
  }

  /** Forgets the persons of every call that a number took part in. Totals stay. */
  async blankNumber(number: string): Promise<BlankedNumber> {
    const blanked = await blankNumber(this.#writer, this.#engine, number);
    await compact(this.#writer, this.#engine);
    return blanked;
  }

  async close(): Promise<void> {
    await this.#writer.destroy();
    if (this.#reader !== this.#writer) await this.#reader.destroy();
  }

  #complete(rows: readonly Selectable<CallTable>[]): Promise<JournalCall[]> {
    return completeCalls(
      this.#reader,
      rows.map((row) => ({ call: fromRow(row), additions: row })),
    );
  }
}

function readableCall(row: Selectable<CallTable>): Call | undefined {
  try {
    return fromRow(row);
  } catch {
    return undefined;
  }
}

function isOver({ state }: Call): boolean {
  return state === 'ended';
}
