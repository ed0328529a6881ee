import { isIP } from 'node:net';
import { z } from 'zod';

/* What the leaves of the configuration are made of. Each carries the sentence for a wrong value; see `problems.ts`. */

export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export function text(error: string, isAllowed: (value: string) => boolean) {
  return z.string({ error }).refine(isAllowed, { error });
}

/** Digits that nobody need put in quotes: YAML reads `7916` as a number. */
export function digits(error: string, isAllowed: (value: string) => boolean) {
  return z.preprocess(
    (value) => (typeof value === 'number' || typeof value === 'bigint' ? String(value) : value),
    text(error, isAllowed),
  );
}

export function oneOf<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z.enum(values, { error: `must be one of: ${values.join(', ')}` });
}

export function listOf<Item extends z.ZodType>(item: Item, what: string) {
  const error = `must be a list of ${what}, with one entry or more`;
  return z.array(item, { error }).min(1, { error });
}

export const notEmpty = (value: string) => value.trim() !== '';

function isAddressRange(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

export const flag = z.boolean({ error: 'must be true or false' });

export const host = text('must be an address or a host name to listen on', notEmpty);

export const addressList = listOf(
  text('must be an address or a CIDR range such as 10.0.0.0/8', isAddressRange),
  'addresses or CIDR ranges',
);

/** `07:00-23:00`; `00:00-24:00` is always. A night may go over midnight: `20:00-06:00`. */
export const hours = text('must be two times such as 08:00-22:00', (value) =>
  /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(value),
);
