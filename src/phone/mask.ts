import { maskUrlPasswords } from '../util/url-password.ts';

const MAX_NUMBER_LENGTH = 100;
const MAX_TEXT_LENGTH = 1000;

/** Seven digits or more, with the usual marks between them. */
const DIGIT_RUN = /\p{Nd}(?:[\p{Zs}\p{Pd}().~_/+*#:]*\p{Nd}){6,}/gu;

/** Digits at the end of a text that was cut: perhaps the first part of a number. */
const CUT_RUN = /\p{Nd}[\p{Nd}\p{Zs}\p{Pd}().~_/+*#:]*$/u;

const LINE_BREAK = /[\n\r\t\u2028\u2029]+/g;

/** What nearly every number is by now: there is nothing to make safe in it. */
const PLAIN_NUMBER = /^\d{10,15}$/;

/** Characters that can forge or garble a line of a log; the invisible ones could also split a number. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

const ADDRESS = /(?<![\p{Nd}.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?=\d)|(?![\p{Nd}.]))){4}/u;
const DATE = /(?<!\p{Nd})\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?(?!\p{Nd})/u;

/** An error message may show an address, a date and a time, although they have many digits. */
const DIGIT_RUN_OR_NOT = new RegExp(`${ADDRESS.source}|${DATE.source}|(?<run>${DIGIT_RUN.source})`, 'gu');

const SECRET = /\b(pass(?:word|wd)?|pwd|secret)(\s*=\s*)[^\s&;,]+/gi;

/**
 * A phone number as a log may show it: the country and the operator, and the last two digits,
 * `7916*****67`. Extensions and other short digits, which name no person, stay. Safe for whatever a caller
 * sent: no control characters, at most 100 characters and `…`.
 */
export function maskNumber(text: string): string {
  if (PLAIN_NUMBER.test(text)) return text.slice(0, 4) + '*'.repeat(text.length - 6) + text.slice(-2);
  return bound(text, MAX_NUMBER_LENGTH, CUT_RUN).replace(DIGIT_RUN, maskRun);
}

/**
 * A message, for instance of a database error, without the phone numbers and passwords it may quote:
 * `mysql://agi:***@127.0.0.1:3306`. Addresses and dates stay. At most 1,000 characters and `…`.
 */
export function maskText(text: string): string {
  return bound(maskUrlPasswords(text), MAX_TEXT_LENGTH, /\S*$/)
    .replace(SECRET, '$1$2***')
    .replace(DIGIT_RUN_OR_NOT, (match: string, run: string | undefined) =>
      run === undefined ? match : maskRun(run),
    );
}

/** @param tail what is dropped at the cut, because it can no longer be told what it is */
function bound(text: string, length: number, tail: RegExp): string {
  const safe = text.slice(0, length).replace(LINE_BREAK, ' ').replace(UNSAFE, '');
  return text.length > length ? `${safe.replace(tail, '')}…` : safe;
}

/** Fewer than ten digits are a local number, or one with no operator to show: the last two only. */
function maskRun(run: string): string {
  const digits = run.match(/\p{Nd}/gu) ?? [];
  const head = digits.length >= 10 ? 4 : 0;
  return digits.slice(0, head).join('') + '*'.repeat(digits.length - head - 2) + digits.slice(-2).join('');
}
