import type { Transaction } from 'kysely';
import type { Link } from '../calls/call.ts';
import { addKeys, removeKeys } from './call-keys.ts';
import { fromRow, keysOf, manualLinks } from './call.row.ts';
import type { Engine } from './engine.ts';
import type { JournalDatabase } from './tables.ts';

/** What people add to a call; what is left out stays as it is. */
export interface Annotation {
  readonly note?: string | null | undefined;
  /** The note that its writer saw: one that a colleague has written since is not overwritten. Left out, it is. */
  readonly noteBefore?: string | null | undefined;
  /** Makes the links by hand out of those that are there. */
  readonly links?: ((before: readonly Link[]) => readonly Link[]) | undefined;
}

/** `other_note`: a colleague has written one meanwhile. */
export type Annotated = 'done' | 'no_call' | 'other_note';

/** Writes all of it, or nothing unless it is `done`. */
export async function annotateCall(
  db: Transaction<JournalDatabase>,
  engine: Engine,
  id: string,
  { note, noteBefore, links }: Annotation,
): Promise<Annotated> {
  const row = await db
    .selectFrom('calls')
    .selectAll()
    .where('id', '=', id)
    // Two people may do so at once. SQLite has one writer.
    .$if(engine === 'mysql', (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) return 'no_call';
  if (noteBefore !== undefined && row.note !== noteBefore && row.note !== note) return 'other_note';
  if (note !== undefined) await db.updateTable('calls').set({ note }).where('seq', '=', row.seq).execute();
  if (links !== undefined) {
    const manual = links(manualLinks(row));
    const manual_links = manual.length === 0 ? null : JSON.stringify(manual);
    await db.updateTable('calls').set({ manual_links }).where('seq', '=', row.seq).execute();
    // With the old links, but not with what the call has by itself.
    await removeKeys(db, engine, [row]);
    const call = fromRow(row);
    await addKeys(db, engine, keysOf({ ...call, links: [...call.links, ...manual] }, row.seq));
  }
  return 'done';
}
