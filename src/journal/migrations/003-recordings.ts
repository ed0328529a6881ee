import type { Kysely, Migration } from 'kysely';
import type { Engine } from '../engine.ts';
import { schemaDialect } from './dialect.ts';

/** Recordings of the talks, the channels that they may belong to, and who has listened. */
export function recordings(engine: Engine): Migration {
  const { end, integer, text, longText, createIndex } = schemaDialect(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('call_channels')
        .ifNotExists()
        .addColumn('asterisk', text(40), (column) => column.notNull())
        .addColumn('channel', text(190), (column) => column.notNull())
        .addColumn('call_id', text(190), (column) => column.notNull())
        .addColumn('extension', text(40))
        .addColumn('number', text(40))
        .addColumn('started_at', integer, (column) => column.notNull())
        .addColumn('ended_at', integer)
        .addColumn('from_at', integer, (column) => column.notNull())
        .addColumn('until_at', integer)
        .addColumn('pieces', longText)
        .addColumn('looks', integer, (column) => column.notNull())
        .addColumn('is_open', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('call_channels_key', ['asterisk', 'channel'])
        .modifyEnd(end)
        .execute();
      await db.schema
        .createTable('recordings')
        .ifNotExists()
        .addColumn('id', text(40), (column) => column.primaryKey())
        .addColumn('call_id', text(190), (column) => column.notNull())
        .addColumn('asterisk', text(40), (column) => column.notNull())
        .addColumn('channel', text(190), (column) => column.notNull())
        .addColumn('stem', text(255), (column) => column.notNull())
        .addColumn('from_at', integer, (column) => column.notNull())
        .addColumn('until_at', integer, (column) => column.notNull())
        .addColumn('state', text(10), (column) => column.notNull())
        .addColumn('path', text(1000))
        .addColumn('format', text(10))
        .addColumn('bytes', integer)
        .addColumn('sound_ms', integer)
        .addColumn('sha256', text(64))
        .addColumn('attempts', integer, (column) => column.notNull())
        .addColumn('next_try_at', integer)
        .addColumn('problem', text(500))
        .addUniqueConstraint('recordings_file', ['asterisk', 'channel', 'stem'])
        .modifyEnd(end)
        .execute();
      await db.schema
        .createTable('listenings')
        .ifNotExists()
        .addColumn('id', text(40), (column) => column.primaryKey())
        .addColumn('at', integer, (column) => column.notNull())
        .addColumn('recording_id', text(40), (column) => column.notNull())
        .addColumn('call_id', text(190), (column) => column.notNull())
        .addColumn('kind', text(10), (column) => column.notNull())
        .addColumn('name', text(100), (column) => column.notNull())
        .addColumn('role', text(20), (column) => column.notNull())
        .addColumn('address', text(45), (column) => column.notNull())
        .modifyEnd(end)
        .execute();
      await createIndex(db, {
        name: 'call_channels_open',
        table: 'call_channels',
        columns: ['is_open', 'started_at'],
      });
      await createIndex(db, { name: 'call_channels_call', table: 'call_channels', columns: ['call_id'] });
      await createIndex(db, { name: 'recordings_call', table: 'recordings', columns: ['call_id'] });
      await createIndex(db, {
        name: 'recordings_due',
        table: 'recordings',
        columns: ['state', 'next_try_at'],
      });
      await createIndex(db, { name: 'recordings_age', table: 'recordings', columns: ['until_at'] });
      await createIndex(db, { name: 'listenings_at', table: 'listenings', columns: ['at'] });
      await createIndex(db, { name: 'listenings_call', table: 'listenings', columns: ['call_id'] });
    },

    async down(db: Kysely<unknown>): Promise<void> {
      for (const table of ['listenings', 'recordings', 'call_channels'])
        await db.schema.dropTable(table).ifExists().execute();
    },
  };
}
