import { sql, type Kysely, type Migration } from 'kysely';
import type { Engine } from '../engine.ts';

/** What people answered after a call, and what the vendor's web reviews say beside it. */
export function survey(engine: Engine): Migration {
  const isMysql = engine === 'mysql';
  const end = isMysql ? sql`engine = innodb default charset = utf8mb4 collate = utf8mb4_bin` : sql`strict`;
  const text = (length: number) => (isMysql ? sql`varchar(${sql.lit(length)})` : sql`text`);
  const integer = isMysql ? sql`bigint` : sql`integer`;

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
      await createIndex(db, 'surveys', 'surveys_by_shipment', ['shipment']);
      await createIndex(db, 'survey_answers', 'survey_answers_by_call', ['call_id']);
      await createIndex(db, 'survey_answers', 'survey_answers_by_shipment', ['shipment']);
    },

    async down(db: Kysely<unknown>): Promise<void> {
      for (const table of ['survey_answers', 'surveys'])
        await db.schema.dropTable(table).ifExists().execute();
    },
  };

  async function createIndex(
    db: Kysely<unknown>,
    table: string,
    name: string,
    columns: string[],
  ): Promise<void> {
    if (isMysql) {
      const { rows } = await sql`show index from ${sql.table(table)} where key_name = ${name}`.execute(db);
      if (rows.length > 0) return;
    }
    const index = db.schema.createIndex(name).on(table).columns(columns);
    await (isMysql ? index : index.ifNotExists()).execute();
  }
}
