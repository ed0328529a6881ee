import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../calls/call.ts';
import type { Gap } from '../../journal/journal.store.ts';
import type { CdrSource } from './cdr-row.ts';
import type { SpokenChannel } from '../../calls/spoken.ts';
import { rebuildCalls, spokenChannels, type RebuildOptions } from './rebuild-calls.ts';

export interface GapFillerOptions extends RebuildOptions {
  readonly source: CdrSource;
  /** The newest that is known of the call with this Linkedid. */
  readonly find: (linkedId: string) => Promise<Call | undefined>;
  readonly onCall: (call: Call) => void;
  /** The channels of such calls that a recording may belong to. */
  readonly onSpoken?: ((channels: readonly SpokenChannel[]) => void) | undefined;
  /** @param calls that were found, and were not whole in the journal */
  readonly onFilled: (gap: Gap, calls: number) => void;
  readonly onProblem: (problem: unknown) => void;
  /** Until the last records are surely written, in ms. Default 3000. */
  readonly waitMs?: number;
  /** After a failure, in ms: twice as long each time, up to 10 min. Default 5000. */
  readonly pauseMs?: number;
}

const WAIT_MS = 3000;
const PAUSE_MS = 5000;
const MAX_PAUSE_MS = 10 * 60_000;
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
    this.#busy = this.#busy.then(() => this.#fillInTheEnd(gap));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#busy;
  }

  /** Never rejects. Records and journal may be away for days: nothing but the end of this desk makes it give up. */
  async #fillInTheEnd(gap: Gap): Promise<void> {
    const { onProblem, waitMs = WAIT_MS } = this.#options;
    const { signal } = this.#stopping;
    const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
    let pauseMs = this.#options.pauseMs ?? PAUSE_MS;
    await pause(waitMs);
    while (!signal.aborted) {
      try {
        await this.#fill(gap);
        return;
      } catch (error) {
        if (!signal.aborted) onProblem(error);
      }
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
  }

  async #fill(gap: Gap): Promise<void> {
    const { source, find, onCall, onSpoken, onFilled } = this.#options;
    const rows = await source.rowsBetween(gap.from, gap.until);
    const missing: Call[] = [];
    for (const rebuilt of rebuildCalls(rows, this.#options)) {
      const endedAt = Date.parse(rebuilt.endedAt ?? '');
      if (endedAt < gap.from - ROUNDING_MS || endedAt > gap.until + ROUNDING_MS) continue;
      const [linkedId = ''] = rebuilt.linkedIds;
      const call = fillUp(await find(linkedId), rebuilt);
      if (call !== undefined) missing.push(call);
    }
    if (this.#stopping.signal.aborted) return;
    for (const call of missing) onCall(call);
    onSpoken?.(missing.flatMap(spokenChannels));
    onFilled(gap, missing.length);
  }
}

/** @returns what the journal should have; undefined when it has better */
function fillUp(known: Call | undefined, rebuilt: Call): Call | undefined {
  if (known === undefined) return rebuilt;
  // Every call has a Linkedid, until its persons are forgotten: they must not come back.
  if (known.linkedIds.length === 0) return undefined;
  if (known.state !== 'ended' || known.completeness !== 'partial') return undefined;
  return {
    ...known,
    answeredAt: known.answeredAt ?? rebuilt.answeredAt,
    endedAt: rebuilt.endedAt,
    answeredBy: known.answeredBy ?? rebuilt.answeredBy,
    outcome: rebuilt.outcome,
    missed: rebuilt.missed,
    seconds: { ...known.seconds, talk: rebuilt.seconds.talk },
    legs: known.legs.length > 0 ? known.legs : rebuilt.legs,
    talks: rebuilt.talks.length > 0 ? rebuilt.talks : known.talks,
    completeness: 'rebuilt',
  };
}
