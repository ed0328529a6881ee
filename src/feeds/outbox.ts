import { randomUUID } from 'node:crypto';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Engine } from '../journal/engine.ts';
import type { JournalDatabase } from '../journal/tables.ts';
import { FEED_KINDS, type Feed, type FeedEvent, type FeedKind } from './feed-event.ts';

/** Something that happened to a call. */
export interface Happening {
  readonly kind: FeedKind;
  readonly call: string;
  /** See `FeedEvent.subject`. */
  readonly subject: string;
}

export interface Retry {
  readonly place: number;
  /** In ms since 1970. */
  readonly at: number;
}

/** A row that was sent keeps a call that is written again from being sent again, in ms. */
const KEEP_DONE_MS = 7 * 86_400_000;
/** A receiver that was away for longer has lost what is older, in ms. */
const KEEP_WAITING_MS = 60 * 86_400_000;

const ROWS_PER_INSERT = 200;

/**
 * What every receiver is still to be told, in the journal's database: written in the transaction that writes the call,
 * so that whatever ends in between, a call that is in the journal is told.
 */
export class Outbox {
  readonly #engine: Engine;
  readonly #feeds: readonly Feed[];

  constructor(engine: Engine, feeds: readonly Feed[]) {
    this.#engine = engine;
    this.#feeds = feeds;
  }

  /** Puts happenings down for every feed that wants them, each once. */
  async add(db: Kysely<JournalDatabase>, happenings: readonly Happening[], now: number): Promise<void> {
    const rows = this.#feeds.flatMap(({ name, kinds }) =>
      happenings
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ kind, call, subject }) => ({
          id: randomUUID(),
          feed: name,
          kind,
          call_id: call,
          subject,
          created_at: now,
          attempts: 0,
          next_try_at: now,
          done_at: 0,
        })),
    );
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      const insert = db.insertInto('feed_events').values(rows.slice(start, start + ROWS_PER_INSERT));
      await (this.#engine === 'mysql' ? insert.ignore() : insert.orIgnore()).execute();
    }
  }

  /** Of a call that turned out to be a part of another the end is told to nobody any more; what else happened, happened to that one. */
  async join(db: Kysely<JournalDatabase>, gone: string, into: string): Promise<void> {
    await db
      .deleteFrom('feed_events')
      .where('call_id', '=', gone)
      .where('kind', '=', 'call.ended')
      .where('done_at', '=', 0)
      .execute();
    await db.updateTable('feed_events').set({ call_id: into }).where('call_id', '=', gone).execute();
    const answers = await db
      .selectFrom('feed_events')
      .select(['place', 'feed', 'subject'])
      .where('call_id', '=', into)
      .where('kind', '=', 'survey.answered')
      .execute();
    const taken = new Set(answers.map(({ feed, subject }) => `${feed} ${subject}`));
    // An answer is named after its call.
    for (const { place, feed, subject } of answers) {
      const wanted = subject.startsWith(`${gone} `) ? `${into}${subject.slice(gone.length)}` : subject;
      if (taken.has(`${feed} ${wanted}`)) continue;
      await db.updateTable('feed_events').set({ subject: wanted }).where('place', '=', place).execute();
    }
  }

  /** What may be tried now, the oldest first: of each call only what is next. */
  async due(db: Kysely<JournalDatabase>, feed: string, now: number, limit: number): Promise<FeedEvent[]> {
    return toEvents(await this.#due(db, feed, now).orderBy('place').limit(limit).execute());
  }

  /** Of the same the one with the fewest tries: one that is always refused keeps no other one waiting. */
  async leastTried(db: Kysely<JournalDatabase>, feed: string, now: number): Promise<FeedEvent[]> {
    const due = this.#due(db, feed, now);
    // There may be hundreds of thousands that were never tried: they are not sorted for one of them.
    const untried = await due.where('attempts', '=', 0).orderBy('place').limit(1).execute();
    if (untried.length > 0) return toEvents(untried);
    return toEvents(await due.orderBy('attempts').orderBy('place').limit(1).execute());
  }

  #due(db: Kysely<JournalDatabase>, feed: string, now: number) {
    return db
      .selectFrom('feed_events as event')
      .select(['place', 'id', 'kind', 'call_id', 'subject', 'created_at', 'attempts'])
      .where('feed', '=', feed)
      .where('done_at', '=', 0)
      .where('next_try_at', '<=', now)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('feed_events as earlier')
              .select(sql.lit(1).as('one'))
              .whereRef('earlier.call_id', '=', 'event.call_id')
              .whereRef('earlier.feed', '=', 'event.feed')
              .where('earlier.done_at', '=', 0)
              .whereRef('earlier.place', '<', 'event.place'),
          ),
        ),
      );
  }

  /** In one transaction: each is a flush of the disk. */
  async settle(
    db: Kysely<JournalDatabase>,
    { done, retries }: { done: readonly number[]; retries: readonly Retry[] },
    now: number,
  ): Promise<void> {
    await db.transaction().execute(async (transaction) => {
      if (done.length > 0)
        await transaction
          .updateTable('feed_events')
          .set({ done_at: now })
          .where('place', 'in', done)
          .execute();
      for (const { place, at } of retries) {
        await transaction
          .updateTable('feed_events')
          .set(({ eb }) => ({ attempts: eb('attempts', '+', 1), next_try_at: at }))
          .where('place', '=', place)
          .execute();
      }
    });
  }

  /** How many wait. */
  async waiting(db: Kysely<JournalDatabase>, feed: string): Promise<number> {
    const { count } = await db
      .selectFrom('feed_events')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('feed', '=', feed)
      .where('done_at', '=', 0)
      .executeTakeFirstOrThrow();
    return count;
  }

  /** Forgets what was sent long ago. @returns how many were given up that were never sent */
  async sweep(db: Kysely<JournalDatabase>, now: number): Promise<number> {
    await db
      .deleteFrom('feed_events')
      .where('done_at', '>', 0)
      .where('done_at', '<', now - KEEP_DONE_MS)
      .execute();
    const { numDeletedRows } = await db
      .deleteFrom('feed_events')
      .where('done_at', '=', 0)
      .where('created_at', '<', now - KEEP_WAITING_MS)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }
}

type EventRow = Pick<
  Selectable<JournalDatabase['feed_events']>,
  'place' | 'id' | 'kind' | 'call_id' | 'subject' | 'created_at' | 'attempts'
>;

function toEvents(rows: readonly EventRow[]): FeedEvent[] {
  return rows.flatMap(({ place, id, kind, call_id, subject, created_at, attempts }) =>
    isKind(kind) ? { place, id, kind, call: call_id, subject, createdAt: created_at, attempts } : [],
  );
}

function isKind(kind: string): kind is FeedKind {
  return FEED_KINDS.some((known) => known === kind);
}
