import { z } from 'zod';
import { CALLER_KINDS } from '../directory/match.ts';
import { faultOfAreaCode } from '../phone/area-code.ts';
import { isKnownCountry } from '../phone/number.ts';
import { deviceOf, templatesOf, type Trunk } from '../routing/dialer.ts';
import { deskSections } from './desk.config.ts';
import { sharedPorts } from './ports.ts';
import { addressList, digits, flag, host, listOf, notEmpty, oneOf, text, wholeNumber } from './fields.ts';

/*
 * The configuration file: every key, its default and what is allowed. Each leaf carries the sentence that
 * a person reads when the value is wrong; load.ts puts the key and the value received before it.
 */

/**
 * A dial string with at most one placeholder. What Asterisk's Dial() would read as a second destination
 * (`&`), an option (`,`) or an expression (`$`) is refused, so that a template names one device only.
 */
function dialTemplate(placeholder: 'NUMBER' | 'EXTENSION') {
  const error = `must be a dial string of at most 100 characters such as PJSIP/{${placeholder}}: letters, digits and @ . _ : / + -, the placeholder at most once`;
  return text(error, (value) => {
    const device = value.replace(`{${placeholder}}`, '0');
    return value.length <= 100 && /^[A-Za-z0-9]+\/[A-Za-z0-9@._:/+-]+$/.test(device);
  });
}

const listen = z.strictObject({
  host: host.default('127.0.0.1'),
  port: wholeNumber(0, 65_535).default(4573),
  allow: addressList.default(['127.0.0.1', '::1']),
  maxCalls: wholeNumber(1, 100_000).default(1000),
});

/** Of `database.url`, wherever it comes from. */
export const ALLOWED_URLS = 'must be demo: or begin with mysql:// or mariadb://';

const database = z.strictObject({
  url: text(ALLOWED_URLS, (value) => /^(demo:$|(mysql|mariadb):\/\/.)/.test(value)).optional(),
  passwordFile: text('must be the path of a file that holds the password', notEmpty).optional(),
  poolSize: wholeNumber(1, 500).default(10),
  contactPersonClientColumn: text('must be the name of a column of fio', (value) =>
    /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(value),
  ).default('client'),
  inHandStates: listOf(wholeNumber(-32_768, 32_767), 'givn.State values').default([1]),
});

const snapshot = z
  .strictObject({
    enabled: flag.default(true),
    file: text('must be the path of a file to write', notEmpty).optional(),
    refreshSeconds: wholeNumber(10, 86_400).default(300),
    maxAgeSeconds: wholeNumber(60, 604_800).default(14_400),
    liveBudgetMs: wholeNumber(50, 60_000).default(500),
  })
  // Otherwise there would be none to use most of the time.
  .refine(({ refreshSeconds, maxAgeSeconds }) => maxAgeSeconds >= refreshSeconds, {
    error: 'must be at least refreshSeconds',
    path: ['maxAgeSeconds'],
  });

const numbers = z
  .strictObject({
    country: text('must be a country code of two capital letters such as RU', isKnownCountry).default('RU'),
    areaCode: digits('must be the digits of an area code, without 8 or the country: 342', (value) =>
      /^\d{0,6}$/.test(value),
    ).default(''),
    strip: z
      .array(
        digits('must be one to three digits such as 9', (value) => /^\d{1,3}$/.test(value)),
        { error: 'must be a list of digits such as [9], or [] for none' },
      )
      .default(['9', '0']),
    emergency: listOf(
      digits('must be a number of two to six digits such as 112', (value) => /^\d{2,6}$/.test(value)),
      'emergency numbers',
    ).default(['101', '102', '103', '104', '112']),
  })
  .superRefine(({ areaCode, country }, context) => {
    const message = wrongAreaCode(areaCode, country);
    if (message !== null) context.addIssue({ code: 'custom', message, path: ['areaCode'] });
  });

/** A code that completes no number would have no effect, and nobody would know. */
function wrongAreaCode(areaCode: string, country: string): string | null {
  const fault = faultOfAreaCode(areaCode, country);
  switch (fault?.kind) {
    case 'prefix':
      return `begins with the national prefix ${fault.dropped}: write ${fault.code}`;
    case 'countryCode':
      return `begins with the calling code of ${country}, ${fault.dropped}: write ${fault.code}`;
    case 'zero':
      return `begins with a ${fault.dropped} that no area code of ${country} has: write ${fault.code}`;
    case 'tooLong':
      return `is longer than the area codes of ${country}: no digits are left for a number`;
    // Of these two, the doctor warns.
    case 'unknown':
    case 'doubtful':
    case undefined:
      return null;
  }
}

