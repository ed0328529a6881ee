/**
 * The second level of parsing: what an application makes of the text that `EXEC` hands it.
 */

/** A variable as `NAME=value` gave it. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
}

/**
 * Splits an application's arguments as Asterisk does (app.c: __ast_app_separate_args with remove_chars).
 *
 * The delimiter counts outside `"…"`, `(…)` and `[…]` only. Quotes are removed, brackets stay, a backslash
 * is removed and takes the next character as it is. An open bracket or quote stays open over the following
 * arguments, so that one unescaped `(` swallows the rest. The last of `limit` arguments is everything that
 * is left, as it stands.
 */
export function separateArguments(text: string, delimiter: string, limit: number): string[] {
  const found: string[] = [];
  let parentheses = 0;
  let brackets = 0;
  let quoted = false;
  let at = 0;
  let delimited = false;

  while (at < text.length && found.length < limit - 1) {
    let argument = '';
    delimited = false;
    for (; at < text.length && !delimited; at++) {
      const character = text.charAt(at);
      if (character === '"') {
        quoted = !quoted;
        continue;
      }
      if (character === '\\') {
        at++;
        argument += text.charAt(at);
        continue;
      }
      if (character === '(') parentheses++;
      else if (character === ')') parentheses = Math.max(0, parentheses - 1);
      else if (character === '[') brackets++;
      else if (character === ']') brackets = Math.max(0, brackets - 1);
      else delimited = character === delimiter && parentheses === 0 && brackets === 0 && !quoted;
      if (!delimited) argument += character;
    }
    found.push(argument);
  }
  if (at < text.length || delimited) found.push(text.slice(at));
  return found;
}

/** pbx_variables.c: pbx_builtin_setvar_multiple declares 99 places. */
const MAX_PAIRS = 99;

/**
 * What `MSet(text)` sets, in its order (pbx_variables.c: pbx_builtin_setvar_multiple). An entry without
 * `=` is left out, as Asterisk leaves it out with a warning. A name goes through the splitting twice, a
 * value once. A space before a name is part of the name.
 */
export function parseMSet(text: string): Assignment[] {
  return separateArguments(text, ',', MAX_PAIRS).flatMap((pair) => {
    const [name, value] = separateArguments(pair, '=', 2);
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });
}

/**
 * What `Set(text)` sets (pbx_variables.c: pbx_builtin_setvar): the first `=` parts name and value, nothing
 * is unquoted; undefined without a `=`.
 */
export function parseSet(text: string): Assignment | undefined {
  const equals = text.indexOf('=');
  return equals === -1 ? undefined : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}
