import { open } from 'node:fs/promises';
import { openSqlite } from '../../../src/journal/sqlite/engine.ts';

export const SPOILT = 'spoilt';

/** Overwrites, as a bad disk does, every second page of a journal's file that holds calls, and nothing else of it. */
export async function spoilCalls(path: string): Promise<void> {
  const database = openSqlite(path);
  const statement = database.prepare(
    "select pgoffset, pgsize from dbstat where name = 'calls' and pagetype = 'leaf' order by path",
  );
  const pages: { pgoffset: number; pgsize: number }[] = statement.all();
  statement[Symbol.dispose]?.();
  database.close();
  const file = await open(path, 'r+');
  for (const [index, { pgoffset, pgsize }] of pages.entries())
    if (index % 2 === 1) await file.write(Buffer.alloc(pgsize, SPOILT), 0, pgsize, pgoffset);
  await file.close();
}
