import type { Kysely, Selectable, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Call, Link } from '../calls/call.ts';
import {
  fromRow,
  keysOf,
  numbersSpokenWith,
  reversed,
  SEQ_PER_MS,
  toRow,
  type CallValues,
  type JournalCall,
} from './call.row.ts';
import type { Engine } from './engine.ts';
import { Lease } from './lease.ts';
import { selectCalls, type CallFilter } from './journal.query.ts';
import { KEY_KINDS, type CallKeyTable, type CallTable, type JournalDatabase } from './tables.ts';

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
  readonly onRemoved: (db: Kysely<JournalDatabase>, ids: readonly string[]) => Promise<void>;
}

/** The two sides of one database: a long search must not hold up what is to be written. */
export interface JournalConnections {
  readonly engine: Engine;
  readonly reader: Kysely<JournalDatabase>;
  readonly writer: Kysely<JournalDatabase>;
  readonly listener?: SaveListener | undefined;
}

/** A call and its key. */
interface PlacedCall {
  readonly call: Call;
  readonly seq: number;
}

/** Rows of one INSERT: 50 of 23 columns stay far below SQLite's 32,766 parameters. */
const ROWS_PER_INSERT = 50;
const KEYS_PER_STATEMENT = 500;

/** Columns that a later version of the same call replaces; what people have added stays. */
const REPLACED = [
  'direction',
  'state',
  'answered_at',
  'ended_at',
  'outcome',
  'missed',
  'from_number',
  'to_number',
  'answered_by',
  'wait_ms',
  'ring_ms',
  'talk_ms',
  'hold_ms',
  'completeness',
  'detail',
] as const satisfies readonly (keyof CallValues)[];

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

  /** @param holder see `Lease` */
  lease(name: string, holder: string, ttlMs: number): Lease {
    return new Lease({ db: this.#writer, engine: this.#engine }, { name, holder, ttlMs });
  }

  /**
   * Writes calls, or newer versions of them, in one transaction. The same call again changes nothing, and one that has
   * ended stays so.
   */
  async save(calls: readonly Call[]): Promise<void> {
    if (calls.length === 0) return;
    await this.#writer.transaction().execute(async (db) => {
      const placed = await this.#place(db, calls);
      for (const rows of chunks(placed, ROWS_PER_INSERT)) {
        await this.#upsert(
          db,
          rows.map(({ call, seq }) => toRow(call, seq)),
        );
      }
      for (const keys of chunks(
        placed.flatMap(({ call, seq }) => keysOf(call, seq)),
        KEYS_PER_STATEMENT,
      )) {
        await this.#addKeys(db, keys);
      }
      await this.#settleMissed(db, placed);
      await this.#listener?.onSaved(
        db,
        placed.map(({ call }) => call),
      );
    });
  }

  /** Takes calls out that turned out to be parts of others. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#writer.transaction().execute(async (db) => {
      const rows = await db.selectFrom('calls').selectAll().where('id', 'in', ids).execute();
      await this.#removeKeys(db, rows);
      await db.deleteFrom('calls').where('id', 'in', ids).execute();
      await this.#listener?.onRemoved(db, ids);
    });
  }

  async get(id: string): Promise<JournalCall | undefined> {
    const row = await this.#reader.selectFrom('calls').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : fromRow(row);
  }

  /** Those of the calls that there are, by id. */
  async getAll(ids: readonly string[]): Promise<Map<string, JournalCall>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#reader.selectFrom('calls').selectAll().where('id', 'in', ids).execute();
    return new Map(rows.map((row) => [row.id, fromRow(row)]));
  }

  /** The newest first. @param limit calls of a page */
  async list(filter: CallFilter, limit: number, before: number | null = null): Promise<CallPage> {
    const rows = await selectCalls(this.#reader, filter, before, limit + 1).execute();
    const page = rows.slice(0, limit);
    return { calls: page.map(fromRow), next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null };
  }

  /** Calls that had not ended when they were last written. */
  async live(): Promise<JournalCall[]> {
    const rows = await this.#reader
      .selectFrom('calls')
      .selectAll()
      .where('state', 'in', ['ringing', 'talking'])
      .orderBy('seq')
      .execute();
    return rows.map(fromRow);
  }

  /** @returns false when there is no such call */
  async annotate(
    id: string,
    { note, links }: { note?: string | null; links?: readonly Link[] },
  ): Promise<boolean> {
    return this.#writer.transaction().execute(async (db) => {
      const row = await db.selectFrom('calls').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return false;
      if (note !== undefined)
        await db.updateTable('calls').set({ note }).where('seq', '=', row.seq).execute();
      if (links !== undefined) {
        const manual_links = links.length === 0 ? null : JSON.stringify(links);
        await db.updateTable('calls').set({ manual_links }).where('seq', '=', row.seq).execute();
        // With the old links, but not with what the call has by itself.
        await this.#removeKeys(db, [row]);
        await this.#addKeys(db, keysOf(fromRow({ ...row, manual_links }), row.seq));
      }
      return true;
    });
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

  /** Gaps that touch a time, the newest first. */
  async gaps(since: number, until: number): Promise<Gap[]> {
    const rows = await this.#reader
      .selectFrom('gaps')
      .selectAll()
      .where('until_at', '>=', since)
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
   * Forgets the persons of calls that ended before a time, and keeps what is counted. In portions, so that nothing
   * waits long for it.
   *
   * @returns how many calls were blanked; fewer than `limit` when none is left
   */
  async blankBefore(time: number, limit: number): Promise<number> {
    return this.#writer.transaction().execute(async (db) => {
      const rows = await db
        .selectFrom('calls')
        .selectAll()
        .where('seq', '<', time * SEQ_PER_MS)
        .where('state', '=', 'ended')
        .where('detail', 'is not', null)
        .orderBy('seq')
        .limit(limit)
        .execute();
      await this.#removeKeys(db, rows);
      const blank = {
        from_number: null,
        to_number: null,
        answered_by: null,
        open_missed: null,
        note: null,
        manual_links: null,
        detail: null,
      };
      const seqs = rows.map(({ seq }) => seq);
      if (seqs.length > 0) await db.updateTable('calls').set(blank).where('seq', 'in', seqs).execute();
      return rows.length;
    });
  }

  async close(): Promise<void> {
    await this.#writer.destroy();
    if (this.#reader !== this.#writer) await this.#reader.destroy();
  }

  /** Gives each call its place, which it keeps for ever. */
  async #place(db: Transaction<JournalDatabase>, calls: readonly Call[]): Promise<PlacedCall[]> {
    const ids = calls.map(({ id }) => id);
    const known = await db
      .selectFrom('calls')
      .select(['id', 'seq', 'state'])
      .where('id', 'in', ids)
      .execute();
    // A desk that stood still may still have what was true before another one saw the end.
    const over = new Set(known.flatMap(({ id, state }) => (state === 'ended' ? id : [])));
    const places = new Map(known.map(({ id, seq }) => [id, seq]));
    await this.#findPlaces(
      db,
      calls.filter(({ id }) => !places.has(id)),
      places,
    );
    return calls
      .filter(({ id, state }) => state === 'ended' || !over.has(id))
      .map((call) => ({ call, seq: places.get(call.id) ?? 0 }));
  }

  /** Adds the places of new calls. */
  async #findPlaces(
    db: Transaction<JournalDatabase>,
    fresh: readonly Call[],
    places: Map<string, number>,
  ): Promise<void> {
    const taken = new Set<number>();
    let waiting = fresh;
    while (waiting.length > 0) {
      for (const { id, startedAt } of waiting) {
        let seq = Date.parse(startedAt) * SEQ_PER_MS;
        while (taken.has(seq)) seq += 1;
        taken.add(seq);
        places.set(id, seq);
      }
      // Somebody else may stand there already: those try the next place.
      const wanted = waiting.map(({ id }) => places.get(id) ?? 0);
      const rows = await db.selectFrom('calls').select('seq').where('seq', 'in', wanted).execute();
      const occupied = new Set(rows.map(({ seq }) => seq));
      waiting = waiting.filter(({ id }) => occupied.has(places.get(id) ?? 0));
    }
  }

  async #upsert(db: Transaction<JournalDatabase>, rows: readonly CallValues[]): Promise<void> {
    const insert = db.insertInto('calls').values(
      rows.map((row) => ({
        ...row,
        open_missed: null,
        called_back_at: null,
        note: null,
        manual_links: null,
      })),
    );
    const source = (column: string) =>
      this.#engine === 'mysql' ? sql`values(${sql.ref(column)})` : sql`${sql.ref(`excluded.${column}`)}`;
    const replaced = Object.fromEntries(REPLACED.map((column) => [column, source(column)]));
    await (
      this.#engine === 'mysql'
        ? insert.onDuplicateKeyUpdate(replaced)
        : insert.onConflict((conflict) => conflict.column('seq').doUpdateSet(replaced))
    ).execute();
  }

  async #addKeys(db: Transaction<JournalDatabase>, keys: readonly CallKeyTable[]): Promise<void> {
    if (keys.length === 0) return;
    const insert = db.insertInto('call_keys').values([...keys]);
    await (this.#engine === 'mysql' ? insert.ignore() : insert.orIgnore()).execute();
  }

  /** Of calls whose detail still tells what they are found by. */
  async #removeKeys(db: Transaction<JournalDatabase>, rows: readonly Selectable<CallTable>[]): Promise<void> {
    const keys = rows.flatMap((row) => keysOf(fromRow(row), row.seq));
    for (const some of chunks(keys, KEYS_PER_STATEMENT)) {
      const tuples = some.map(({ kind, value, seq }) => sql`(${kind}, ${value}, ${seq})`);
      // SQLite takes several tuples as a table only, MySQL as a list only.
      const values = this.#engine === 'mysql' ? sql`` : sql`values `;
      await sql`delete from call_keys where (kind, value, seq) in (${values}${sql.join(tuples)})`.execute(db);
    }
  }

  /** A missed call is open until somebody speaks with that number, whichever of the two is written first. */
  async #settleMissed(db: Transaction<JournalDatabase>, placed: readonly PlacedCall[]): Promise<void> {
    const missed = placed.filter(({ call }) => call.missed && call.from.number !== null);
    const talks = placed.flatMap(({ call, seq }) =>
      numbersSpokenWith(call).map((number) => ({
        number,
        seq,
        at: Date.parse(call.answeredAt ?? call.startedAt),
      })),
    );
    if (missed.length > 0) {
      const seqs = missed.map(({ seq }) => seq);
      await db
        .updateTable('calls')
        .set((eb) => ({ open_missed: eb.ref('from_number') }))
        .where('seq', 'in', seqs)
        .where('called_back_at', 'is', null)
        .execute();
      talks.push(...(await this.#laterTalks(db, missed)));
    }
    if (talks.length === 0) return;

    const numbers = [...new Set(talks.map(({ number }) => number))];
    const open = await db
      .selectFrom('calls')
      .select(['seq', 'open_missed'])
      .where('open_missed', 'in', numbers)
      .execute();
    for (const { seq, open_missed } of open) {
      const back = talks.find((talk) => talk.number === open_missed && talk.seq > seq);
      if (back === undefined) continue;
      await db
        .updateTable('calls')
        .set({ open_missed: null, called_back_at: back.at })
        .where('seq', '=', seq)
        .execute();
    }
  }

  /** Talks with the callers of missed calls that stand in the journal already. */
  async #laterTalks(
    db: Transaction<JournalDatabase>,
    missed: readonly PlacedCall[],
  ): Promise<{ number: string; seq: number; at: number }[]> {
    const values = missed.map(({ call }) => reversed(call.from.number ?? ''));
    const rows = await db
      .selectFrom('call_keys')
      .innerJoin('calls', 'calls.seq', 'call_keys.seq')
      .select(['value', 'call_keys.seq', 'answered_at'])
      .where('kind', '=', KEY_KINDS.number)
      .where('value', 'in', values)
      .where('call_keys.seq', '>', Math.min(...missed.map(({ seq }) => seq)))
      .where((eb) => eb.or([eb('talk_ms', '>', 0), eb('state', '=', 'talking')]))
      .orderBy('call_keys.seq')
      .execute();
    return rows.map(({ value, seq, answered_at }) => ({
      number: reversed(value),
      seq,
      at: answered_at ?? 0,
    }));
  }
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const parts: Item[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}
