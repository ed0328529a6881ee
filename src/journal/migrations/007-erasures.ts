import type { Kysely, Migration } from 'kysely';
import type { Engine } from '../engine.ts';
import { schemaDialect } from './dialect.ts';

/** That somebody's data was erased, when and by whom; not whose. */
export function erasures(engine: Engine): Migration {
  const { end, integer, text } = schemaDialect(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('erasures')
        .ifNotExists()
        .addColumn('id', text(36), (column) => column.primaryKey())
        .addColumn('at', integer, (column) => column.notNull())
        .addColumn('erased_by', text(60), (column) => column.notNull())
        .addColumn('calls', integer, (column) => column.notNull())
        .addColumn('recordings', integer, (column) => column.notNull())
        .addColumn('rows_of_files', integer, (column) => column.notNull())
        .modifyEnd(end)
        .execute();
    },

    async down(db: Kysely<unknown>): Promise<void> {
      await db.schema.dropTable('erasures').ifExists().execute();
    },
  };
}
