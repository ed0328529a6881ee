import { LONGEST_REMEMBERED, memoise } from '../util/memoise.ts';
import { cleanField } from './clean.ts';
import { extensionsIn, firstLength, fits, hasPlainWords, isLabelledExtension } from './extensions.ts';
import { splitParts, type Part, type Run } from './parts.ts';
import { createReader, isOwnMobile, type Reader } from './reader.ts';
import { isMobile, type LocalHabits } from './reading.ts';
import { cutRun, hasPrefix, isOneNumber, readsAsNumber, type Segment } from './segments.ts';
import { isUnwantedBefore, isUnwantedBehind } from './unwanted.ts';
import { ADDED, DOCUMENT, INNER, NEUTRAL, NUMBER_SIGN, PLACE, TELEPHONE } from './words.ts';

export type PhoneEntry =
  /** E.164 without the plus, 7 to 15 digits. */
  | { readonly kind: 'number'; readonly digits: string }
  /** 1 to 6 digits: a telephone of the own system. */
  | { readonly kind: 'extension'; readonly extension: string };

export interface PhoneField {
  /** In the order of the field, none twice. */
  readonly entries: readonly PhoneEntry[];
  /**
   * Digits of the field that are in no entry, as they were written (`8916123456`), for the log and the
   * doctor. They may be most of a phone number: mask them. Words are left out, they may be names.
   */
  readonly rejected: readonly string[];
}

/** Longer than any column of phones is known to be; such a text is something else. All that is read is remembered. */
const MAX_LENGTH = LONGEST_REMEMBERED;
const MAX_REJECTED_LENGTH = 64;
/** Two numbers in five groups each may stand beside that of a document. */
const MAX_NUMBER_GROUPS = 10;
/** Digits of the shortest number of a town, and of a mobile that lacks one. */
const MIN_TOWN_LENGTH = 5;
const MIN_MOBILE_LENGTH = 8;
/** With 5 or 6 digits; `908 129` are rather two extensions. */
const TOWN_NUMBER = /^(?:(?:[^\d\s]?\d){5,6}|\d{1,2}(?:\s\d\d){2})$/;

/**
 * Reads a field that people filled in as they liked: `104, 8 (903) 555-00-04`, `8-916-100-00-11`,
 * `89161234567 89037654321`, `моб 89161234567, раб 84951234567`, `доб. 101`, `Мария 201`, `201-202`.
 *
 * An extension is 1 to 6 digits between separators, alone or with a label such as `доб.`; three or more of them may
 * also have a name before them. Two with a dash between are two, not a range. What is an extension of a number
 * (`89161234567 доб. 12`, `84951230000, доб. 101`, `123-45-67/68`) cannot be dialled, and is rejected, as are hours,
 * dates, and the numbers of houses and documents. Entries hold digits alone, whatever stands in the field. Never throws.
 *
 * @param field `users.extPhone`, `kurier.phonem` or `kurier.phonek`
 * @param country as for `normaliseNumber`
 * @param habits as for `normaliseNumber`
 */
export function parsePhoneField(field: string, country: string, habits?: LocalHabits): PhoneField {
  if (field.length > MAX_LENGTH) return { entries: [], rejected: [field.slice(0, MAX_REJECTED_LENGTH)] };
  return new FieldReader(country, habits).read(field);
}

/** More couriers and office users than any company has; about 200 bytes each. */
const REMEMBERED_FIELDS = 10_000;

/** `parsePhoneField` for one country. The same few hundred fields come again with every call. */
export function createFieldParser(country: string, habits?: LocalHabits): (field: string) => PhoneField {
  return memoise((field) => parsePhoneField(field, country, habits), REMEMBERED_FIELDS);
}

/** Reads one field, once. */
class FieldReader {
  readonly #reader: Reader;
  readonly #entries = new Map<string, PhoneEntry>();
  readonly #rejected: string[] = [];
  /**
   * The last number, as long as digits that follow may be its extension. One that cannot be read, `123-45-67` without its
   * city, has them, too.
   */
  #lastNumber: string | undefined;
  /** Digits of the last number if they were taken for an extension: `230001` may be either. */
  #townLength = 0;
  /** Length of an extension of that number: others of its kind may follow, `доб. 101, 102`. */
  #addedLength = 0;
  /** Whether what comes belongs to a number in the same part, or to one before the slash. */
  #inNumber = false;
  /** Whether what a slash joins to it belongs to a number that cannot be read: `123-45-67/68`. */
  #isLost = false;
  /** Whether a word such as ИНН waits for its digits, or has them and more may follow. */
  #document: 'none' | 'expected' | 'begun' = 'none';

