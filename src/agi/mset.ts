import { AgiEncodingError } from './errors.ts';

/** main/pbx_variables.c, pbx_builtin_setvar_multiple: `AST_APP_ARG(pair)[99]`. */
export const MAX_PAIRS = 99;

/** A channel variable's name and value. */
export type Variable = readonly [name: string, value: string];

/** A name that ended in `)` would call a dialplan function; a space would become part of the name. */
const NAME = /^[A-Z_][A-Z0-9_]*$/;

/**
 * The data of the application MSet, which sets many channel variables in one round trip: `A=1,B=2`.
 *
 * main/app.c, __ast_app_separate_args: Asterisk splits at `,` outside quotes, parentheses and brackets,
 * and drops quotes and backslashes on the way, so all of these are escaped. It does so for the first 98
 * pairs only and takes what is left as it stands: a 99th value must not be escaped.
 *
 * @throws {AgiEncodingError} no pair, more than {@link MAX_PAIRS}, or a name that is not A-Z, 0-9 and _
 */
export function encodeMSet(pairs: readonly Variable[]): string {
  if (pairs.length === 0 || pairs.length > MAX_PAIRS) {
    throw new AgiEncodingError(`MSet takes 1 to ${MAX_PAIRS} variables, not ${pairs.length}.`);
  }
  let data = '';
  let position = 0;
  for (const [name, value] of pairs) {
    if (!NAME.test(name)) {
      throw new AgiEncodingError(`${JSON.stringify(name)} is no variable name: A-Z, 0-9 and _ only.`);
    }
    position += 1;
    if (position > 1) data += ',';
    data += `${name}=${position === MAX_PAIRS ? value : escape(value)}`;
  }
  return data;
}

function escape(value: string): string {
  if (!/[\\",()[\]]/.test(value)) return value;
  return value.replaceAll(/[\\",()[\]]/g, String.raw`\$&`);
}
