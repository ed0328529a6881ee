import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { maskUrlPasswords } from '../util/url-password.ts';

/** Where passwords stand: nothing of it is shown, not even when the section is written in a wrong way. */
const SECRET =
  /^((desk\.)?database(\.|$)|journal(\.url)?$|desk$|feeds(\.\d+)?(\.url)?$|recordings(\.source)?$|$)/;
const NOT_SECRET = new Set([
  'database.poolSize',
  'database.contactPersonClientColumn',
  'database.inHandStates',
]);

/** @returns one line a mistake: the key, the value received, what is allowed */
export function describeProblems(error: z.ZodError, input: unknown, schema: z.ZodType): string[] {
  return error.issues.flatMap((issue) => {
    const key = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((unknown) => unknownKey(key, unknown, known));
    }
    // Only objects lack a sentence of their own: a section that is a list or a plain value.
    const allowed =
      issue.code === 'invalid_type' && issue.expected === 'object'
        ? 'must be a section of keys'
        : issue.message;
    return [`${key === '' ? 'the file' : key}: ${received(key, valueAt(input, issue.path))}; it ${allowed}`];
  });
}

function unknownKey(section: string, key: string, known: readonly string[]): string {
  const path = section === '' ? key : `${section}.${key}`;
  return `${path}: unknown key; the nearest known one is ${closest(key, known)} (known here: ${known.join(', ')})`;
}

function received(key: string, value: unknown): string {
  if (value === undefined) return 'is missing';
  if (SECRET.test(key) && !NOT_SECRET.has(key.replace(/\.\d+$/, '')))
    return 'received a value that is not shown';
  // A URL with a password may stand at a wrong place.
  const shown = maskUrlPasswords(JSON.stringify(value));
  return `received ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    // One in place of a list of one stands where its key ends.
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : value),
    input,
  );
}

/** The keys that the schema knows at a path, such as those of a trunk at `dial.trunks.0`. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = unwrap(schema);
  for (const key of path) {
    if (at instanceof z.ZodObject) at = unwrap(at.shape[String(key)]);
    else if (at instanceof z.ZodArray) at = unwrap(at.element);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: unknown): unknown {
  while (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodPipe
  ) {
    // Of what is transformed, what is written.
    schema = schema instanceof z.ZodPipe ? schema.def.in : schema.def.innerType;
  }
  return schema;
}
