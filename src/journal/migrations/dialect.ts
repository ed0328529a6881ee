import { sql, type Kysely } from 'kysely';
import type { Engine } from '../engine.ts';

/** What the steps write differently on the two engines. Steps that a journal has taken never change: nor may this. */
export function schemaDialect(engine: Engine) {
  const isMysql = engine === 'mysql';
  return {
    isMysql,
    /** Closes a table. */
    end: isMysql ? sql`engine = innodb default charset = utf8mb4 collate = utf8mb4_bin` : sql`strict`,
    integer: isMysql ? sql`bigint` : sql`integer`,
    text: (length: number) => (isMysql ? sql`varchar(${sql.lit(length)})` : sql`text`),
    /** Of any length. */
    longText: isMysql ? sql`mediumtext` : sql`text`,
    blob: isMysql ? sql`mediumblob` : sql`blob`,

    /**
     * Makes an index that is not there yet. MySQL cannot say "if not exists" of one.
     *
     * @param where SQLite indexes a part of a table; MySQL does not, and gets the whole
     */
    createIndex: async (
      db: Kysely<unknown>,
      { name, table, columns, where }: IndexOptions,
    ): Promise<void> => {
      const index = db.schema
        .createIndex(name)
        .on(table)
        .columns([...columns]);
      if (isMysql) {
        const { rows } = await sql`show index from ${sql.table(table)} where key_name = ${name}`.execute(db);
        if (rows.length === 0) await index.execute();
        return;
      }
      const once = index.ifNotExists();
      await (where === undefined ? once : once.where(sql<boolean>`${sql.raw(where)}`)).execute();
    },
  };
}

interface IndexOptions {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly where?: string;
}
