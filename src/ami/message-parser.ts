import { AmiMessage, parseMessage } from './message.ts';

/** Lists that are remembered at most; a running Asterisk has some dozens. */
const MAX_LISTS = 500;
/** Characters of a message whose names are remembered: forged ones fill no memory. The longest events have 2,000. */
const MAX_TEXT = 8192;

/**
 * Asterisk writes the same headers again and again. Their names are kept once: a message then costs its values alone,
 * and what is to be known of its names is known by their list.
 */
export class MessageParser {
  /** By the first line and the names. */
  readonly #lists = new Map<string, readonly string[]>();
  /** What came last, by the first line. */
  readonly #expected = new Map<string, readonly string[]>();

  /** As `parseMessage`. */
  parse(text: string): AmiMessage {
    const firstLine = text.slice(0, Math.max(0, text.indexOf('\r\n')));
    const expected = this.#expected.get(firstLine);
    const values = expected === undefined ? undefined : valuesOf(text, expected);
    if (expected !== undefined && values !== undefined) return new AmiMessage(expected, values);
    const message = parseMessage(text);
    return text.length > MAX_TEXT ? message : this.#remember(firstLine, message);
  }

  #remember(firstLine: string, { names, values }: AmiMessage): AmiMessage {
    const key = [firstLine, ...names].join('\r\n');
    const list = this.#lists.get(key) ?? names;
    if (this.#lists.size >= MAX_LISTS || this.#expected.size >= MAX_LISTS) {
      this.#lists.clear();
      this.#expected.clear();
    }
    this.#lists.set(key, list);
    this.#expected.set(firstLine, list);
    return new AmiMessage(list, values);
  }
}

/** @returns undefined when its names are others */
function valuesOf(text: string, names: readonly string[]): string[] | undefined {
  const values: string[] = [];
  let at = 0;
  for (const name of names) {
    const colon = at + name.length;
    if (text[colon] !== ':' || !text.startsWith(name, at)) return undefined;
    const from = text[colon + 1] === ' ' ? colon + 2 : colon + 1;
    const found = text.indexOf('\r\n', from);
    const end = found === -1 ? text.length : found;
    values.push(text.slice(from, end));
    at = end + 2;
  }
  // A line that none of the names is for.
  return at === text.length + 2 ? values : undefined;
}
