import type { Call } from '../calls/call.ts';
import { CodedError } from '../util/errors.ts';
import { CALL_REFUSAL_CODES, CallRefusedError } from './refusals.ts';
import type { AskedBy } from './request.ts';

export interface Counted {
  readonly by: AskedBy;
  /** Of a call that was made, what became of it (`request.result`); of one that was not, the code of the refusal. */
  readonly what: string;
  readonly count: number;
}

/** How many calls were made and refused since the start, for metrics. */
export class CallingCounters {
  readonly #made = new Map<string, Counted>();
  readonly #refused = new Map<string, Counted>();

  get made(): Iterable<Counted> {
    return this.#made.values();
  }

  get refused(): Iterable<Counted> {
    return this.#refused.values();
  }

  addEnded(by: AskedBy, { request }: Call): void {
    add(this.#made, by, request?.result?.code ?? 'unknown');
  }

  addRefused(by: AskedBy, error: unknown): void {
    add(this.#refused, by, reasonOf(error));
  }
}

/** What `reasonOf` can say. */
export const REFUSED_FOR: readonly string[] = [
  ...CALL_REFUSAL_CODES,
  'database_away',
  'journal_away',
  'internal',
];

function reasonOf(error: unknown): string {
  if (error instanceof CallRefusedError) return error.code;
  const code = error instanceof CodedError ? error.code : '';
  if (code.startsWith('DIRECTORY_')) return 'database_away';
  return code.startsWith('JOURNAL_') ? 'journal_away' : 'internal';
}

function add(counts: Map<string, Counted>, by: AskedBy, what: string): void {
  const key = `${by} ${what}`;
  counts.set(key, { by, what, count: (counts.get(key)?.count ?? 0) + 1 });
}
