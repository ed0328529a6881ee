/** What means the same in every server's mode and character set. */
const PLAIN = /^[\w@.+ -]*$/;

/**
 * A statement with its values written into it, for servers that cannot prepare one. Digits, as callers' numbers
 * are, stand in quotes; what might end a quote is written as bytes.
 *
 * @throws {RangeError} there are more or fewer values than question marks
 */
export function asText(statement: string, values: readonly string[]): string {
  const [first = '', ...rest] = statement.split('?');
  if (rest.length !== values.length) {
    throw new RangeError(`${values.length} values for a statement with ${rest.length} parameters`);
  }
  return first + rest.map((part, index) => literal(values[index] ?? '') + part).join('');
}

function literal(value: string): string {
  if (PLAIN.test(value)) return `'${value}'`;
  return `_utf8mb4 x'${Buffer.from(value, 'utf8').toString('hex')}'`;
}
