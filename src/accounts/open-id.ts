import * as openId from 'openid-client';
import { CodedError, messageOf } from '../util/errors.ts';
import { ROLES, type Role } from './client.ts';
import { isName } from './name.ts';
import { OpenIdLimit } from './sign-in-limits.ts';

/** The provider is away, or what it or the browser says cannot be believed. */
export class OpenIdError extends CodedError {
  readonly code = 'DESK_OPEN_ID';
  /** Whether the next try may succeed by itself. */
  readonly isAway: boolean;

  constructor(message: string, { isAway, cause }: { isAway: boolean; cause?: unknown }) {
    super(message, { cause });
    this.isAway = isAway;
  }
}

export interface OpenIdOptions {
  /** Such as `https://login.example/realms/office`. Plain http only on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a client without a secret: the sign-in is bound to the browser by PKCE all the same. */
  readonly clientSecret: string | undefined;
  /** Where the provider sends the browser back to. */
  readonly redirectUri: string;
  /** The claim that is the name of the user. */
  readonly nameClaim: string;
  /** The claim that holds roles or groups; `realm_access.roles` is one within another. Undefined: the users file tells. */
  readonly roleClaim: string | undefined;
  /** What the claim calls each role. */
  readonly roles: Readonly<Record<Role, string>>;
  /** Default `Date.now`. */
  readonly now?: () => number;
}

export interface OpenIdUser {
  readonly name: string;
  /** Null where the provider does not tell it: then the file of users does. */
  readonly role: Role | null;
}

/** A sign-in that has begun, until the browser comes back. */
interface Pending {
  readonly address: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly startedAt: number;
}

/** For a person at the provider's page, in ms. */
export const PENDING_MS = 10 * 60_000;
/** Of hundreds of addresses that are at their limit. */
const MAX_PENDING = 10_000;
/** For each question to the provider, in s. */
const TIMEOUT_S = 5;

/** Signs people in at an OpenID provider: code flow with PKCE, state and nonce. */
export class OpenIdSignIn {
  readonly #options: OpenIdOptions;
  /** Undefined until the provider has told about itself. */
  #provider: Promise<openId.Configuration> | undefined;
  readonly #pending = new Map<string, Pending>();
  readonly #limit = new OpenIdLimit();

  constructor(options: OpenIdOptions) {
    this.#options = options;
  }

  /**
   * @param address whoever begins without an end must not push out what others have begun
   * @returns where to send the browser, and what it must bring back
   * @throws {OpenIdError} the provider is away
   * @throws {TooManyTriesError} too many of this address have begun and not come back
   */
  async begin(address: string): Promise<{ readonly url: string; readonly state: string }> {
    await this.#limit.take(address);
    const provider = await this.#known().catch(async (error: unknown) => {
      // Nothing is remembered of it.
      await this.#limit.giveBack(address);
      throw error;
    });
    const [state, nonce, codeVerifier] = [
      openId.randomState(),
      openId.randomNonce(),
      openId.randomPKCECodeVerifier(),
    ];
    const url = openId.buildAuthorizationUrl(provider, {
      redirect_uri: this.#options.redirectUri,
      scope: 'openid profile email',
      state,
      nonce,
      code_challenge: await openId.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    this.#remember(state, { address, nonce, codeVerifier, startedAt: this.#now() });
    return { url: url.href, state };
  }

  /**
   * The browser is back.
   *
   * @param query of the address that it came to
   * @param state what this browser was given
   * @throws {OpenIdError} it is another browser, another sign-in, too late, or the provider has refused
   */
  async finish(query: string, state: string | undefined): Promise<OpenIdUser> {
    const pending = state === undefined ? undefined : this.#pending.get(state);
    if (state === undefined || pending === undefined || this.#now() - pending.startedAt > PENDING_MS)
      throw new OpenIdError('There is no sign-in of this browser that has begun.', { isAway: false });
    // Once only.
    this.#pending.delete(state);
    const provider = await this.#known();
    try {
      const address = new URL(this.#options.redirectUri);
      address.search = query;
      const tokens = await openId.authorizationCodeGrant(provider, address, {
        expectedState: state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      const hasMore = provider.serverMetadata().userinfo_endpoint !== undefined && claims !== undefined;
      const more = hasMore ? await openId.fetchUserInfo(provider, tokens.access_token, claims.sub) : {};
      await this.#limit.giveBack(pending.address);
      return this.#toUser({ ...claims, ...more });
    } catch (error) {
      if (error instanceof OpenIdError) throw error;
      throw new OpenIdError(`The OpenID provider's answer cannot be used: ${messageOf(error)}`, {
        isAway: false,
        cause: error,
      });
    }
  }

  #toUser(claims: Readonly<Record<string, unknown>>): OpenIdUser {
    const { nameClaim, roleClaim, roles } = this.#options;
    const name = claims[nameClaim];
    if (typeof name !== 'string' || !isName(name))
      throw new OpenIdError(`The claim ${nameClaim} holds no name: see desk.openId.nameClaim.`, {
        isAway: false,
      });
    const told = roleClaim === undefined ? undefined : claimAt(claims, roleClaim);
    const held: readonly unknown[] = Array.isArray(told) ? told : [told];
    // Of several the highest.
    return { name, role: ROLES.findLast((role) => held.includes(roles[role])) ?? null };
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #remember(state: string, pending: Pending): void {
    for (const [old, { startedAt }] of this.#pending) {
      if (pending.startedAt - startedAt > PENDING_MS || this.#pending.size >= MAX_PENDING)
        this.#pending.delete(old);
    }
    this.#pending.set(state, pending);
  }

  /** Asked again by the next who signs in, until it has told. */
  async #known(): Promise<openId.Configuration> {
    this.#provider ??= this.#discover();
    try {
      return await this.#provider;
    } catch (error) {
      this.#provider = undefined;
      throw new OpenIdError(`The OpenID provider ${this.#options.issuer} is away: ${messageOf(error)}`, {
        isAway: true,
        cause: error,
      });
    }
  }

  #discover(): Promise<openId.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const isPlain = new URL(issuer).protocol === 'http:';
    return openId.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === undefined ? openId.None() : openId.ClientSecretPost(clientSecret),
      { timeout: TIMEOUT_S, ...(isPlain && { execute: [openId.allowInsecureRequests] }) },
    );
  }
}

/** `realm_access.roles`, unless a claim is called so as it stands. */
function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (path in claims) return claims[path];
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (Object(value) === value ? Reflect.get(Object(value), key) : undefined),
      claims,
    );
}
