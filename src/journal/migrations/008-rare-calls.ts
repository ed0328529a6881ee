import type { Kysely, Migration } from 'kysely';
import type { Engine } from '../engine.ts';
import { schemaDialect } from './dialect.ts';

/**
 * SQLite finds what there is little of by indexes of that alone: outcomes other than `answered`, and missed calls that wait to
 * be called back, in the journal's order. MySQL has no indexes of a part of a table, and keeps those it has.
 *
 * From here on calls are written in format 2 of `call.document.ts`, which older versions cannot read.
 */
export function rareCalls(engine: Engine): Migration {
  const { isMysql, createIndex } = schemaDialect(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      if (isMysql) return;
      await db.schema.dropIndex('calls_by_outcome').ifExists().execute();
      await createIndex(db, {
        name: 'calls_by_outcome',
        table: 'calls',
        columns: ['outcome'],
        where: "outcome <> 'answered'",
      });
      // All of them have ended: the column is there for the planner, which takes an index by what it is asked for.
      await createIndex(db, {
        name: 'calls_waiting',
        table: 'calls',
        columns: ['state'],
        where: 'open_missed is not null',
      });
    },

    async down(db: Kysely<unknown>): Promise<void> {
      if (isMysql) return;
      for (const index of ['calls_waiting', 'calls_by_outcome'])
        await db.schema.dropIndex(index).ifExists().execute();
      await createIndex(db, { name: 'calls_by_outcome', table: 'calls', columns: ['outcome'] });
    },
  };
}
