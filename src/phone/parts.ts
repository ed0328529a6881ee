const SEPARATOR = /([;,|&/\\\p{Cc}]|\s(?:и|или|and|or)\s)/iu;

const ITEM =
  /(?<lossy>\d[.,]\d+e\+?\d+)|(?<word>[\p{L}\p{M}]+)|(?<run>\+?\(?\d(?:[\d\s().~_+-]*[\d)])?)|(?<mark>\ue000)|[^\s"'`«»“”„‘’.:()=<>[\]_-]/giu;

/** Digits with what may stand between them, and the words beside them. */
export interface Run {
  readonly text: string;
  /** Between the run before, or the separator, and this one. */
  readonly before: readonly string[];
  /** The word behind, if nothing but punctuation is between. */
  readonly after: string | undefined;
  /** Of these, the words that are no note to the run before. */
  readonly said: readonly string[];
  /** Words in brackets behind it, `89161234567 (старый)`. */
  readonly note: readonly string[];
  /** Whether a letter touches it. */
  readonly touches: { readonly before: boolean; readonly behind: boolean };
  readonly isNegative: boolean;
  /** Whether it is the first of its part. */
  readonly isFirst: boolean;
}

/** What stands between two separators. */
export interface Part {
  readonly runs: readonly Run[];
  /** Words behind the last run. */
  readonly tail: readonly string[];
  /** Words of the part before if it has no digits, in the same line: `тел` of `тел/факс 84951234567`. */
  readonly heading: readonly string[];
  /** Whether it holds characters that no list of phones has. */
  readonly isOdd: boolean;
  /** Whether a slash stands before it. */
  readonly afterSlash: boolean;
  /** Whether that has no space beside it: `7712345678/771201001`. */
  readonly isJoined: boolean;
}

/** The parts of a cleaned field; `lossy`: digits that a spreadsheet has cut, `7.9E10`. */
export function splitParts(text: string): { parts: Part[]; lossy: string[] } {
  const pieces = text.split(SEPARATOR);
  const parts: Part[] = [];
  const lossy: string[] = [];
  // split() with a group in the pattern: the pieces, and between them the separators.
  for (let i = 0; i < pieces.length; i += 2) {
    const piece = pieces[i] ?? '';
    const runs: Run[] = [];
    let words: string[] = [];
    let isOdd = false;
    for (const match of piece.matchAll(ITEM)) {
      const { word, run, mark } = match.groups ?? {};
      if (word !== undefined) words.push(plainWord(word));
      else if (run !== undefined) {
        const end = match.index + run.length;
        const behind = piece.slice(end);
        const next = /^[\s.:()-]*([\p{L}\p{M}]+)/u.exec(behind)?.[1];
        const [, note = ''] = /^\s*\(([^()\d]*)\)/.exec(behind) ?? [];
        runs.push({
          text: run,
          before: words,
          said: words.slice(runs.at(-1)?.note.length ?? 0),
          after: next === undefined ? undefined : plainWord(next),
          note: (note.match(/[\p{L}\p{M}]+/gu) ?? []).map(plainWord),
          touches: {
            before: /\p{L}/u.test(piece[match.index - 1] ?? ''),
            behind: /\p{L}/u.test(piece[end] ?? ''),
          },
          isNegative: piece[match.index - 1] === '-',
          isFirst: runs.length === 0,
        });
        words = [];
      } else if (mark !== undefined) words = [];
      else if (match.groups?.['lossy'] !== undefined) lossy.push(match[0].replaceAll(/e/gi, ' '));
      else isOdd = true;
    }
    const afterSlash = /[/\\]/.test(pieces[i - 1] ?? '');
    const isJoined = afterSlash && /\S$/.test(pieces[i - 2] ?? '') && /^\S/.test(piece);
    const previous = parts.at(-1);
    const isHeaded = previous?.runs.length === 0 && !/\p{Cc}/u.test(pieces[i - 1] ?? '');
    parts.push({ runs, tail: words, heading: isHeaded ? previous.tail : [], isOdd, afterSlash, isJoined });
  }
  return { parts, lossy };
}

function plainWord(word: string): string {
  return word.toLowerCase().replaceAll('ё', 'е');
}
