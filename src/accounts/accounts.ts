import type { Client, Role } from './client.ts';
import { hashPassword, isPasswordOf, LOG2_COST } from './password.ts';
import { SignInLimits } from './sign-in-limits.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';
import type { StoredUser, Users } from './users.ts';

export interface StaffMember {
  /** `users.user` */
  readonly user: string;
  /** Extensions and numbers in `users.extPhone`, in its order. */
  readonly telephones: readonly string[];
}

/** Who sits where, from the courier database. */
export interface StaffDirectory {
  /** `users.user` of an extension or a number; null when it is nobody's. */
  readonly userOf: (extension: string) => string | null;
  /** A row of `users` by its `user`, whatever the case; null when there is none. */
  readonly find: (user: string) => StaffMember | null;
}

export interface AccountsOptions {
  readonly tokens: Tokens;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly staff: StaffDirectory;
  /** Of hashing a password, as a power of two; less than the default only in tests. Default: `LOG2_COST`. */
  readonly log2Cost?: number;
}

export interface SignedIn {
  /** For the cookie. */
  readonly session: string;
  readonly client: Client;
}

/** Tells who asks, and lets people sign in. */
export class Accounts {
  readonly tokens: Tokens;
  readonly users: Users;
  readonly #sessions: Sessions;
  readonly #staff: StaffDirectory;
  readonly #log2Cost: number;
  readonly #limits = new SignInLimits();

  constructor({ tokens, users, sessions, staff, log2Cost = LOG2_COST }: AccountsOptions) {
    this.tokens = tokens;
    this.users = users;
    this.#sessions = sessions;
    this.#staff = staff;
    this.#log2Cost = log2Cost;
  }

  /** @returns null when nobody has this token. @throws {TokensError} */
  findToken(token: string): Client | null {
    return this.tokens.find(token);
  }

  /** @returns null when there is no such session, or none any more. @throws {UsersError}, and what the journal says */
  async findSession(id: string): Promise<Client | null> {
    const session = await this.#sessions.find(id);
    if (session === null) return null;
    const user = this.users.find(session.name);
    if (session.role !== null) return this.#clientOf(session.name, session.role, user);
    if (user === undefined || user.generation !== session.generation) return null;
    return this.#clientOf(user.name, user.role, user);
  }

  /** Somebody whom a proxy or a provider has signed in. @returns null when we do not know them */
  findUser(name: string): Client | null {
    const user = this.users.find(name);
    return user === undefined ? null : this.#clientOf(user.name, user.role, user);
  }

  /**
   * Takes as long for a name that there is not.
   *
   * @returns null when name and password do not fit
   * @throws {TooManyTriesError | UsersError}, and what the journal says
   */
  async signIn(name: string, password: string, address: string): Promise<SignedIn | null> {
    await this.#limits.take(name, address);
    const user = this.users.find(name);
    const isRight = await isPasswordOf(user?.password ?? null, password, this.#log2Cost);
    if (user === undefined || !isRight) return null;
    await this.#limits.giveBack(name, address);
    return this.#begin(user.name, null, user);
  }

  /** For the file of users. @throws {PasswordError | TooManyTriesError} */
  hashPassword(password: string): Promise<string> {
    return hashPassword(password, this.#log2Cost);
  }

  /** Somebody whom the OpenID provider has signed in. @param role null when the file of users tells it */
  async admit(name: string, role: Role | null): Promise<SignedIn | null> {
    const user = this.users.find(name);
    return this.#begin(user?.name ?? name, role, user);
  }

  async signOut(session: string): Promise<void> {
    await this.#sessions.end(session);
  }

  /** Ends the sessions of a user. */
  async signOutEverywhere(name: string): Promise<void> {
    await this.#sessions.endAllOf(name);
  }

  async #begin(name: string, role: Role | null, user: StoredUser | undefined): Promise<SignedIn | null> {
    const itsRole = role ?? user?.role;
    if (itsRole === undefined) return null;
    const generation = role === null ? (user?.generation ?? null) : null;
    const session = await this.#sessions.create({ name, role, generation });
    return { session, client: this.#clientOf(name, itsRole, user) };
  }

  #clientOf(name: string, role: Role, stored: StoredUser | undefined): Client {
    const own = stored?.extensions ?? [];
    const member = this.#staff.find(stored?.login ?? name);
    const [first] = own;
    return {
      kind: 'session',
      name,
      role,
      user: member?.user ?? (first === undefined ? null : this.#staff.userOf(first)),
      extensions: own.length > 0 ? own : (member?.telephones ?? []),
    };
  }
}
