/** An action as Asterisk has read it. */
export interface ReadAction {
  /** Of equal names the first counts; names in any case. */
  readonly get: (name: string) => string;
  readonly all: (name: string) => readonly string[];
}

/** manager.c: inbuf[1025]. */
const MAX_LINE_BYTES = 1022;
/** manager.c: AST_MAX_MANHEADERS. */
const MAX_HEADERS = 128;

/** Reads actions as manager.c does: LF or CR LF, blanks before a value are skipped, those after it are kept. */
export class ActionReader {
  #rest = '';
  #lines: string[] = [];

  /** @param text one character a byte @returns actions, and as text what cannot be read */
  push(text: string): (ReadAction | string)[] {
    const read: (ReadAction | string)[] = [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_LINE_BYTES + 1) {
      this.#rest = '';
      read.push('Failed to parse message: line too long');
    }
    for (const whole of lines) {
      const line = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
      if (line.length > MAX_LINE_BYTES) read.push('Failed to parse message: line too long');
      else if (line !== '') this.#lines.push(line);
      else if (this.#lines.length > 0) read.push(this.#finish());
    }
    return read;
  }

  #finish(): ReadAction | string {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length > MAX_HEADERS) return 'Too many lines in message or allocation failure';
    const headers = lines.map((line) => {
      const [name = '', value = ''] = Buffer.from(line, 'latin1')
        .toString()
        .split(/:[ \t]*(.*)/s);
      return { name: name.toLowerCase(), value };
    });
    const all = (wanted: string) =>
      headers.filter(({ name }) => name === wanted.toLowerCase()).map(({ value }) => value);
    return { all, get: (name) => all(name)[0] ?? '' };
  }
}
