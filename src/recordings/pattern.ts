import { AUDIO_ENDINGS } from './formats.ts';

/** How recorders name their files: by the placeholders of `TOKENS`, with folders. */
export interface Pattern {
  /** The folders above the file, below the source's own. */
  readonly folders: readonly string[];
  readonly file: RegExp;
  /** The name holds the channel's unique id; otherwise telephone and time must do. */
  readonly isByChannel: boolean;
}

/** What the name of a file says. */
export interface NameFacts {
  readonly uniqueid: string | undefined;
  readonly extension: string | undefined;
  /** Digits. */
  readonly number: string | undefined;
  /** Of the recorder's clock, as if it were UTC; ms since 1970. */
  readonly localTime: number | undefined;
}

/** A day of the recorder's clock. */
export interface Day {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

const TOKENS: Readonly<Record<string, string>> = {
  uniqueid: '[A-Za-z0-9_.-]{3,150}',
  date: '\\d{4}-?\\d\\d-?\\d\\d',
  time: '\\d\\d[-:]?\\d\\d[-:]?\\d\\d',
  year: '\\d{4}',
  month: '\\d\\d',
  day: '\\d\\d',
  extension: '\\d{2,6}',
  number: '\\+?\\d{7,15}',
  any: '[^/]*',
};
const TOKEN = /\{(\w+)\}/g;

/** Written in place of a pattern. */
const PRESETS: Readonly<Record<string, string>> = {
  freepbx: '{year}/{month}/{day}/{any}-{date}-{time}-{uniqueid}.wav',
  issabel: '{year}/{month}/{day}/{any}-{date}-{time}-{uniqueid}.wav',
};

/** More would let a long name be tried in too many ways. */
const MAX_ANY = 2;

/** @returns why it is none; undefined when it is one */
export function patternProblem(text: string): string | undefined {
  const pattern = PRESETS[text] ?? text;
  const tokens = [...pattern.matchAll(TOKEN)].map(([, name = '']) => name);
  const unknown = tokens.find((name) => !(name in TOKENS));
  if (unknown !== undefined) return `holds {${unknown}}: known are ${knownTokens()}`;
  const segments = pattern.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'must be a path below the source, without . and ..';
  if (segments.some((segment) => segment.split('{any}').length - 1 > MAX_ANY))
    return `may hold {any} ${MAX_ANY} times between two slashes`;
  const file = segments.at(-1) ?? '';
  const has = (name: string): boolean => file.includes(`{${name}}`);
  const isTimed = has('time') && (has('date') || (has('year') && has('month') && has('day')));
  if (has('uniqueid') || (isTimed && (has('extension') || has('number')))) return undefined;
  return 'must hold {uniqueid} in the name of the file, or {date}, {time} and {extension} or {number}';
}

export function knownTokens(): string {
  return Object.keys(TOKENS)
    .map((name) => `{${name}}`)
    .join(', ');
}

/** @param text one without a `patternProblem` */
export function compilePattern(text: string): Pattern {
  const segments = (PRESETS[text] ?? text).split('/');
  const file = segments.at(-1) ?? '';
  const stem = file.replace(new RegExp(`\\.(?:${AUDIO_ENDINGS})$`, 'i'), '');
  return {
    folders: segments.slice(0, -1),
    file: new RegExp(`^${expression(stem)}\\.(?:${AUDIO_ENDINGS})$`, 'iu'),
    isByChannel: file.includes('{uniqueid}'),
  };
}

/** @returns undefined when the pattern does not fit */
export function readName({ file }: Pattern, name: string): NameFacts | undefined {
  const groups = name.length > 255 ? undefined : file.exec(name)?.groups;
  if (groups === undefined) return undefined;
  const { uniqueid, extension, number, date, time, year, month, day } = groups;
  const digits = `${date ?? `${year ?? ''}${month ?? ''}${day ?? ''}`}${time ?? ''}`.replaceAll(/\D/g, '');
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits)?.map(Number) ?? [];
  return {
    uniqueid,
    extension,
    number: number?.replaceAll(/\D/g, ''),
    localTime: y === undefined ? undefined : Date.UTC(y, (mo ?? 1) - 1, d, h, mi, s),
  };
}

/** A folder of a pattern on that day: its name, or an expression where there may be several. */
export function folderOf(segment: string, { year, month, day }: Day): string | RegExp {
  const known = segment.replaceAll('{year}', year).replaceAll('{month}', month).replaceAll('{day}', day);
  if (!/\{\w+\}/.test(known)) return known;
  const dated = known.split('{date}').map(expression).join(`${year}-?${month}-?${day}`);
  return new RegExp(`^${dated}$`, 'u');
}

/** Each placeholder as a group of its name; one that comes again is only passed over. */
function expression(text: string): string {
  const seen = new Set(['any']);
  return text
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
      const body = TOKENS[name] ?? '';
      if (seen.has(name)) return `(?:${body})`;
      seen.add(name);
      return `(?<${name}>${body})`;
    })
    .join('');
}
