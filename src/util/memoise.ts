/** Longer texts are not remembered, so that what is kept has a limit in bytes, too. */
export const LONGEST_REMEMBERED = 255;

/**
 * Remembers what a pure function made of the texts it met last; the one that was not asked for longest is forgotten first.
 *
 * @param make always makes the same of the same text; what it makes is shared, and must not be changed
 * @param capacity results kept at most
 */
export function memoise<Result>(make: (text: string) => Result, capacity: number): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    if (text.length > LONGEST_REMEMBERED) return make(text);
    const result = known.get(text) ?? make(text);
    // A Map keeps the order in which its keys were set: what is asked for goes to the end.
    known.delete(text);
    known.set(text, result);
    const [oldest] = known.size > capacity ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    return result;
  };
}
