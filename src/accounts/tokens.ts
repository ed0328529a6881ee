import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { CodedError } from '../util/errors.ts';
import { ROLES, type Client, type Role } from './client.ts';
import { isName, NAME_RULE } from './name.ts';
import { StoredFile } from './stored-file.ts';

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

const TOKEN_BYTES = 32;

/** The tokens of programs. One works, or does not any more, from the next request on. */
export class Tokens {
  readonly #file: StoredFile<z.infer<typeof fileSchema>>;

  constructor(path: string) {
    this.#file = new StoredFile({
      path,
      key: 'desk.tokensFile',
      schema: fileSchema,
      empty: { tokens: [] },
      toError: (message, cause) => new TokensError(message, { cause }),
    });
  }

  /** @returns null when there is no such token. @throws {TokensError} the file cannot be used */
  find(token: string): Client | null {
    const hash = Buffer.from(sha256(token), 'hex');
    const found = this.#all().find((stored) => timingSafeEqual(Buffer.from(stored.sha256, 'hex'), hash));
    if (found === undefined) return null;
    return { kind: 'token', name: found.name, role: found.role, user: null, extensions: [] };
  }

  list(): Omit<StoredToken, 'sha256'>[] {
    return this.#all().map(({ name, role, createdAt }) => ({ name, role, createdAt }));
  }

  /**
   * @returns the token, which is shown this once
   * @throws {TokensError} the name is taken, or is none; the file cannot be written
   */
  add(name: string, role: Role): string {
    if (!isName(name)) throw new TokensError(`${JSON.stringify(name.slice(0, 60))} is no name: ${NAME_RULE}`);
    const tokens = this.#all();
    if (tokens.some((stored) => stored.name === name)) {
      throw new TokensError(
        `There is a token ${JSON.stringify(name)} already: remove it first, or choose another name.`,
      );
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const createdAt = new Date().toISOString();
    this.#file.write({ tokens: [...tokens, { name, role, sha256: sha256(token), createdAt }] });
    return token;
  }

  /** @throws {TokensError} there is none of that name; the file cannot be written */
  remove(name: string): void {
    const tokens = this.#all();
    const kept = tokens.filter((stored) => stored.name !== name);
    if (kept.length === tokens.length)
      throw new TokensError(`There is no token ${JSON.stringify(name.slice(0, 60))}.`);
    this.#file.write({ tokens: kept });
  }

  #all(): readonly StoredToken[] {
    return this.#file.read().tokens;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
