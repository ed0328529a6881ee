import type { StaffMember } from '../accounts/accounts.ts';
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

/** Of the people and their telephones. */
interface Book {
  /** `users.user` by extension or number. */
  readonly byTelephone: ReadonlyMap<string, string>;
  /** By `users.user` in small letters: the vendor's database does not tell them from capital ones. */
  readonly byUser: ReadonlyMap<string, StaffMember>;
}

/** Who sits at which extension. It is read anew every minute; while it cannot be read the last one serves. */
export class Staff {
  readonly #options: StaffOptions;
  #book: Book = { byTelephone: new Map(), byUser: new Map() };
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
    return this.#book.byTelephone.get(extension) ?? null;
  }

  /** A row of `users` by its `user`, whatever the case; null when there is none. */
  find(user: string): StaffMember | null {
    return this.#book.byUser.get(user.toLowerCase()) ?? null;
  }

  /** Everybody, in the order of their names. */
  all(): readonly StaffMember[] {
    return [...this.#book.byUser.values()];
  }

  async #refresh(): Promise<void> {
    try {
      this.#book = readBook(await this.#options.read(), this.#options.numbers);
    } catch (error) {
      this.#options.onProblem(error);
    }
  }
}

function readBook(rows: readonly StaffRow[], numbers: NumberHabits): Book {
  const parse = createFieldParser(numbers.country, numbers);
  const byTelephone = new Map<string, string>();
  const byUser = new Map<string, StaffMember>();
  for (const { user, extPhone } of rows.toSorted((a, b) => (a.user < b.user ? -1 : 1))) {
    const telephones = parse(extPhone).entries.map((entry) =>
      entry.kind === 'extension' ? entry.extension : entry.digits,
    );
    byUser.set(user.toLowerCase(), { user, telephones });
    for (const telephone of telephones) if (!byTelephone.has(telephone)) byTelephone.set(telephone, user);
  }
  return { byTelephone, byUser };
}
