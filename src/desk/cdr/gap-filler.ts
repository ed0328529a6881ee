import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../calls/call.ts';
import type { JournalCall } from '../../journal/call.row.ts';
import type { Gap } from '../../journal/journal.store.ts';
import type { CdrSource } from './cdr-row.ts';
import { rebuildCalls, type RebuildOptions } from './rebuild-calls.ts';

export interface GapFillerOptions extends RebuildOptions {
  readonly source: CdrSource;
  /** What the journal has of a call. */
  readonly find: (id: string) => Promise<JournalCall | undefined>;
  readonly onCall: (call: Call) => void;
  /** @param calls that were found, and were not whole in the journal */
  readonly onFilled: (gap: Gap, calls: number) => void;
  readonly onProblem: (problem: unknown) => void;
  /** Until the last records are surely written, in ms. Default 3000. */
  readonly waitMs?: number;
}

const WAIT_MS = 3000;
/** Records have whole seconds. */
const ROUNDING_MS = 2000;

/** Fills gaps up with what Asterisk's call detail records know. */
export class GapFiller {
  readonly #options: GapFillerOptions;
  readonly #stopping = new AbortController();
  #busy: Promise<void> = Promise.resolve();

  constructor(options: GapFillerOptions) {
    this.#options = options;
  }

  /** A gap has ended. Comes back at once. */
  add(gap: Gap): void {
    this.#busy = this.#busy.then(() => this.#fill(gap));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#busy;
  }

  /** Never rejects. */
  async #fill(gap: Gap): Promise<void> {
    const { source, onCall, onFilled, onProblem, waitMs = WAIT_MS } = this.#options;
    try {
      await sleep(waitMs, undefined, { signal: this.#stopping.signal, ref: false });
      const rows = await source.rowsBetween(gap.from, gap.until);
      let calls = 0;
      for (const call of rebuildCalls(rows, this.#options)) {
        const endedAt = Date.parse(call.endedAt ?? '');
        if (endedAt < gap.from - ROUNDING_MS || endedAt > gap.until + ROUNDING_MS) continue;
        const missing = fillUp(await this.#options.find(call.id), call);
        if (missing === undefined) continue;
        onCall(missing);
        calls += 1;
      }
      onFilled(gap, calls);
    } catch (error) {
      if (!this.#stopping.signal.aborted) onProblem(error);
    }
  }
}

/** @returns what the journal should have; undefined when it has better */
function fillUp(known: JournalCall | undefined, rebuilt: Call): Call | undefined {
  if (known === undefined) return rebuilt;
  if (known.state !== 'ended' || known.completeness !== 'partial') return undefined;
  const { note: _note, ...call } = known;
  return {
    ...call,
    answeredAt: call.answeredAt ?? rebuilt.answeredAt,
    endedAt: rebuilt.endedAt,
    answeredBy: call.answeredBy ?? rebuilt.answeredBy,
    outcome: rebuilt.outcome,
    missed: rebuilt.missed,
    seconds: { ...call.seconds, talk: rebuilt.seconds.talk },
    talks: rebuilt.talks.length > 0 ? rebuilt.talks : call.talks,
    completeness: 'rebuilt',
  };
}
