import { memoise } from '../util/memoise.ts';
import { cutRun } from './segments.ts';
import { plainText } from './text.ts';

export type PhoneEntry =
  /** E.164 without the plus, 7 to 15 digits. */
  | { readonly kind: 'number'; readonly digits: string }
  /** 2 to 6 digits: a telephone of the own system. */
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

/** Longer than any column of phones is known to be; such a text is something else. */
const MAX_LENGTH = 255;
const MAX_REJECTED_LENGTH = 64;

/** Words that may stand beside an extension: `доб. 101`, `вн. тел. 101`, `SIP/101`. */
const LABEL =
  /^(?:т|тел|телефон|м|моб|мобильный|р|раб|рабочий|вн|внут|внутр|внутренний|д|доб|добав|добавочный|доп|номер|офис|office|tel|phone|ext|extension|int|n|no|sip|pjsip)$/iu;

/** `;ext=12` is how a tel: address writes an extension behind its number; the semicolon ends nothing. */
const SEPARATOR = /(;(?!\s*ext=)|[,|&/\\\p{Cc}]|\s(?:и|или|and|or)\s)/iu;

const ITEM = /(?<word>[\p{L}\p{M}]+)|(?<run>\+?\(?\d(?:[\d\s().~_+-]*[\d)])?)|[^\s"'«».:№()=-]/gu;

/** What stands between two separators. */
interface Part {
  readonly runs: readonly string[];
  /** Whether nothing but labels and punctuation stands before the runs, and nothing but words behind. */
  readonly isPlain: boolean;
  /** Whether a slash stands before it. */
  readonly afterSlash: boolean;
}

/**
 * Reads a field that people filled in as they liked: `104, 8 (903) 555-00-04`, `8-916-100-00-11`,
 * `89161234567 89037654321`, `моб 89161234567, раб 84951234567`, `доб. 101`.
 *
 * An extension is 2 to 6 digits standing alone, or with a word such as `доб.`, between separators. Digits
 * behind a number (`89161234567 доб. 12`, `123-45-67/68`) belong to that number, cannot be dialled, and are
 * rejected. Entries hold digits alone, whatever stands in the field. Never throws.
 *
 * @param field `users.extPhone`, `kurier.phonem` or `kurier.phonek`
 * @param country as for `normaliseNumber`
 */
export function parsePhoneField(field: string, country: string): PhoneField {
  if (field.length > MAX_LENGTH) return { entries: [], rejected: [field.slice(0, MAX_REJECTED_LENGTH)] };

  const entries = new Map<string, PhoneEntry>();
  const rejected: string[] = [];
  let continuesNumber = false;

  for (const part of splitParts(plainText(field))) {
    continuesNumber &&= part.afterSlash;
    for (const run of part.runs) {
      const segments = cutRun(run, country);
      continuesNumber ||= segments.some(({ kind }) => kind === 'number');
      const extensions = part.isPlain && !continuesNumber ? extensionsIn(run) : [];
      for (const extension of extensions) entries.set(extension, { kind: 'extension', extension });
      if (extensions.length > 0) continue;

      for (const segment of segments) {
        if (segment.kind === 'number') entries.set(segment.digits, segment);
        else rejected.push(segment.text.slice(0, MAX_REJECTED_LENGTH));
      }
    }
  }
  return { entries: [...entries.values()], rejected };
}

/** More couriers and office users than any company has; about 200 bytes each. */
const REMEMBERED_FIELDS = 10_000;

/** `parsePhoneField` for one country. The same few hundred fields come again with every call. */
export function createFieldParser(country: string): (field: string) => PhoneField {
  return memoise((field) => parsePhoneField(field, country), REMEMBERED_FIELDS);
}

function splitParts(text: string): Part[] {
  const pieces = text.split(SEPARATOR);
  const parts: Part[] = [];
  // split() with a group in the pattern: the pieces, and between them the separators.
  for (let i = 0; i < pieces.length; i += 2) {
    const items = [...(pieces[i] ?? '').matchAll(ITEM)];
    const runs = items.flatMap(({ groups }) => groups?.['run'] ?? []);
    const firstRun = items.findIndex(({ groups }) => groups?.['run'] !== undefined);
    // A name may stand behind, `101 Ольга`. A word before may make anything of the digits: `кв. 101`.
    const isPlain = items.every(({ groups }, index) => {
      const word = groups?.['word'];
      return groups?.['run'] !== undefined || (word !== undefined && (index > firstRun || LABEL.test(word)));
    });
    parts.push({ runs, isPlain, afterSlash: /[/\\]/.test(pieces[i - 1] ?? '') });
  }
  return parts;
}

/**
 * `101`, `(101)`, and `101 102` when they look alike: the same length and the same first digit. `495 123 456` does
 * not; it is a phone number that lacks a digit.
 */
function extensionsIn(run: string): string[] {
  const groups = run
    .replaceAll(/^\(|\)$/g, '')
    .trim()
    .split(/\s+/);
  const first = groups[0] ?? '';
  const areAlike = groups.every((group) => group.length === first.length && group[0] === first[0]);
  return areAlike && /^\d{2,6}$/.test(first) && groups.every((group) => /^\d+$/.test(group)) ? groups : [];
}
