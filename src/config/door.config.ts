import { z } from 'zod';
import { isKnownCountry } from '../phone/number.ts';
import {
  addressList,
  digits,
  flag,
  host,
  hours,
  listOf,
  notEmpty,
  oneOf,
  text,
  wholeNumber,
} from './fields.ts';

const filePath = (what: string) => text(`must be the path of a file that holds ${what}`, notEmpty);

const prefix = digits('must be up to 15 digits, * # or +', (value) => /^[0-9*#+]{0,15}$/.test(value)).default(
  '',
);

const account = z
  .strictObject({
    username: text('must be a name of up to 40 letters, digits, . _ and -', (value) =>
      /^[\w.-]{1,40}$/.test(value),
    ),
    secretFile: filePath('the secret of this account').default('/etc/courier-agi/door-secret'),
    allow: addressList,
    may: oneOf('courierCalls', 'operatorCalls').default('courierCalls'),
    channel: text(
      'must be the channel as the other program has it, such as SIP/trunk or SIP/{NUMBER}@trunk',
      (value) => value.length <= 100 && /^[A-Za-z0-9]+\/[\w@.:/+-]*$/.test(value.replace('{NUMBER}', '0')),
    ).optional(),
    context: text('must be the name of a context', notEmpty).optional(),
    user: text('must be a user of the office, as in users.user', notEmpty).optional(),
  })
  .refine(({ may, user }) => may === 'operatorCalls' || user === undefined, {
    error: 'is for accounts with may: operatorCalls',
    path: ['user'],
  });

const TLS_FILES = 'must be a section with certFile and keyFile';

const doorKeys = z.strictObject({
  enabled: flag.default(false),
  host: host.default('0.0.0.0'),
  port: wholeNumber(0, 65_535).default(5039),
  tls: z
    .strictObject(
      { certFile: filePath('a certificate in PEM'), keyFile: filePath('its key in PEM') },
      { error: TLS_FILES },
    )
    .optional(),
  accounts: z
    .array(account, { error: 'must be a list of accounts' })
    .refine((all) => new Set(all.map(({ username }) => username)).size === all.length, {
      error: 'must give each account another username',
    })
    .default([]),
  officeNumbers: z
    .array(
      digits('must be an extension of 2 to 6 digits', (value) => /^\d{2,6}$/.test(value)),
      { error: 'must be a list of extensions, or [] for none' },
    )
    .default(['100']),
  courierPrefix: prefix,
  recipientPrefix: prefix,
  perCourierHour: wholeNumber(1, 10_000).default(60),
  perCourierAtOnce: wholeNumber(1, 100).default(2),
  perAccountHour: wholeNumber(1, 1_000_000).default(5000),
  hours: hours.default('07:00-23:00'),
  countries: listOf(
    text('must be a country of two capital letters such as RU', isKnownCountry),
    'countries that may be called',
  ).optional(),
  loginSeconds: wholeNumber(1, 300).default(10),
  maxConnections: wholeNumber(1, 10_000).default(1000),
  maxPerAddress: wholeNumber(1, 10_000).default(200),
});

/** The guarded AMI. */
export const doorSection = doorKeys.refine(({ enabled, accounts }) => !enabled || accounts.length > 0, {
  error: 'must have an account when the door is enabled',
  path: ['accounts'],
});