const routing = z.strictObject({
  deadlineMs: wholeNumber(100, 60_000).default(1500),
  priority: listOf(oneOf(...CALLER_KINDS), `kinds: ${CALLER_KINDS.join(', ')}`)
    .refine((kinds) => new Set(kinds).size === kinds.length, { error: 'must name each kind at most once' })
    .default([...CALLER_KINDS]),
  courierPhones: listOf(
    oneOf('phonem', 'phonek', 'phone'),
    'columns of kurier: phonem, phonek, phone',
  ).default(['phonem', 'phonek']),
  recipientWithoutCourier: oneOf('operators', 'manager').default('operators'),
  managerRing: oneOf('all', 'first', 'inTurn').default('all'),
  maxAttempts: wholeNumber(1, 20).default(5),
  ringSeconds: wholeNumber(1, 300).default(20),
});

/** Longest `dial` list of a trunk: the caller waits for each entry before the next telephone is tried. */
const MAX_LINES = 5;

function isWithoutRepetition(templates: readonly string[]): boolean {
  return new Set(templates).size === templates.length;
}

function hasOneLimitEach(trunks: readonly Trunk[]): boolean {
  const limits = new Map<string, number>();
  return trunks.every((one) => {
    if (one.channels === undefined) return true;
    const device = deviceOf(templatesOf(one)[0] ?? '');
    const channels = limits.get(device) ?? one.channels;
    limits.set(device, channels);
    return channels === one.channels;
  });
}

const trunk = z.strictObject({
  prefix: listOf(
    digits('must be digits such as 7916', (value) => /^\d{1,15}$/.test(value)),
    'the digits that a number begins with',
  ).optional(),
  dial: z.union(
    [
      dialTemplate('NUMBER'),
      listOf(dialTemplate('NUMBER'), 'dial strings')
        .refine(({ length }) => length <= MAX_LINES, { error: `must name at most ${MAX_LINES} trunks` })
        .refine(isWithoutRepetition, { error: 'must name each trunk once' }),
    ],
    { error: 'must be a dial string such as PJSIP/{NUMBER}@trunk, or a list of them' },
  ),
  callerId: digits('must be a number of 2 to 15 digits, with or without + before them', (value) =>
    /^\+?\d{2,15}$/.test(value),
  ).optional(),
  channels: wholeNumber(1, 10_000).optional(),
});

const dial = z
  .strictObject({
    extension: dialTemplate('EXTENSION').default('PJSIP/{EXTENSION}'),
    trunks: listOf(trunk, 'trunks')
      .refine((all) => all.findIndex((one) => one.prefix === undefined) === all.length - 1, {
        error: 'must end with the one trunk that has no prefix and takes every other number',
      })
      .refine(hasOneLimitEach, {
        error: 'must give one device one number of channels, however many prefixes it has',
      })
      .default([{ dial: 'PJSIP/{NUMBER}@trunk' }]),
    numberFormat: oneOf('digits', 'plus', 'national').default('digits'),
    courierPrefix: digits('must be up to 15 digits, * # or +', (value) =>
      /^[0-9*#+]{0,15}$/.test(value),
    ).default(''),
  })
  // A plus in the middle is no number.
  .refine(({ numberFormat, courierPrefix }) => numberFormat !== 'plus' || courierPrefix === '', {
    error: 'must be empty with numberFormat plus',
    path: ['courierPrefix'],
  });

const http = z.strictObject({
  enabled: flag.default(true),
  host: host.default('127.0.0.1'),
  port: wholeNumber(0, 65_535).default(9573),
  allow: addressList.default(['127.0.0.1', '::1']),
});

const log = z.strictObject({
  level: oneOf('debug', 'info', 'warn', 'error').default('info'),
  numbers: oneOf('masked', 'full').default('masked'),
});

/** Every section and every key may be left out. */
export const routerSections = {
  listen: listen.prefault({}),
  database: database.prefault({}),
  snapshot: snapshot.prefault({}),
  numbers: numbers.prefault({}),
  routing: routing.prefault({}),
  dial: dial.prefault({}),
  http: http.prefault({}),
  log: log.prefault({}),
};

/** The router ignores the sections of the desk, and the desk those that only calls need. */
export const configSchema = z
  .strictObject({ ...routerSections, ...deskSections })
  .superRefine((sections, context) => {
    for (const { section, other, port } of sharedPorts(sections)) {
      const message = `must be another port than ${other}.port, ${port}`;
      context.addIssue({ code: 'custom', message, path: [section, 'port'] });
    }
  });

export type Config = z.infer<typeof configSchema>;
