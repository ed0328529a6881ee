/** What the journal's database is: MariaDB counts as MySQL. */
export type Engine = 'sqlite' | 'mysql';

/** Its clock in ms since 1970, as an expression of SQL. Signed: what it is compared with may be ahead of it. */
export const CLOCK: Readonly<Record<Engine, string>> = {
  sqlite: "cast(unixepoch('subsec') * 1000 as integer)",
  mysql: 'cast(unix_timestamp(now(3)) * 1000 as signed)',
};
