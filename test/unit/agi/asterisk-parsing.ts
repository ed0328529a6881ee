/**
 * How Asterisk reads what we write, transcribed from its C code as plainly as possible, quirks included:
 * the tests hold our encoding against it.
 */

/** res_agi.c, parse_args: one command line to its words. */
export function asteriskWords(line: string): string[] {
  const words: string[] = [];
  let quoted = false;
  let escaped = false;
  let whitespace = true;
  const add = (character: string): void => {
    if (whitespace) words.push('');
    whitespace = false;
    words.push((words.pop() ?? '') + character);
    escaped = false;
  };
  for (const character of line) {
    if (character === '"' && !escaped) {
      quoted = !quoted;
      if (quoted && whitespace) {
        words.push('');
        whitespace = false;
      }
    } else if ((character === ' ' || character === '\t') && !quoted && !escaped) {
      whitespace = true;
    } else if (character === '\\' && !escaped) {
      escaped = true;
    } else {
      add(character);
    }
  }
  return words;
}

/**
 * main/app.c, __ast_app_separate_args with remove_chars: quotes and backslashes go, and the last of
 * `most` parts is what is left, as it stands.
 */
export function asteriskArguments(text: string, delimiter: string, most: number): string[] {
  const parts: string[] = [];
  const letters = Array.from(text);
  let at = 0;
  let endedInDelimiter = false;
  let [paren, bracket, quote] = [0, 0, false];
  while (at < letters.length && parts.length < most - 1) {
    let part = '';
    endedInDelimiter = false;
    for (; at < letters.length; at += 1) {
      const letter = letters[at] ?? '';
      if (letter === '(') paren += 1;
      else if (letter === ')') paren = Math.max(0, paren - 1);
      else if (letter === '[') bracket += 1;
      else if (letter === ']') bracket = Math.max(0, bracket - 1);
      else if (letter === '"') {
        quote = !quote;
        continue;
      } else if (letter === '\\') {
        at += 1;
        part += letters[at] ?? '';
        continue;
      } else if (letter === delimiter && paren === 0 && bracket === 0 && !quote) {
        at += 1;
        endedInDelimiter = true;
        break;
      }
      part += letter;
    }
    parts.push(part);
  }
  if (at < letters.length || endedInDelimiter) parts.push(letters.slice(at).join(''));
  return parts;
}

/** main/pbx_variables.c, pbx_builtin_setvar_multiple: what `EXEC MSet` sets, in order. */
export function asteriskMSet(data: string): [name: string, value: string][] {
  const set: [string, string][] = [];
  for (const pair of asteriskArguments(data, ',', 99)) {
    const [name, value] = asteriskArguments(pair, '=', 2);
    if (name !== undefined && value !== undefined) set.push([name, value]);
  }
  return set;
}
