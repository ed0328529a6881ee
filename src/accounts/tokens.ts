import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fchownSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CodedError, systemCodeOf } from '../util/errors.ts';
import { ROLES, type Client, type Role } from './client.ts';

/** The file of tokens cannot be used, or a name is wrong. */
export class TokensError extends CodedError {
  readonly code = 'DESK_TOKENS';
}

const fileSchema = z.strictObject({
  tokens: z.array(
    z.strictObject({
      name: z.string(),
      role: z.enum(ROLES),
      /** Of the token; whoever reads the file cannot use it. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      createdAt: z.string(),
    }),
  ),
});
type StoredToken = z.infer<typeof fileSchema>['tokens'][number];

const NAME = /^[\p{L}\p{N}_.@ -]{1,60}$/u;
const TOKEN_BYTES = 32;

/**
 * The tokens of programs, in a file that the command line writes and the desk reads again when it has changed: so a
 * token works, or does not any more, from the next request on.
 */
export class Tokens {
  readonly #path: string;
  #read: { readonly version: string; readonly tokens: readonly StoredToken[] } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @returns null when there is no such token. @throws {TokensError} the file cannot be used */
  find(token: string): Client | null {
    const hash = Buffer.from(sha256(token), 'hex');
    const found = this.#all().find((stored) => timingSafeEqual(Buffer.from(stored.sha256, 'hex'), hash));
    if (found === undefined) return null;
    return { kind: 'token', name: found.name, role: found.role, user: null, extensions: [] };
  }

  list(): readonly Omit<StoredToken, 'sha256'>[] {
    return this.#all().map(({ name, role, createdAt }) => ({ name, role, createdAt }));
  }

  /**
   * @returns the token, which is shown this once
   * @throws {TokensError} the name is taken, or is none; the file cannot be written
   */
  add(name: string, role: Role): string {
    if (!NAME.test(name)) {
      throw new TokensError(
        `${JSON.stringify(name.slice(0, 60))} is no name: up to 60 letters, digits, blanks and _ . @ -`,
      );
    }
    const tokens = this.#all();
    if (tokens.some((stored) => stored.name === name)) {
      throw new TokensError(
        `There is a token ${JSON.stringify(name)} already: remove it first, or choose another name.`,
      );
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const createdAt = new Date().toISOString();
    this.#write([...tokens, { name, role, sha256: sha256(token), createdAt }]);
    return token;
  }

  /** @throws {TokensError} there is none of that name; the file cannot be written */
  remove(name: string): void {
    const tokens = this.#all();
    const kept = tokens.filter((stored) => stored.name !== name);
    if (kept.length === tokens.length)
      throw new TokensError(`There is no token ${JSON.stringify(name.slice(0, 60))}.`);
    this.#write(kept);
  }

  #all(): readonly StoredToken[] {
    let version: string;
    try {
      const { ino, mtimeMs } = statSync(this.#path);
      version = `${ino} ${mtimeMs}`;
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return [];
      throw this.#unusable(error);
    }
    if (this.#read?.version === version) return this.#read.tokens;
    try {
      const { tokens } = fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      this.#read = { version, tokens };
      return tokens;
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /** Beside the old one and then in its place, so that nobody ever reads a half of it. */
  #write(tokens: readonly StoredToken[]): void {
    const draft = `${this.#path}.${randomBytes(6).toString('hex')}.tmp`;
    let file: number | undefined;
    try {
      // The folder is the service's, and root may write here: never through a link that lies in the way.
      file = openSync(draft, 'wx', 0o640);
      writeFileSync(file, `${JSON.stringify({ tokens }, undefined, 2)}\n`);
      // Written by root, it must still be read by the service.
      const { uid, gid } = statSync(dirname(this.#path));
      if (process.getuid?.() === 0) fchownSync(file, uid, gid);
      renameSync(draft, this.#path);
    } catch (error) {
      throw this.#unusable(error);
    } finally {
      if (file !== undefined) closeSync(file);
    }
    this.#read = undefined;
  }

  #unusable(cause: unknown): TokensError {
    const why = systemCodeOf(cause) ?? 'it is not what desk token writes';
    return new TokensError(`desk.tokensFile ${this.#path} cannot be used: ${why}.`, { cause });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
