import type { Kysely, Migration } from 'kysely';
import type { Engine } from '../engine.ts';
import { schemaDialect } from './dialect.ts';

/** What people answered after a call, and what the vendor's web reviews say beside it. */
export function survey(engine: Engine): Migration {
  const { end, integer, text, createIndex } = schemaDialect(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('surveys')
        .ifNotExists()
        .addColumn('call_id', text(190), (column) => column.primaryKey())
        .addColumn('shipment', integer)
        .addColumn('asked_at', integer, (column) => column.notNull())
        .modifyEnd(end)
        .execute();
      await db.schema
        .createTable('survey_answers')
        .ifNotExists()
        .addColumn('place', integer, (column) => column.primaryKey().autoIncrement())
        .addColumn('id', text(190), (column) => column.notNull().unique())
        .addColumn('call_id', text(190))
        .addColumn('question', text(20), (column) => column.notNull())
        .addColumn('value', integer)
        .addColumn('comment', text(2000))
        .addColumn('at', integer, (column) => column.notNull())
        .addColumn('shipment', integer)
        .addColumn('order', integer)
        .addColumn('courier', integer)
        .addColumn('operator', text(60))
        .modifyEnd(end)
        .execute();
      await createIndex(db, { name: 'surveys_by_shipment', table: 'surveys', columns: ['shipment'] });
      await createIndex(db, {
        name: 'survey_answers_by_call',
        table: 'survey_answers',
        columns: ['call_id'],
      });
      await createIndex(db, {
        name: 'survey_answers_by_shipment',
        table: 'survey_answers',
        columns: ['shipment'],
      });
    },

    async down(db: Kysely<unknown>): Promise<void> {
      for (const table of ['survey_answers', 'surveys'])
        await db.schema.dropTable(table).ifExists().execute();
    },
  };
}
