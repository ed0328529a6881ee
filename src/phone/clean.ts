import { fromSpreadsheet, plainText } from './text.ts';

/** Stands where something stood that is no telephone. */
const MARK = '\ue000';

const HOUR = '(?:[01]?\\d|2[0-4])';
const CLOCK = `${HOUR}:[0-5]\\d(?::[0-5]\\d)?`;
/** `9`, `9:00`, `9.30`, `0900` */
const BEGIN_OR_END = `(?:${HOUR}[:.][0-5]\\d|(?:[01]\\d|2[0-4])(?:00|30)|${HOUR})`;
const HOURS = `${BEGIN_OR_END} *- *${BEGIN_OR_END}`;
const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const YEAR = '(?:19|20)\\d\\d';
const DATE = `(?:${DAY}[./-]${MONTH}[./-]${YEAR}|${YEAR}-${MONTH}-${DAY})`;
const SHORT_DATE = `(?:${DAY}\\.${MONTH}\\.\\d\\d|${DAY}/0[1-9](?:/\\d\\d)?)`;

/** `24/7`, but not where it is the end of one number and the beginning of another: `916 123-45-24/7 903 765-43-21`. */
const TEN_DIGITS = '[ (-]*\\d(?:[ ().-]*\\d){9}(?![ ().-]*\\d)';
const ALWAYS = `(?!(?<=\\d[ ().-]*)24 */ *7${TEN_DIGITS})24 */ *7`;

/** `18:00` and `01.12.2026` wherever they stand; `9-18` and `01.12.26` only where no digits of a number are beside. */
const TIME = new RegExp(
  [
    `(?<![\\d:])${CLOCK}(?!\\d)`,
    `(?<![\\d.+-])(?:${DATE}|${ALWAYS}|\\d/\\d)(?!\\d)`,
    `(?<!\\d[ ().+-]*|[+(])(?:${HOURS}|${SHORT_DATE})(?![ ().-]*\\d)`,
    `\\(${HOURS}\\)(?! *\\d)`,
  ].join('|'),
  'g',
);

/** A bank card, but not four extensions that look alike. */
const CARD = /(?<!\d|\d{4}[ -])(?!(\d)\d{3}(?:[ -]\1\d{3}){3})\d{4}(?:[ -]\d{4}){3}(?!\d|[ -]\d{4})/g;

/** What Dial() takes, with what belongs to it: `PJSIP/201@phones`, `Local/201@from-internal/n`, `sip:201@10.0.0.5`. */
const DIAL_STRING =
  /(?<![\p{L}\d])(?:(?:PJSIP|SIP|IAX2?|Local|SCCP|Skinny)\/(\+?\d{1,20})(?:[@/][^\s,;&|]*)?|sips?:(\+?\d{1,20})@[^\s,;&|>]+)(?![\p{L}\d])/giu;

/**
 * A field of phones as it is easier to read: plain characters; a mark for each time, date and bank card; of what
 * Dial() takes the telephone alone; and `доб` where # or pauses say that an extension follows.
 *
 * @returns also what the marks stand for
 */
export function cleanField(field: string): { text: string; marked: string[] } {
  const marked: string[] = [];
  const mark = (written: string): string => {
    marked.push(written);
    return ` ${MARK} `;
  };
  // 8 [916] 123-45-67
  const plain = plainText(field).replaceAll(MARK, ' ').replaceAll('[', '(').replaceAll(']', ')');
  const text = fromSpreadsheet(plain)
    .replace(DIAL_STRING, (_all, device?: string, address?: string) => `\n${device ?? address}\n`)
    .replace(TIME, mark)
    .replace(CARD, mark)
    // 84951230000,,101 and 84951230000#101; 201#; #201; *201
    .replace(/(?<=\d)(?:,{2,}\s*|\s*#\s?)(?=\d{1,6}(?![\d#*]))/g, ' доб ')
    .replace(/(?<=\d)[#*](?![\d#*])/g, '')
    .replace(/(?<![\d#*\p{L}])#\s?(?=\d{1,6}(?![\d#*]))/gu, ' доб ')
    .replace(/(?<![\d#*\p{L}])\*(?=\d{3,6}(?![\d#*]))/gu, '')
    // в.н. and в-н; в/н, р/с, т/ф
    .replace(/(?<!\p{L})в[\s.-]{1,2}н(?!\p{L})/giu, 'вн')
    .replace(/(?<!\p{L})(\p{L}{1,2})\/(\p{L}{1,3})(?!\p{L})/gu, '$1$2');
  return { text, marked };
}
