import type { Logger } from 'pino';

/** The least time between two lines of the same kind, in ms. */
const PAUSE_MS = 1000;
/** Kinds that are remembered: a flood comes from few addresses, and one from many must not fill the memory. */
const MAX_KINDS = 100;

interface Kind {
  loggedAt: number;
  /** Not logged yet. */
  count: number;
}

/** Logs calls that were turned away: the first one at once, then at most a line a second with their number. */
export class RateLimitedLog {
  readonly #logger: Logger;
  readonly #kinds = new Map<string, Kind>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param message of a fixed set; with `fields` it names the kind */
  add(message: string, fields: Readonly<Record<string, string>> = {}, now = performance.now()): void {
    const key = [message, ...Object.values(fields)].join(' ');
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
      kind = { loggedAt: -Infinity, count: 0 };
      this.#kinds.set(key, kind);
    }
    kind.count += 1;
    if (now - kind.loggedAt < PAUSE_MS) return;
    this.#logger.warn({ ...fields, count: kind.count }, message);
    kind.loggedAt = now;
    kind.count = 0;
  }
}
