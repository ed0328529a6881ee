import type { Kysely, Migration } from 'kysely';
import type { Engine } from '../engine.ts';
import { schemaDialect } from './dialect.ts';

/** Sessions of the people who are signed in at the desk. */
export function sessions(engine: Engine): Migration {
  const { end, integer, text } = schemaDialect(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('sessions')
        .ifNotExists()
        .addColumn('sha256', text(64), (column) => column.primaryKey())
        .addColumn('user_name', text(60), (column) => column.notNull())
        .addColumn('role', text(20))
        .addColumn('generation', text(20))
        .addColumn('created_at', integer, (column) => column.notNull())
        .addColumn('seen_at', integer, (column) => column.notNull())
        .modifyEnd(end)
        .execute();
    },

    async down(db: Kysely<unknown>): Promise<void> {
      await db.schema.dropTable('sessions').ifExists().execute();
    },
  };
}
