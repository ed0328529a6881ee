import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { CodedError } from '../util/errors.ts';
import { TooManyTriesError } from './errors.ts';

/** A password is too short or too long. */
export class PasswordError extends CodedError {
  readonly code = 'DESK_PASSWORD';
}

const MIN_LENGTH = 10;
/** Whoever sends more makes work. */
const MAX_LENGTH = 200;
export const PASSWORD_RULE = `a password takes ${MIN_LENGTH} to ${MAX_LENGTH} characters`;

/** Of scrypt: 128 MB and about half a second, as OWASP advises. */
export const LOG2_COST = 17;
const BLOCK_SIZE = 8;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Each takes 128 MB, and one of the four threads that also read files and names of hosts. */
const AT_A_TIME = 2;
/** With half a second each, that is a queue of 8 s. */
const MAX_WAITING = 32;
const RETRY_SECONDS = 10;

const scryptAsync = promisify<
  string,
  Buffer,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);

/** `scrypt$LOG2_COST$SALT$HASH` */
export const PASSWORD_HASH = /^scrypt\$(1[0-9])\$([\w-]{22})\$([\w-]{43})$/;

let busy = 0;
const waiting: (() => void)[] = [];

/** @param log2Cost less than the default only where nothing is at stake, as in a test @throws {PasswordError} it is too short or too long */
export async function hashPassword(password: string, log2Cost = LOG2_COST): Promise<string> {
  if (!isPassword(password)) throw new PasswordError(`${PASSWORD_RULE}.`);
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, log2Cost);
  return `scrypt$${log2Cost}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/**
 * Takes the same time whether there is such a user or not.
 *
 * @param stored null when there is no such user, or they have no password
 * @param log2Cost of a comparison with nothing; a stored hash says itself what it costs
 * @throws {TooManyTriesError} so many wait already that it would take too long
 */
export async function isPasswordOf(
  stored: string | null,
  password: string,
  log2Cost = LOG2_COST,
): Promise<boolean> {
  const [, cost = log2Cost, salt = '', hash = ''] = PASSWORD_HASH.exec(stored ?? '') ?? [];
  const derived = await derive(password.slice(0, MAX_LENGTH), Buffer.from(salt, 'base64url'), Number(cost));
  const expected = Buffer.from(hash, 'base64url');
  return expected.length === derived.length && timingSafeEqual(expected, derived) && isPassword(password);
}

export function isPassword(password: string): boolean {
  return password.length >= MIN_LENGTH && password.length <= MAX_LENGTH;
}

/** Easy to read out and to type: no letters that look like others; 84 bits. */
export function generatePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

async function derive(password: string, salt: Buffer, log2Cost: number): Promise<Buffer> {
  await enter();
  try {
    const N = 2 ** log2Cost;
    const limits = { N, r: BLOCK_SIZE, p: 1, maxmem: 2 * 128 * N * BLOCK_SIZE };
    return await scryptAsync(password.normalize('NFKC'), salt, HASH_BYTES, limits);
  } finally {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  }
}

async function enter(): Promise<void> {
  if (busy < AT_A_TIME) {
    busy += 1;
    return;
  }
  if (waiting.length >= MAX_WAITING) throw new TooManyTriesError(RETRY_SECONDS);
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
  });
}
