import { sql, type Kysely, type Migration } from 'kysely';
import type { Engine } from '../engine.ts';

/** That somebody's data was erased, when and by whom; not whose. */
export function erasures(engine: Engine): Migration {
  const isMysql = engine === 'mysql';
  const end = isMysql ? sql`engine = innodb default charset = utf8mb4 collate = utf8mb4_bin` : sql`strict`;
  const text = (length: number) => (isMysql ? sql`varchar(${sql.lit(length)})` : sql`text`);
  const integer = isMysql ? sql`bigint` : sql`integer`;

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
