import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyTriesError } from './errors.ts';
import { nameKey } from './name.ts';

/** Tries within a time, in s. Those that succeed do not count. */
export const LIMITS = {
  /** Of one name from one address: a person mistypes. */
  pair: { points: 5, duration: 60 },
  /** Of one name, from wherever: 1200 a day find no password of ten characters. */
  name: { points: 50, duration: 3600 },
  /** Of one address: a whole office may be behind it. */
  address: { points: 100, duration: 600 },
  /** Sign-ins at the OpenID provider that one address has begun: what is begun is remembered. */
  openId: { points: 50, duration: 600 },
} as const;

type Key = readonly [limiter: RateLimiterMemory, key: string];

/** Slows down whoever tries passwords. */
export class SignInLimits {
  readonly #pair = new RateLimiterMemory(LIMITS.pair);
  readonly #name = new RateLimiterMemory(LIMITS.name);
  readonly #address = new RateLimiterMemory(LIMITS.address);

  /** Counts a try before it is made: many at the same time are many. @throws {TooManyTriesError} */
  async take(name: string, address: string): Promise<void> {
    const taken: Key[] = [];
    for (const one of this.#keys(name, address)) {
      try {
        await consume(...one);
      } catch (refusal) {
        // No password was tried: who asks again and again for one name locks out nobody else of the same office.
        for (const [limiter, key] of taken) await limiter.reward(key);
        throw refusal;
      }
      taken.push(one);
    }
  }

  /** The try has succeeded. */
  async giveBack(name: string, address: string): Promise<void> {
    for (const [limiter, key] of this.#keys(name, address)) await limiter.reward(key);
  }

  /** That of the address first: it bounds how many names are remembered. */
  #keys(name: string, address: string): Key[] {
    const lower = nameKey(name).slice(0, 60);
    return [
      [this.#address, address],
      [this.#pair, `${address} ${lower}`],
      [this.#name, lower],
    ];
  }
}

/** Slows down whoever begins to sign in at a provider, and does not come back from there. */
export class OpenIdLimit {
  readonly #address = new RateLimiterMemory(LIMITS.openId);

  /** @throws {TooManyTriesError} */
  async take(address: string): Promise<void> {
    await consume(this.#address, address);
  }

  /** They have come back, or nothing was begun. */
  async giveBack(address: string): Promise<void> {
    await this.#address.reward(address);
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new TooManyTriesError(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
  }
}
