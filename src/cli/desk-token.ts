import type { Role } from '../accounts/client.ts';
import { Tokens } from '../accounts/tokens.ts';
import type { LoadedConfig } from '../config/load.ts';
import { EXIT } from './exit.ts';

/** Makes a token and shows it, this once. @throws {TokensError} */
export function addToken({ config }: LoadedConfig, name: string, role: Role, json: boolean): number {
  const token = new Tokens(config.desk.tokensFile).add(name, role);
  process.stdout.write(json ? `${JSON.stringify({ name, token })}\n` : `${token}\n`);
  return EXIT.good;
}

export function listTokens({ config }: LoadedConfig, json: boolean): number {
  const tokens = new Tokens(config.desk.tokensFile).list();
  if (json) process.stdout.write(`${JSON.stringify(tokens)}\n`);
  else
    for (const { name, role, createdAt } of tokens) process.stdout.write(`${createdAt}  ${role}  ${name}\n`);
  return EXIT.good;
}

/** @throws {TokensError} there is none of that name */
export function removeToken({ config }: LoadedConfig, name: string): number {
  new Tokens(config.desk.tokensFile).remove(name);
  return EXIT.good;
}
