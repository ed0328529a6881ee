import type { Kysely, Migration } from 'kysely';
import type { Engine } from '../engine.ts';
import { schemaDialect } from './dialect.ts';

/** What calls were asked for, so that the same key is the same call after a restart as well. */
export function requests(engine: Engine): Migration {
  const { end, integer, text, longText } = schemaDialect(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('requests')
        .ifNotExists()
        .addColumn('id', text(60), (column) => column.primaryKey())
        .addColumn('call_id', text(190), (column) => column.notNull())
        .addColumn('requester', text(100), (column) => column.notNull())
        .addColumn('request_key', text(100))
        .addColumn('asked_by', text(10), (column) => column.notNull())
        .addColumn('user_name', text(100))
        .addColumn('links', longText, (column) => column.notNull())
        .addColumn('created_at', integer, (column) => column.notNull())
        .addColumn('cancelled_at', integer)
        .addColumn('state', text(10), (column) => column.notNull())
        .addUniqueConstraint('requests_key', ['requester', 'request_key'])
        .modifyEnd(end)
        .execute();
    },

    async down(db: Kysely<unknown>): Promise<void> {
      await db.schema.dropTable('requests').ifExists().execute();
    },
  };
}
