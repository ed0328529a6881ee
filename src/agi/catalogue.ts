/**
 * The one module that imports ding-dong, and all that is taken from it: its catalogue of AGI commands,
 * which is sound.
 *
 * Its Context is not used. It cuts the environment at the second colon, takes bytes after the blank line
 * for variables and half a line for a whole one, leaves the promise of a command pending after a 5xx, a
 * hangup or a close, escapes nothing, has no limit of size or time, and lets an RST or a handler that
 * throws end the process. Framing, queue, escaping, limits and the end of a session are therefore ours:
 * line-reader.ts, reply.ts, command.ts, session.ts.
 */
import commands, { type AgiCommandName, type CatalogueEntry } from 'ding-dong/lib/command.js';

export type { AgiCommandName, CatalogueEntry };

/** Every AGI command by its name: the words that Asterisk knows it by, and its most arguments. */
export const CATALOGUE: ReadonlyMap<string, CatalogueEntry> = new Map(
  commands.map((entry) => [entry.name, entry]),
);