  constructor(country: string, habits: LocalHabits | undefined) {
    this.#reader = createReader(country, habits);
  }

  read(field: string): PhoneField {
    const { text, marked } = cleanField(field);
    const { parts, lossy } = splitParts(text);
    for (const digits of [...marked, ...lossy]) this.#reject(digits);
    const areSingle = parts.every(({ runs }) => runs.every((run) => /^[1-9]$/.test(run.text)));
    for (const part of parts) {
      this.#inNumber &&= part.afterSlash;
      this.#isLost &&= part.afterSlash;
      if (this.#document === 'begun' && !part.isJoined) this.#document = 'none';
      for (const [index, run] of part.runs.entries()) {
        this.#readRun(run, part, part.runs[index + 1], areSingle);
      }
      if (part.tail.length > 0 && this.#document !== 'begun') {
        this.#document = nameOf(part.tail, DOCUMENT) >= 0 ? 'expected' : 'none';
      }
    }
    return { entries: [...this.#entries.values()], rejected: this.#rejected };
  }

  #readRun(run: Run, part: Part, next: Run | undefined, areSingle: boolean): void {
    const text = this.#withoutDocument(run, next);
    if (text === '') return;
    if (this.#isAdded(run, part)) {
      this.#addedLength = firstLength(text);
      this.#reject(text);
      return;
    }
    if (this.#isOther(text, run)) {
      this.#reject(text);
      return;
    }
    const isUnwanted = {
      first: isUnwantedBefore(run, part),
      last: isUnwantedBehind(run, part, next === undefined),
    };
    const isLine = this.#isLost && part.afterSlash && run.before.length === 0;
    const mayBeExtension =
      !part.isOdd &&
      !this.#inNumber &&
      !isLine &&
      !isUnwanted.first &&
      !isUnwanted.last &&
      hasPlainWords(run);
    const extensions = mayBeExtension ? this.#extensionsIn(text, run, areSingle) : [];
    if (extensions.length > 0) {
      this.#addExtensions(extensions);
      const isTown = extensions.length === 1 && text.length >= MIN_TOWN_LENGTH && !isLabelledExtension(run);
      this.#setLast(isTown ? text : undefined, isTown ? text.length : 0);
      return;
    }
    const segments = this.#cut(text);
    const isLost = segments.every(({ kind }) => kind === 'rest') && isTelephone(run, text);
    if (isLost) this.#setLast(this.#completed(text));
    this.#isLost ||= isLost;
    this.#inNumber ||= segments.some(({ kind }) => kind === 'number');
    const front = mayBeExtension && !this.#isOfLast(run.before) ? this.#extensionsBefore(segments, run) : [];
    this.#addExtensions(front);
    for (const [index, segment] of segments.slice(front.length > 0 ? 1 : 0).entries()) {
      if (segment.kind === 'rest') {
        this.#reject(segment.text);
        continue;
      }
      const { digits } = segment.reading;
      const isRung = !(isUnwanted.first && index === 0) && !(isUnwanted.last && segment === segments.at(-1));
      if (isRung) this.#entries.set(digits, { kind: 'number', digits });
      else this.#reject(segment.text);
      this.#setLast(digits);
    }
  }

  #addExtensions(extensions: readonly string[]): void {
    for (const extension of extensions) this.#entries.set(extension, { kind: 'extension', extension });
  }

  #setLast(number: string | undefined, townLength = 0): void {
    this.#lastNumber = number;
    this.#addedLength = 0;
    this.#townLength = townLength;
  }

