import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ReadAction } from '../ami/action-reader.ts';
import { AllowList } from '../net/allow-list.ts';
import type { DoorAccount } from './options.ts';

export type LoginResult =
  | { readonly account: DoorAccount }
  /** `wasProven`: the secret was right, but it is not for this address. */
  | { readonly account: null; readonly wasProven: boolean };

/** Who the accounts are. An unknown name takes as long as a wrong secret. */
export class Credentials {
  readonly #accounts: ReadonlyMap<string, { readonly account: DoorAccount; readonly allowed: AllowList }>;
  readonly #anyone: AllowList;
  /** Stands in for the secret of whom there is not. */
  readonly #nobody = randomBytes(32).toString('hex');

  constructor(accounts: readonly DoorAccount[]) {
    this.#accounts = new Map(
      accounts.map((account) => [account.username, { account, allowed: new AllowList(account.allow) }]),
    );
    this.#anyone = new AllowList(accounts.flatMap(({ allow }) => allow));
  }

  /** Whether any account may be used from there. */
  mayConnect(address: string): boolean {
    return this.#anyone.has(address);
  }

  /** @param challenge what this connection was given */
  check(login: ReadAction, challenge: string, address: string): LoginResult {
    const known = this.#accounts.get(login.get('Username'));
    const secret = known?.account.secret ?? this.#nobody;
    const isMd5 = login.get('AuthType').toUpperCase() === 'MD5';
    const isProven = isMd5
      ? isSame(
          login.get('Key').toLowerCase(),
          createHash('md5')
            .update(challenge + secret)
            .digest('hex'),
        )
      : isSame(login.get('Secret'), secret);
    if (known === undefined || !isProven || secret === '') return { account: null, wasProven: false };
    return known.allowed.has(address) ? { account: known.account } : { account: null, wasProven: true };
  }
}

/** In a time that does not depend on where they differ. */
function isSame(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return x !== undefined && y !== undefined && timingSafeEqual(x, y);
}
