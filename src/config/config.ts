import { isIP } from 'node:net';
import { z } from 'zod';
import { CALLER_KINDS } from '../directory/match.ts';

const int = (min: number, max: number) => z.int().min(min).max(max);

const columnName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be a column name');

/** An address or a CIDR range, `10.0.0.0/8` or `::1`. */
const addressRange = z.string().refine((text) => {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}, 'must be an address or a CIDR range, such as 10.0.0.0/8');

/**
 * A dial string with at most one placeholder. What Asterisk's Dial() would read as a second destination
 * (`&`), as an option (`,`) or as an expression (`$`) is refused here, so that no template can do more
 * than name one device.
 */
const dialTemplate = (placeholder: 'NUMBER' | 'EXTENSION') =>
  z.string().refine((text) => {
    const rest = text.replace(`{${placeholder}}`, '');
    return /^[A-Za-z0-9]+(\/[A-Za-z0-9@._:/+-]*)?$/.test(rest);
  }, `must be a dial string such as PJSIP/{${placeholder}}, with letters, digits and @ . _ : / + - only`);

const prefixDigits = z.string().regex(/^\d{1,15}$/, 'must be digits, such as 7916');

const listen = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: int(0, 65535).default(4573),
  allow: z.array(addressRange).min(1).default(['127.0.0.1', '::1']),
  maxCalls: int(1, 100_000).default(1000),
});

const database = z.strictObject({
  url: z
    .string()
    .regex(/^(demo:$|mysql:\/\/)/, 'must begin with mysql:// or be demo:')
    .optional(),
  passwordFile: z.string().min(1).optional(),
  poolSize: int(1, 500).default(10),
  contactPersonClientColumn: columnName.default('client'),
  inHandStates: z.array(int(-32768, 32767)).min(1).default([1]),
});

const numbers = z.strictObject({
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters, such as RU')
    .default('RU'),
});

const routing = z.strictObject({
  deadlineMs: int(100, 60_000).default(1500),
  priority: z
    .array(z.enum(CALLER_KINDS))
    .min(1)
    .refine((kinds) => new Set(kinds).size === kinds.length, 'must name each kind at most once')
    .default(['courier', 'recipient', 'contact', 'client']),
  courierPhones: z
    .array(z.enum(['phonem', 'phonek']))
    .min(1)
    .default(['phonem', 'phonek']),
  recipientWithoutCourier: z.enum(['operators', 'manager']).default('operators'),
  managerRing: z.enum(['all', 'first', 'inTurn']).default('all'),
  maxAttempts: int(1, 20).default(5),
  ringSeconds: int(1, 300).default(20),
});

const trunk = z.strictObject({
  prefix: z.array(prefixDigits).min(1).optional(),
  dial: dialTemplate('NUMBER'),
});

const dial = z.strictObject({
  extension: dialTemplate('EXTENSION').default('PJSIP/{EXTENSION}'),
  trunks: z
    .array(trunk)
    .min(1)
    .refine(
      (all) => all.at(-1)?.prefix === undefined,
      'must end with a trunk without prefix: the one for every other number',
    )
    .refine(
      (all) => all.slice(0, -1).every((one) => one.prefix !== undefined),
      'may have one trunk without prefix only, the last: those after it would never be used',
    )
    .default([{ dial: 'PJSIP/{NUMBER}@trunk' }]),
  numberFormat: z.enum(['digits', 'plus', 'national']).default('digits'),
  courierPrefix: z
    .string()
    .regex(/^[0-9*#+]{0,15}$/, 'must be digits, * # or +')
    .default(''),
});

/** The configuration file. Every section and every key may be left out. */
export const configSchema = z.strictObject({
  listen: listen.prefault({}),
  database: database.prefault({}),
  numbers: numbers.prefault({}),
  routing: routing.prefault({}),
  dial: dial.prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type RoutingConfig = Config['routing'];
export type DialConfig = Config['dial'];
