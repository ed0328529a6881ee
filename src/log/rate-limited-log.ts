import type { Logger } from 'pino';

/** The least time between two lines of one kind, in ms. */
const PAUSE_MS = 1000;
/** Different details, such as addresses, that a line shows of those it stands for. */
const SHOWN = 3;
/** And that are counted: a flood may come from any number of addresses. */
const COUNTED = 1000;

type Level = 'warn' | 'error';

/** What has happened since the last line of its kind. */
interface Kind {
  readonly message: string;
  readonly level: Level;
  /** Of the detail, such as `address`. */
  readonly name: string;
  readonly details: Set<string>;
  readonly timer: NodeJS.Timeout;
  count: number;
}

/**
 * Logs what may happen thousands of times a second, such as calls that are turned away: the first one at once,
 * those of the next second together when it is over, and so on.
 */
export class RateLimitedLog {
  readonly #logger: Logger;
  /** By message: there are no more than the program has. */
  readonly #kinds = new Map<string, Kind>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * @param message names the kind: a text of the program's, never of whoever is turned away
   * @param detail what differs within the kind, under one name: `{ address: '192.0.2.1' }`
   */
  add(message: string, detail: Readonly<Record<string, string>> = {}, level: Level = 'warn'): void {
    const kind = this.#kinds.get(message);
    if (kind === undefined) {
      this.#logger[level]({ ...detail, count: 1 }, message);
      this.#begin(message, Object.keys(detail)[0] ?? '', level);
      return;
    }
    kind.count += 1;
    const value = detail[kind.name];
    if (value !== undefined && kind.details.size <= COUNTED) kind.details.add(value);
  }

  /** Logs now what is not told yet. */
  flush(): void {
    for (const kind of this.#kinds.values()) this.#end(kind);
  }

  #begin(message: string, name: string, level: Level): void {
    const timer = setTimeout(() => {
      this.#end(kind);
      // It goes on: the next line comes a second after this one.
      if (kind.count > 0) this.#begin(message, name, level);
    }, PAUSE_MS).unref();
    const kind: Kind = { message, level, name, details: new Set(), timer, count: 0 };
    this.#kinds.set(message, kind);
  }

  #end({ message, level, name, details, timer, count }: Kind): void {
    clearTimeout(timer);
    this.#kinds.delete(message);
    if (count > 0) this.#logger[level]({ ...describe(name, [...details]), count }, message);
  }
}

function describe(name: string, details: readonly string[]): object {
  if (details.length <= 1) return details.length === 0 ? {} : { [name]: details[0] };
  const others = details.length > COUNTED ? `more than ${COUNTED}` : details.length - SHOWN;
  return { [name]: details.slice(0, SHOWN), ...(details.length > SHOWN && { others }) };
}
