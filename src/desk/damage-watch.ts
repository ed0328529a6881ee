import { setTimeout as sleep } from 'node:timers/promises';

export interface DamageWatchOptions {
  /** Looks the whole journal through. @returns what is wrong; null when nothing is */
  readonly find: () => Promise<string | null>;
  /** Once for each damage. */
  readonly onDamage: (damage: string) => void;
  /** It could not be looked at. */
  readonly onProblem: (problem: unknown) => void;
  /** From the start to the first look, in ms. Default a minute: those who wait for calls come first. */
  readonly firstMs?: number;
  /** Default a day. */
  readonly everyMs?: number;
  /** Between two looks at least, in ms: an error may be met a hundred times a second. Default a minute. */
  readonly restMs?: number;
}

const MINUTE_MS = 60_000;

/**
 * Looks for damage of the journal's file, each day and as soon as somebody has met some. SQLite itself notices it only
 * where it reads, and the calls of last year are read by nobody.
 */
export class DamageWatch {
  readonly #options: Required<DamageWatchOptions>;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #hurry = new AbortController();
  #damage: string | undefined;

  constructor(options: DamageWatchOptions) {
    this.#options = { firstMs: MINUTE_MS, everyMs: 24 * 60 * MINUTE_MS, restMs: MINUTE_MS, ...options };
  }

  /** What was found; undefined when nothing was, or nobody has looked yet. */
  get damage(): string | undefined {
    return this.#damage;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#hurry.abort();
    await this.#running;
  }

  /** Somebody has met damage: a look comes soon. */
  suspect(): void {
    this.#hurry.abort();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { firstMs, everyMs, restMs } = this.#options;
    await this.#wait(firstMs);
    while (!this.#stopping.signal.aborted) {
      this.#hurry = new AbortController();
      await this.#look();
      await this.#rest(restMs);
      await this.#wait(everyMs);
    }
  }

  async #look(): Promise<void> {
    const { find, onDamage, onProblem } = this.#options;
    try {
      const damage = (await find()) ?? undefined;
      if (damage !== undefined && damage !== this.#damage) onDamage(damage);
      this.#damage = damage;
    } catch (error) {
      onProblem(error);
    }
  }

  /** Until it is time, or somebody suspects something. */
  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#hurry.signal, ref: false }).catch(() => undefined);
  }

  async #rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }
}
