import { sql, type Kysely, type Migration } from 'kysely';
import type { Engine } from '../engine.ts';

/** Who has signed in at the desk. */
export function sessions(engine: Engine): Migration {
  const isMysql = engine === 'mysql';
  const end = isMysql ? sql`engine = innodb default charset = utf8mb4 collate = utf8mb4_bin` : sql`strict`;
  const text = (length: number) => (isMysql ? sql`varchar(${sql.lit(length)})` : sql`text`);
  const integer = isMysql ? sql`bigint` : sql`integer`;

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
