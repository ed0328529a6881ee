/** Longer texts are not remembered, so that what is kept has a limit in bytes, too. */
const MAX_LENGTH = 200;

/**
 * Remembers what a pure function made of the texts it met last, the oldest forgotten first.
 *
 * @param make always makes the same of the same text; what it makes is shared, and must not be changed
 * @param capacity results kept at most
 */
export function memoise<Result>(make: (text: string) => Result, capacity: number): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = make(text);
    if (text.length > MAX_LENGTH) return result;
    if (known.size >= capacity) {
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    }
    known.set(text, result);
    return result;
  };
}
