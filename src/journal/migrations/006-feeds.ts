import type { Kysely, Migration } from 'kysely';
import type { Engine } from '../engine.ts';
import { schemaDialect } from './dialect.ts';

/** The outbox of the feeds. It holds no persons: what is sent is read from the call when it leaves. */
export function feeds(engine: Engine): Migration {
  const { end, integer, text, createIndex } = schemaDialect(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('feed_events')
        .ifNotExists()
        .addColumn('place', integer, (column) => column.primaryKey().autoIncrement())
        .addColumn('id', text(36), (column) => column.notNull())
        .addColumn('feed', text(100), (column) => column.notNull())
        .addColumn('kind', text(20), (column) => column.notNull())
        .addColumn('call_id', text(190), (column) => column.notNull())
        .addColumn('subject', text(190), (column) => column.notNull())
        .addColumn('created_at', integer, (column) => column.notNull())
        .addColumn('attempts', integer, (column) => column.notNull())
        .addColumn('next_try_at', integer, (column) => column.notNull())
        // 0 while it waits: MySQL's indexes order by it, and do not by null.
        .addColumn('done_at', integer, (column) => column.notNull())
        .addUniqueConstraint('feed_events_once', ['feed', 'kind', 'subject'])
        .modifyEnd(end)
        .execute();
      await createIndex(db, {
        name: 'feed_events_waiting',
        table: 'feed_events',
        columns: ['feed', 'done_at', 'place'],
      });
      await createIndex(db, {
        name: 'feed_events_of_call',
        table: 'feed_events',
        columns: ['call_id', 'feed', 'done_at', 'place'],
      });
    },

    async down(db: Kysely<unknown>): Promise<void> {
      await db.schema.dropTable('feed_events').ifExists().execute();
    },
  };
}
