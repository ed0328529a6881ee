/** What ast_escape_c writes after a backslash (utils.c), and what it means. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

/** A channel's snapshot escapes these, whatever stands before the name, such as `Dest`. */
const ESCAPED = /(?:CallerIDName|ConnectedLineName|ChanVariable)$/;
/** These print the same names raw (manager.c, app_queue.c). */
const RAW_EVENTS: ReadonlySet<string> = new Set(['OriginateResponse', 'QueueEntry']);

/** One message of AMI: its headers in their order, repeated ones included. */
export class AmiMessage {
  /** As they came; '' for a line without a colon. */
  readonly names: readonly string[];
  /** As they came: see `get` for what they mean. */
  readonly values: readonly string[];

  constructor(names: readonly string[], values: readonly string[]) {
    this.names = names;
    this.values = values;
  }

  /** The name of the event; undefined for an answer. */
  get event(): string | undefined {
    return this.names[0] === 'Event' ? this.values[0] : undefined;
  }

  /** About how many characters it holds. */
  get size(): number {
    return this.values.reduce((sum, value) => sum + value.length, 20 * this.names.length);
  }

  /** The first header of that name, unescaped if it is one that Asterisk escapes. Case does not matter. */
  get(name: string): string | undefined {
    const at = this.#find(name, 0);
    return at === -1 ? undefined : this.#meaning(at);
  }

  /** All headers of that name, in their order, such as `Output` or `ChanVariable`. */
  all(name: string): readonly string[] {
    const found: string[] = [];
    for (let at = this.#find(name, 0); at !== -1; at = this.#find(name, at + 1))
      found.push(this.#meaning(at));
    return found;
  }

  /** For a log or a test: `{ Event: 'Hangup', … }`, of repeated names the first. */
  toJSON(): Record<string, string> {
    const object = new Map<string, string>();
    for (const name of this.names) if (!object.has(name)) object.set(name, this.get(name) ?? '');
    return Object.fromEntries(object);
  }

  #find(name: string, from: number): number {
    let wanted: string | undefined;
    for (let at = from; at < this.names.length; at += 1) {
      const one = this.names[at];
      if (one === name) return at;
      if (one?.length !== name.length) continue;
      wanted ??= name.toLowerCase();
      if (one.toLowerCase() === wanted) return at;
    }
    return -1;
  }

  #meaning(at: number): string {
    const value = this.values[at] ?? '';
    if (!value.includes('\\')) return value;
    const name = this.names[at] ?? '';
    const event = this.event ?? '';
    const escaped = ESCAPED.test(name) ? !RAW_EVENTS.has(event) : name === 'Value' && event === 'VarSet';
    return escaped ? unescape(value) : value;
  }
}

/** @param text the lines of a message, without the blank one that ends it */
export function parseMessage(text: string): AmiMessage {
  const names: string[] = [];
  const values: string[] = [];
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    names.push(colon === -1 ? '' : line.slice(0, colon));
    // Asterisk writes one blank; a second one belongs to the value.
    values.push(colon === -1 ? line : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1));
  }
  return new AmiMessage(names, values);
}

function unescape(value: string): string {
  return value.replaceAll(/\\(.)/gs, (whole: string, letter: string) => ESCAPES[letter] ?? whole);
}
