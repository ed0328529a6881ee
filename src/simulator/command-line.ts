/**
 * Takes one AGI command line apart as Asterisk does (res_agi.c: parse_args), with its oddities.
 *
 * Words end at a space or tab outside quotes. A quote opens or closes quoting wherever it stands, in the
 * middle of a word too. A backslash takes the next character as it is, quoted or not. Whatever comes after
 * the 127th word is dropped.
 *
 * @param line one line without its newline; each character is one byte
 */
export function parseCommandLine(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  let escaped = false;
  const dropped = (): boolean => word === undefined && words.length >= MAX_WORDS;

  for (const character of line) {
    if (character === '"' && !escaped) {
      quoted = !quoted;
      if (quoted && !dropped()) word ??= '';
    } else if ((character === ' ' || character === '\t') && !quoted && !escaped) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === '\\' && !escaped) {
      escaped = true;
    } else {
      if (!dropped()) word = (word ?? '') + character;
      escaped = false;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** res_agi.c: MAX_ARGS is 128, and the last place holds the end mark. */
const MAX_WORDS = 127;
