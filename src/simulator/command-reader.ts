/** Asterisk reads an AGI socket through a stdio buffer of the socket's block size. */
const STDIO_BYTES = 4096;

/** One turn of Asterisk's reading loop. */
export interface ReadLine {
  /** Without its newline; each character is one byte. */
  readonly text: string;
  /** `whole`: it ended with a newline. `cut`: the buffer was full. `tail`: the server closed behind it. */
  readonly end: 'whole' | 'cut' | 'tail';
}

/**
 * Reads commands from a socket's bytes as run_agi does (res_agi.c), with the two traps that a server may
 * fall into: a line that does not fit the buffer is cut and its rest is read as the next command, and what
 * follows a command in the same packet waits in the stdio buffer, because Asterisk polls the socket only.
 *
 * No socket here: bytes go in with `push` and `end`, commands come out of `read`.
 */
export class CommandReader {
  readonly #lineBytes: number;
  /** Arrived, not yet read by stdio: what poll() sees. */
  #socket = '';
  #stdio = '';
  #line = '';
  #ended = false;

  /** @param bufferBytes AGI_BUF_LEN: 2,048, and 8,192 from Asterisk 22.6 on; one byte is the C string's end */
  constructor(bufferBytes: number) {
    this.#lineBytes = bufferBytes - 1;
  }

  push(bytes: Buffer): void {
    this.#socket += bytes.toString('latin1');
  }

  /** The server closed its side, or the connection broke. */
  end(): void {
    this.#ended = true;
  }

  /** True when bytes stand behind the command read last: the server did not wait for the reply. */
  get hasMore(): boolean {
    return this.#stdio !== '' || this.#socket !== '';
  }

  /** The next command; `closed` at the end; undefined while Asterisk would wait for the socket. */
  read(): ReadLine | 'closed' | undefined {
    if (this.#socket === '' && !this.#ended) return undefined;
    while (this.#line.length < this.#lineBytes) {
      if (this.#stdio === '') this.#fillStdio();
      if (this.#stdio === '') return this.#ended ? this.#takeTail() : undefined;
      if (this.#takeUpToNewline()) return { text: this.#takeLine().slice(0, -1), end: 'whole' };
    }
    return { text: this.#takeLine(), end: 'cut' };
  }

  #fillStdio(): void {
    this.#stdio = this.#socket.slice(0, STDIO_BYTES);
    this.#socket = this.#socket.slice(STDIO_BYTES);
  }

  /** fgets(): true when the line is complete. A NUL hides what follows it in the C string, newline and all. */
  #takeUpToNewline(): boolean {
    const newline = this.#stdio.indexOf('\n') + 1;
    const room = this.#lineBytes - this.#line.length;
    const length = Math.min(newline === 0 ? this.#stdio.length : newline, room);
    const [visible = ''] = this.#stdio.slice(0, length).split('\0', 1);
    this.#line += visible;
    this.#stdio = this.#stdio.slice(length);
    return visible.endsWith('\n');
  }

  #takeTail(): ReadLine | 'closed' {
    return this.#line === '' ? 'closed' : { text: this.#takeLine(), end: 'tail' };
  }

  #takeLine(): string {
    const line = this.#line;
    this.#line = '';
    return line;
  }
}
