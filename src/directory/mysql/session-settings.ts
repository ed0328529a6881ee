/**
 * What each new connection is told, whatever the server's own settings are. A server or proxy that refuses one is
 * used without it: they are precautions.
 *
 * MariaDB alone runs what stands in an M! comment, and ignores the other; with MySQL it is the other way round.
 */
export const READ_ONLY = 'SET SESSION TRANSACTION READ ONLY';

const AUTOCOMMIT =
  // Off, the first look-up would begin a transaction, and the later ones see the data of that moment for ever.
  'SET SESSION autocommit = 1';

const FURTHER: readonly string[] = [
  // Others change what a quote, a backslash or || means.
  ", sql_mode = ''",
  // Limits that would cut off rows, or refuse a join for what it might read.
  ', sql_select_limit = 18446744073709551615',
  ', sql_big_selects = 1',
  // Joins go along indexes, row by row: with a join buffer a page of the snapshot would read and sort whole
  // tables where one of them is nearly empty.
  '/*M!100101 , join_cache_level = 0 */',
  "/*!50708 , optimizer_switch = 'block_nested_loop=off' */",
];

/** All assignments in one statement, for one round trip. */
export const ASSIGNMENTS = [AUTOCOMMIT, ...FURTHER].join(' ');

/** The same one by one, for a server that refuses some. */
export const SINGLE_ASSIGNMENTS: readonly string[] = [
  AUTOCOMMIT,
  ...FURTHER.map((setting) => `${AUTOCOMMIT} ${setting}`),
];

/** Limits are set in steps of that, in ms, so that they need not be set for each statement anew. */
const LIMIT_STEP_MS = 500;

/** When the server is to end a statement for which somebody waits so long: not before, and not much later. In ms. */
export function limitFor(budgetMs: number): number {
  return Math.ceil(budgetMs / LIMIT_STEP_MS) * LIMIT_STEP_MS;
}

/** Whether a limit that is set already does for this budget. */
export function limitFits(limitMs: number, budgetMs: number): boolean {
  return limitMs >= budgetMs && limitMs <= budgetMs + LIMIT_STEP_MS;
}

/**
 * Prepared statements of a connection: far more than there are. By itself mysql2 reserves room for 16,000 on each, half
 * a megabyte, and it closes one that finds none.
 */
export const MOST_STATEMENTS = 1000;

/** The name of what `limitStatement` sets, whatever the figures. */
export const LIMITS = 'SET SESSION lock_wait_timeout, max_statement_time or max_execution_time';

/** max_execution_time is there since MySQL 5.7.8. */
export function limitStatement(limitMs: number): string {
  return (
    `SET SESSION lock_wait_timeout = ${Math.ceil(limitMs / 1000)} ` +
    `/*M!100101 , max_statement_time = ${limitMs / 1000} */ /*!50708 , max_execution_time = ${limitMs} */`
  );
}
