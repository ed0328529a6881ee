import { sql, type Kysely, type Migration } from 'kysely';
import type { Engine } from '../engine.ts';
import { schemaDialect } from './dialect.ts';

/** MySQL does not take a change of the schema back: each step tolerates being repeated. */
export function calls(engine: Engine): Migration {
  const { isMysql, end, integer, text, longText, blob, createIndex } = schemaDialect(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('calls')
        .ifNotExists()
        .addColumn('seq', integer, (column) => column.primaryKey())
        .addColumn('id', text(190), (column) => column.notNull().unique())
        .addColumn('asterisk', text(40), (column) => column.notNull())
        .addColumn('direction', text(10), (column) => column.notNull())
        .addColumn('state', text(10), (column) => column.notNull())
        .addColumn('started_at', integer, (column) => column.notNull())
        .addColumn('answered_at', integer)
        .addColumn('ended_at', integer)
        .addColumn('outcome', text(20))
        .addColumn('missed', integer, (column) => column.notNull())
        .addColumn('from_number', text(40))
        .addColumn('to_number', text(40))
        .addColumn('answered_by', text(40))
        .addColumn('wait_ms', integer, (column) => column.notNull())
        .addColumn('ring_ms', integer, (column) => column.notNull())
        .addColumn('talk_ms', integer, (column) => column.notNull())
        .addColumn('hold_ms', integer, (column) => column.notNull())
        .addColumn('completeness', text(10), (column) => column.notNull())
        .addColumn('open_missed', text(40))
        .addColumn('called_back_at', integer)
        .addColumn('note', text(2000))
        .addColumn('manual_links', longText)
        .addColumn('detail', blob)
        .modifyEnd(end)
        .execute();
      await db.schema
        .createTable('call_keys')
        .ifNotExists()
        .addColumn('kind', text(10), (column) => column.notNull())
        .addColumn('value', text(100), (column) => column.notNull())
        .addColumn('seq', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('call_keys_key', ['kind', 'value', 'seq'])
        .modifyEnd(isMysql ? end : sql`strict, without rowid`)
        .execute();
      await db.schema
        .createTable('gaps')
        .ifNotExists()
        .addColumn('asterisk', text(40), (column) => column.notNull())
        .addColumn('from_at', integer, (column) => column.notNull())
        .addColumn('until_at', integer, (column) => column.notNull())
        .addColumn('reason', text(500), (column) => column.notNull())
        .addPrimaryKeyConstraint('gaps_key', ['asterisk', 'from_at'])
        .modifyEnd(end)
        .execute();
      await db.schema
        .createTable('leases')
        .ifNotExists()
        .addColumn('name', text(60), (column) => column.primaryKey())
        .addColumn('holder', text(60), (column) => column.notNull())
        .addColumn('renewed_at', integer, (column) => column.notNull())
        .modifyEnd(end)
        .execute();
      // Both engines keep the primary key, `seq`, in every index: so each one is in the journal's order as well.
      await createIndex(db, {
        name: 'calls_by_state',
        table: 'calls',
        columns: ['state'],
        where: "state <> 'ended'",
      });
      await createIndex(db, { name: 'calls_by_outcome', table: 'calls', columns: ['outcome'] });
      await createIndex(db, { name: 'calls_by_direction', table: 'calls', columns: ['direction'] });
      await createIndex(db, {
        name: 'calls_missed',
        table: 'calls',
        columns: ['missed'],
        where: 'missed = 1',
      });
      await createIndex(db, {
        name: 'calls_open',
        table: 'calls',
        columns: ['open_missed'],
        where: 'open_missed is not null',
      });
    },

    async down(db: Kysely<unknown>): Promise<void> {
      for (const table of ['leases', 'gaps', 'call_keys', 'calls'])
        await db.schema.dropTable(table).ifExists().execute();
    },
  };
}
