export const CONTENDER_KEYS = ['a', 'b', 's', 'c', 'd', 'e', 't'] as const;
export type ContenderKey = (typeof CONTENDER_KEYS)[number];

/** A server that is measured, as a process of its own. */
export interface Contender {
  readonly key: ContenderKey;
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to its first accepted connection, in ms. */
  readonly startMs: number;
  /** It makes a process for each call: more than a few calls at once would only measure swapping. */
  readonly forks: boolean;
  /** Its answers are this server's own, and are held against what is expected. */
  readonly decides: boolean;
  /** Of the tenth of the data. */
  readonly small: boolean;
}

/** What the contenders that are scripts of their own are told, in their environment. */
export interface ContenderEnvironment {
  readonly BENCH_PORT: string;
  readonly BENCH_DATABASE_URL: string;
  /** The statement that this server sends, for the bare limit. */
  readonly BENCH_STATEMENT: string;
}
