import { createHash } from 'node:crypto';
import { Point } from '@noble/ed25519';

const CURVE_ORDER = Point.CURVE().n;

/** What the server wants signed; a NUL may follow it. */
const SCRAMBLE_BYTES = 32;

/**
 * The answer of MariaDB's `client_ed25519`, the login of users IDENTIFIED VIA ed25519: the server's bytes, signed
 * with the password. It is Ed25519 with a secret key of any length, which Node's own does not take.
 *
 * @param scramble as the server sent it
 * @returns 64 bytes
 */
export function signEd25519(password: string, scramble: Uint8Array): Buffer {
  const message = scramble.subarray(0, SCRAMBLE_BYTES);
  const secret = sha512(Buffer.from(password, 'utf8'));
  const key = secret.subarray(0, 32);
  key[0] = (key[0] ?? 0) & 0b1111_1000;
  key[31] = ((key[31] ?? 0) & 0b0111_1111) | 0b0100_0000;
  const scalar = numberOf(key);
  const nonce = numberOf(sha512(secret.subarray(32), message));
  const commitment = Point.BASE.multiply(nonce).toBytes();
  const challenge = numberOf(sha512(commitment, Point.BASE.multiply(scalar).toBytes(), message));
  return Buffer.concat([commitment, bytesOf((nonce + challenge * scalar) % CURVE_ORDER)]);
}

function sha512(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Little endian, within the order of the curve. */
function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`) % CURVE_ORDER;
}

function bytesOf(number: bigint): Buffer {
  return Buffer.from(Buffer.from(number.toString(16).padStart(64, '0'), 'hex').toReversed());
}
