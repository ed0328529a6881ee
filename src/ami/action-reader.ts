const LF = 0x0a;
const EMPTY = Buffer.alloc(0);

/** An action as it was read. */
export interface ReadAction {
  /** '' without such a header. Of equal names the first counts; names in any case. */
  readonly get: (name: string) => string;
  readonly all: (name: string) => readonly string[];
  /** Of all headers, in lower case, in their order; those that repeat as well. */
  readonly names: readonly string[];
}

/** What Asterisk says of what it cannot read (manager.c). */
export const UNREADABLE = {
  tooLong: 'Failed to parse message: line too long',
  tooMany: 'Too many lines in message or allocation failure',
  control: 'Failed to parse message',
} as const;

/** manager.c: inbuf[1025] holds a line and its end. */
const MAX_LINE_BYTES = 1023;
/** manager.c: AST_MAX_MANHEADERS. */
const MAX_HEADERS = 128;

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * Reads actions as manager.c does: LF or CR LF, blanks before a value are skipped, those after it are kept. However
 * much comes, no more than one action of 128 lines is kept.
 *
 * What cannot be read is told as soon as that is known, and the rest of the action is skipped. Control characters make
 * an action unreadable, since they could forge a line of whatever it is handed on to. Bytes that are not UTF-8 become
 * U+FFFD.
 */
export class ActionReader {
  /** The beginning of a line. */
  #tail: Buffer = EMPTY;
  #headers: string[] = [];
  /** Up to the next line end, and up to the next empty line. */
  #skipsLine = false;
  #skipsAction = false;

  /** @returns actions, and as text what Asterisk says of those that cannot be read */
  push(chunk: Buffer): (ReadAction | string)[] {
    const read: (ReadAction | string)[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#keep(chunk.subarray(start, end), read);
      this.#endLine(read);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start), read);
    return read;
  }

  #keep(part: Buffer, read: (ReadAction | string)[]): void {
    if (this.#skipsLine) return;
    if (this.#tail.length + part.length > MAX_LINE_BYTES) {
      this.#skipsLine = true;
      this.#fail(UNREADABLE.tooLong, read);
    } else if (part.length > 0) this.#tail = Buffer.concat([this.#tail, part]);
  }

  #endLine(read: (ReadAction | string)[]): void {
    const wasSkipped = this.#skipsLine;
    const line = this.#tail.toString().replace(/\r$/, '');
    this.#skipsLine = false;
    this.#tail = EMPTY;
    if (wasSkipped) return;
    if (line === '') {
      if (this.#headers.length > 0) read.push(toAction(this.#headers));
      this.#headers = [];
      this.#skipsAction = false;
    } else if (!this.#skipsAction) {
      if (this.#headers.length === MAX_HEADERS) this.#fail(UNREADABLE.tooMany, read);
      else if (CONTROL.test(line)) this.#fail(UNREADABLE.control, read);
      else this.#headers.push(line);
    }
  }

  #fail(why: string, read: (ReadAction | string)[]): void {
    if (!this.#skipsAction) read.push(why);
    this.#skipsAction = true;
    this.#headers = [];
    this.#tail = EMPTY;
  }
}

function toAction(lines: readonly string[]): ReadAction {
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    if (colon === -1) return { name: line.toLowerCase(), value: '' };
    return {
      name: line.slice(0, colon).toLowerCase(),
      value: line.slice(colon + 1).replace(/^[ \t]+/, ''),
    };
  });
  const all = (wanted: string) =>
    headers.filter(({ name }) => name === wanted.toLowerCase()).map(({ value }) => value);
  return { all, get: (name) => all(name)[0] ?? '', names: headers.map(({ name }) => name) };
}