  /** A mobile that lacks a digit with any other in its place, or without the last of too many, so that it is known as one. */
  #completed(text: string): string {
    const digits = text.replaceAll(/\D/g, '');
    if (digits.length < MIN_MOBILE_LENGTH) return digits;
    const mended = [`${digits}0`, digits.slice(0, -1)].find((one) => isOwnMobile(one, this.#reader.country));
    const [mobile] = mended === undefined ? [] : this.#cut(mended);
    return mobile?.kind === 'number' ? mobile.reading.digits : digits;
  }

  /** What is left of a run when the number of a document is taken off: a telephone may stand beside it. */
  #withoutDocument({ text, before, after }: Run, next: Run | undefined): string {
    const at = nameOf(before, DOCUMENT);
    const isAwaited = this.#document !== 'none' && before.every((word) => NEUTRAL.test(word));
    const groups = text.split(/\s+/);
    if (at >= 0 || isAwaited) {
      // Directly behind the word, whatever it is; further away, a number that is complete is a number.
      const mayBeFirst = at < 0 ? before.length === 0 : before.length - at > 2;
      const from = groups.findIndex(
        (_group, index) => (index > 0 || mayBeFirst) && this.#isNumber(groups.slice(index)),
      );
      return this.#takeDocument(groups, 0, from === -1 ? groups.length : from);
    }
    this.#document = 'none';
    const isBehind = after !== undefined && DOCUMENT.test(after) && nameOf(next?.before ?? [], DOCUMENT) < 0;
    if (!isBehind) return text;
    let from = 0;
    for (let to = 1; to <= groups.length; to++) if (this.#isNumber(groups.slice(from, to))) from = to;
    return this.#takeDocument(groups, from, groups.length);
  }

  #takeDocument(groups: readonly string[], from: number, to: number): string {
    this.#document = from === to ? 'none' : 'begun';
    if (from === to) return groups.join(' ');
    this.#reject(groups.slice(from, to).join(' '));
    return [...groups.slice(0, from), ...groups.slice(to)].join(' ');
  }

  #cut(text: string): Segment[] {
    return cutRun(text, this.#reader);
  }

  #isNumber(groups: readonly string[]): boolean {
    return groups.length <= MAX_NUMBER_GROUPS && readsAsNumber(groups.join(' '), this.#reader);
  }

  /** Whether it is a number, but of no telephone: of a flat, or an unknown one behind a №. */
  #isOther(text: string, { before }: Run): boolean {
    const isNamed = nameOf(before, PLACE) >= 0;
    const isLong = /^\(?\d{7,10}\)?$/.test(text);
    if (isNamed && !isLong) return /^\(?\d{1,6}\)?$/.test(text);
    const isNumbered = isNamed || NUMBER_SIGN.test(before.at(-1) ?? '');
    return isNumbered && isLong && !isOwnMobile(text, this.#reader.country);
  }

  #extensionsIn(text: string, run: Run, areSingle: boolean): string[] {
    const extensions = extensionsIn(text).filter(({ length }) => fits(run, length, areSingle));
    // 230-001, and 230001, are of the city where it has such numbers; 201 202 are two.
    const isSpaced = /\d\s+\d/.test(text);
    return !isSpaced && isOneNumber(text, this.#reader) ? [] : extensions;
  }

  /** Extensions before a number that is complete with its prefix: `101 89161234567`. */
  #extensionsBefore([front, number]: readonly Segment[], run: Run): string[] {
    if (front?.kind !== 'rest' || number?.kind !== 'number') return [];
    return hasPrefix(number, this.#reader.country) ? this.#extensionsIn(front.text, run, false) : [];
  }

  /** Whether it is an extension of the number before it. */
  #isAdded({ text, before }: Run, { afterSlash }: Part): boolean {
    const number = this.#lastNumber;
    if (number === undefined || !/^\(?\d{1,6}(?:[\s-]+\d{1,6})*\)?$/.test(text)) return false;
    if (extensionsIn(text).length === 0 && this.#cut(text).some(({ kind }) => kind === 'number'))
      return false;
    if (this.#townLength > 0) {
      if (firstLength(text) >= this.#townLength) return false;
      if (afterSlash && before.length === 0 && this.#addedLength === 0) return true;
    }
    if (before.length === 0) return this.#addedLength > 0 && this.#addedLength === firstLength(text);
    return this.#isOfLast(before);
  }

  /** Whether words say that what follows is an extension of the last number. */
  #isOfLast(before: readonly string[]): boolean {
    const number = this.#lastNumber;
    if (number === undefined) return false;
    return before.some((word) => ADDED.test(word) || (INNER.test(word) && !isMobile(number)));
  }

  #reject(text: string): void {
    this.#rejected.push(text.slice(0, MAX_REJECTED_LENGTH));
  }
}

/** Where the word stands that says what the digits behind the words are; -1 if it does not, or says `тел.` after it. */
function nameOf(words: readonly string[], names: RegExp): number {
  const at = words.findLastIndex((word) => names.test(word));
  return words.findLastIndex((word) => TELEPHONE.test(word)) > at ? -1 : at;
}

/** Whether digits look like a telephone, though they are no number: `123-45-67`, or one with a digit too few or too many. */
function isTelephone(run: Run, text: string): boolean {
  const isLong = /^(?:\D*\d){7,12}\D*$/.test(text) || TOWN_NUMBER.test(text);
  return (
    isLong &&
    !isLabelledExtension(run) &&
    (hasPlainWords(run) || run.before.some((word) => TELEPHONE.test(word)))
  );
}
