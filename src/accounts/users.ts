import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { CodedError } from '../util/errors.ts';
import { ROLES } from './client.ts';
import { isName, NAME_RULE, nameKey } from './name.ts';
import { PASSWORD_HASH } from './password.ts';
import { StoredFile } from './stored-file.ts';

/** The file of users cannot be used, or a name or an extension is wrong. */
export class UsersError extends CodedError {
  readonly code = 'DESK_USERS';
}

const userSchema = z.strictObject({
  name: z.string(),
  role: z.enum(ROLES),
  /** Null for those who sign in elsewhere: OpenID Connect, or a proxy. */
  password: z.string().regex(PASSWORD_HASH).nullable(),
  /** Their telephones; without any those of `users.extPhone`. */
  extensions: z.array(z.string()),
  /** `users.user`, where it is another one than the name. */
  login: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /** Made anew with each password: sessions of another generation are none any more. */
  generation: z.string(),
});
export type StoredUser = z.infer<typeof userSchema>;

const fileSchema = z.strictObject({ users: z.array(userSchema) });

export type NewUser = Pick<StoredUser, 'name' | 'role' | 'password' | 'extensions' | 'login'>;

/** Who may sign in. */
export class Users {
  readonly #file: StoredFile<z.infer<typeof fileSchema>>;

  constructor(path: string) {
    this.#file = new StoredFile({
      path,
      key: 'desk.usersFile',
      schema: fileSchema,
      empty: { users: [] },
      toError: (message, cause) => new UsersError(message, { cause }),
    });
  }

  /** Capital and small letters are the same. @throws {UsersError} the file cannot be used */
  find(name: string): StoredUser | undefined {
    const wanted = nameKey(name);
    return this.list().find((user) => nameKey(user.name) === wanted);
  }

  list(): readonly StoredUser[] {
    return this.#file.read().users;
  }

  /** Whether somebody could be added. @throws {UsersError} the name is taken, or is none; an extension is none */
  check(user: Pick<NewUser, 'name'> & { readonly extensions: readonly string[] }): void {
    if (!isName(user.name))
      throw new UsersError(`${JSON.stringify(user.name.slice(0, 60))} is no name: ${NAME_RULE}`);
    checkExtensions(user.extensions);
    if (this.find(user.name) !== undefined)
      throw new UsersError(
        `There is a user ${JSON.stringify(user.name)} already: remove them first, or choose another name.`,
      );
  }

  /** @throws {UsersError} as `check` does; the file cannot be written */
  add(user: NewUser): void {
    this.check(user);
    const createdAt = new Date().toISOString();
    this.#file.write({ users: [...this.list(), { ...user, createdAt, generation: newGeneration() }] });
  }

  /**
   * What is given of role and telephones counts from their next request on.
   *
   * @throws {UsersError} there is no such user; an extension is none; the file cannot be written
   */
  change(name: string, changes: Partial<Pick<NewUser, 'role' | 'extensions' | 'login'>>): void {
    const { name: itsName } = this.get(name);
    checkExtensions(changes.extensions ?? []);
    const users = this.list().map((user) => (user.name === itsName ? { ...user, ...changes } : user));
    this.#file.write({ users });
  }

  /** Their sessions end. @throws {UsersError} there is no such user; the file cannot be written */
  setPassword(name: string, password: string): void {
    const { name: itsName } = this.get(name);
    const generation = newGeneration();
    const users = this.list().map((user) =>
      user.name === itsName ? { ...user, password, generation } : user,
    );
    this.#file.write({ users });
  }

  /** Their sessions end. @throws {UsersError} there is no such user; the file cannot be written */
  remove(name: string): void {
    const { name: itsName } = this.get(name);
    this.#file.write({ users: this.list().filter((user) => user.name !== itsName) });
  }

  /** @throws {UsersError} there is no such user */
  get(name: string): StoredUser {
    const user = this.find(name);
    if (user === undefined) throw new UsersError(`There is no user ${JSON.stringify(name.slice(0, 60))}.`);
    return user;
  }
}

function checkExtensions(extensions: readonly string[]): void {
  for (const extension of extensions) {
    if (!/^\d{2,15}$/.test(extension))
      throw new UsersError(`${JSON.stringify(extension.slice(0, 20))} is no extension: 2 to 15 digits.`);
  }
}

function newGeneration(): string {
  return randomBytes(8).toString('hex');
}
