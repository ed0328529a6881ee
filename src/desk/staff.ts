import { createFieldParser } from '../phone/field.ts';
import type { NumberHabits } from '../phone/reading.ts';

/** A row of `users`. */
export interface StaffRow {
  /** `users.user` */
  readonly user: string;
  /** `users.extPhone` as it stands there. */
  readonly extPhone: string;
}

export interface StaffOptions {
  /** Reads all of them. */
  readonly read: () => Promise<readonly StaffRow[]>;
  /** `numbers` of the configuration. */
  readonly numbers: NumberHabits;
  readonly onProblem: (problem: unknown) => void;
  /** Default 60,000. */
  readonly refreshMs?: number;
}

const REFRESH_MS = 60_000;

/** Who sits at which extension. It is read anew every minute; while it cannot be read the last one serves. */
export class Staff {
  readonly #options: StaffOptions;
  #users: ReadonlyMap<string, string> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StaffOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async start(): Promise<void> {
    await this.#refresh();
    this.#timer = setInterval(() => void this.#refresh(), this.#options.refreshMs ?? REFRESH_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** `users.user` of an extension or a number; null when it is nobody's. Of several people the first by name. */
  userOf(extension: string): string | null {
    return this.#users.get(extension) ?? null;
  }

  async #refresh(): Promise<void> {
    try {
      this.#users = byExtension(await this.#options.read(), this.#options.numbers);
    } catch (error) {
      this.#options.onProblem(error);
    }
  }
}

function byExtension(rows: readonly StaffRow[], numbers: NumberHabits): ReadonlyMap<string, string> {
  const parse = createFieldParser(numbers.country, numbers);
  const users = new Map<string, string>();
  for (const { user, extPhone } of rows.toSorted((a, b) => (a.user < b.user ? -1 : 1))) {
    for (const entry of parse(extPhone).entries) {
      const key = entry.kind === 'extension' ? entry.extension : entry.digits;
      if (!users.has(key)) users.set(key, user);
    }
  }
  return users;
}
