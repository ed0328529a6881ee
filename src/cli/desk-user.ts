import type { Role } from '../accounts/client.ts';
import { generatePassword, hashPassword, PasswordError } from '../accounts/password.ts';
import { Users } from '../accounts/users.ts';
import type { LoadedConfig } from '../config/load.ts';
import { askInSecret } from './ask-in-secret.ts';
import { EXIT } from './exit.ts';

export interface PasswordChoice {
  /** Makes one up, instead of asking for it. */
  readonly generate: boolean;
  readonly json: boolean;
}

/** @throws {UsersError | PasswordError} */
export async function addUser(
  { config }: LoadedConfig,
  user: { name: string; role: Role; extensions: readonly string[]; login: string | null },
  choice: PasswordChoice & { readonly password: boolean },
): Promise<number> {
  const users = new Users(config.desk.usersFile);
  // Before anybody thinks of a password.
  users.check(user);
  const chosen = choice.password ? await choosePassword(choice) : null;
  const password = chosen === null ? null : await hashPassword(chosen.password);
  users.add({ ...user, extensions: [...user.extensions], password });
  tell(user.name, chosen, choice);
  return EXIT.good;
}

/** @throws {UsersError} */
export function changeUser(
  { config }: LoadedConfig,
  name: string,
  { role, extensions, login }: { role?: Role; extensions?: readonly string[]; login?: string },
): number {
  new Users(config.desk.usersFile).change(name, {
    ...(role !== undefined && { role }),
    ...(extensions !== undefined && { extensions: [...extensions] }),
    ...(login !== undefined && { login }),
  });
  return EXIT.good;
}

/** @throws {UsersError | PasswordError} */
export async function changePassword(
  { config }: LoadedConfig,
  name: string,
  choice: PasswordChoice,
): Promise<number> {
  const users = new Users(config.desk.usersFile);
  const user = users.get(name);
  const chosen = await choosePassword(choice);
  users.setPassword(user.name, await hashPassword(chosen.password));
  tell(user.name, chosen, choice);
  return EXIT.good;
}

export function listUsers({ config }: LoadedConfig, json: boolean): number {
  const users = new Users(config.desk.usersFile)
    .list()
    .map(({ name, role, login, extensions, createdAt, password }) => ({
      name,
      role,
      login,
      extensions,
      createdAt,
      hasPassword: password !== null,
    }));
  if (json) process.stdout.write(`${JSON.stringify(users)}\n`);
  else
    for (const { name, role, extensions, createdAt } of users)
      process.stdout.write(`${[createdAt, role, name, ...extensions].join('  ')}\n`);
  return EXIT.good;
}

/** @throws {UsersError} there is none of that name */
export function removeUser({ config }: LoadedConfig, name: string): number {
  new Users(config.desk.usersFile).remove(name);
  return EXIT.good;
}

interface ChosenPassword {
  readonly password: string;
  readonly isMadeUp: boolean;
}

/** Asks a person for it; makes one up where there is none to ask. */
async function choosePassword({ generate, json }: PasswordChoice): Promise<ChosenPassword> {
  if (generate || json || !process.stdin.isTTY) return { password: generatePassword(), isMadeUp: true };
  const password = await askInSecret('Password: ');
  if ((await askInSecret('Again: ')) !== password) throw new PasswordError('These are two passwords.');
  return { password, isMadeUp: false };
}

function tell(name: string, chosen: ChosenPassword | null, { json }: PasswordChoice): void {
  const password = chosen?.isMadeUp === true ? chosen.password : null;
  if (json) process.stdout.write(`${JSON.stringify({ name, password })}\n`);
  else if (password !== null) process.stdout.write(`${password}\n`);
}
