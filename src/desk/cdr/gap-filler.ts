import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../calls/call.ts';
import type { Gap } from '../../journal/journal.store.ts';
import type { CdrSource } from '../../cdr/cdr-row.ts';
import type { SpokenChannel } from '../../calls/spoken.ts';
import { fillUp } from './fill-up.ts';
import { rebuildCalls, type RebuildOptions } from './rebuild-calls.ts';
import { spokenChannels } from './spoken-channels.ts';
import { hasNameless } from '../../cdr/nameless-rows.ts';
import { messageOf } from '../../util/errors.ts';

export interface GapFillerOptions extends RebuildOptions {
  readonly source: CdrSource;
  /** The newest that is known of the call with this Linkedid. */
  readonly find: (linkedId: string) => Promise<Call | undefined>;
  readonly onCall: (call: Call) => void;
  /** The channels of such calls that a recording may belong to. */
  readonly onSpoken?: ((channels: readonly SpokenChannel[]) => void) | undefined;
  /** @param calls that were found, and were not whole in the journal */
  readonly onFilled: (gap: Gap, calls: number) => void;
  /** Once for each reason, until no gap waits for it any more. */
  readonly onProblem: (problem: unknown) => void;
  /** Until the last records are surely written, in ms. Default 3000. */
  readonly waitMs?: number;
  /** After a failure, in ms: twice as long each time, up to 10 min. Default 5000. */
  readonly pauseMs?: number;
}

const WAIT_MS = 3000;
const PAUSE_MS = 5000;
const MAX_PAUSE_MS = 10 * 60_000;
/** Gaps are in our time, and records in Asterisk's. What is looked at too much is known to the journal already. */
const CLOCKS_MS = 60_000;

/** Fills gaps up with what Asterisk's call detail records know. */
export class GapFiller {
  readonly #options: GapFillerOptions;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** Why gaps are not filled yet. */
  readonly #reasons = new Map<Gap, string>();
  /** One reads at a time. One that waits for its next try holds up no other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: GapFillerOptions) {
    this.#options = options;
  }

  /** A gap has ended. Comes back at once. */
  add(gap: Gap): void {
    const running = this.#fillInTheEnd(gap).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  /** Never rejects. Records and journal may be away for days: nothing but the end of this desk makes it give up. */
  async #fillInTheEnd(gap: Gap): Promise<void> {
    const { waitMs = WAIT_MS } = this.#options;
    const { signal } = this.#stopping;
    const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
    let pauseMs = this.#options.pauseMs ?? PAUSE_MS;
    await pause(waitMs);
    while (!signal.aborted) {
      if (await this.#tryInTurn(gap)) return;
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
  }

  /** @returns whether it is filled. Never rejects */
  #tryInTurn(gap: Gap): Promise<boolean> {
    const filled = this.#turn.then(() => this.#try(gap));
    this.#turn = filled.then(() => undefined);
    return filled;
  }

  async #try(gap: Gap): Promise<boolean> {
    const { signal } = this.#stopping;
    try {
      if (!signal.aborted) await this.#fill(gap);
      this.#reasons.delete(gap);
      return true;
    } catch (error) {
      if (!signal.aborted) this.#tell(gap, error);
      return false;
    }
  }

  /** It may be tried for days, and there may be many gaps: a reason that is told already is not told again. */
  #tell(gap: Gap, problem: unknown): void {
    const reason = messageOf(problem);
    const isTold = [...this.#reasons.values()].includes(reason);
    this.#reasons.set(gap, reason);
    if (!isTold) this.#options.onProblem(problem);
  }

  /** @throws {CdrError} the records cannot be read, or not all of them told apart: the gap is not filled */
  async #fill(gap: Gap): Promise<void> {
    const { source, onCall, onSpoken, onFilled } = this.#options;
    const [from, until] = [gap.from - CLOCKS_MS, gap.until + CLOCKS_MS];
    const rows = await source.rowsBetween(from, until);
    const missing = await this.#missing(rebuildCalls(rows, this.#options), from, until);
    if (this.#stopping.signal.aborted) return;
    for (const call of missing) onCall(call);
    onSpoken?.(missing.flatMap(spokenChannels));
    // Those that are known are in the journal, but there were more.
    if (hasNameless(rows, from, until)) throw source.withoutIds();
    onFilled(gap, missing.length);
  }

  /** @returns calls that ended in a time, as the journal should have them: each once, however many Linkedids it has */
  async #missing(rebuilt: readonly Call[], from: number, until: number): Promise<Call[]> {
    const missing = new Map<string, Call | undefined>();
    for (const call of rebuilt) {
      const endedAt = Date.parse(call.endedAt ?? '');
      if (endedAt < from || endedAt > until) continue;
      const [linkedId = ''] = call.linkedIds;
      const known = await this.#options.find(linkedId);
      if (known === undefined) missing.set(call.id, call);
      else if (!missing.has(known.id)) missing.set(known.id, fillUp(known, partsOf(known, call, rebuilt)));
    }
    return [...missing.values()].filter((call) => call !== undefined);
  }
}

/** What records tell of a call under each of its Linkedids. @param found one of it */
function partsOf({ linkedIds }: Call, found: Call, rebuilt: readonly Call[]): Call[] {
  return rebuilt.filter((call) => call === found || call.linkedIds.some((id) => linkedIds.includes(id)));
}
