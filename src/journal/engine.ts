/** What the journal's database is: MariaDB counts as MySQL. */
export type Engine = 'sqlite' | 'mysql';
