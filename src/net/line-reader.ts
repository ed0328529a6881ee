const LF = 0x0a;
const EMPTY = Buffer.alloc(0);

/**
 * Makes lines of bytes, however the network has cut them.
 *
 * Lines end in LF or CR LF and are UTF-8; what is not valid UTF-8 (a caller's name in an old code page)
 * becomes U+FFFD. A NUL and a line beyond the limit are faults, after which nothing more is read.
 */
export class LineReader {
  /** Longest line, in bytes, without its LF. Also all that is ever kept between two chunks. */
  readonly maxLineBytes: number;
  #tail: Buffer = EMPTY;
  #fault: string | undefined;

  constructor(maxLineBytes: number) {
    this.maxLineBytes = maxLineBytes;
  }

  /** Why the input is past use, in a sentence; undefined while it is not. The lines before it have been returned. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** @returns the lines that this chunk completes, without their ends */
  push(chunk: Buffer): string[] {
    if (this.#fault !== undefined) return [];
    if (this.#isWhole(chunk)) {
      const lines = linesOf(chunk.toString('utf8', 0, chunk.length - 1));
      return chunk.includes(0) ? this.#withoutNul(lines) : lines;
    }
    const end = chunk.lastIndexOf(LF);
    if (end === -1) {
      this.#keep(this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]));
      return [];
    }
    const head = chunk.subarray(0, end);
    const block = this.#tail.length === 0 ? head : Buffer.concat([this.#tail, head]);
    this.#tail = EMPTY;
    const lines = block.length <= this.maxLineBytes ? linesOf(block.toString()) : this.#splitLong(block);
    const clean = block.includes(0) ? this.#withoutNul(lines) : lines;
    if (this.#fault === undefined && end + 1 < chunk.length) this.#keep(chunk.subarray(end + 1));
    return clean;
  }

  /** Whole lines and nothing else, as nearly always: the environment, or a reply. */
  #isWhole(chunk: Buffer): boolean {
    const { length } = chunk;
    return this.#tail.length === 0 && chunk[length - 1] === LF && length <= this.maxLineBytes;
  }

  /** Only a block longer than one line may be can hold a line that is too long. */
  #splitLong(block: Buffer): string[] {
    const lines: string[] = [];
    for (let start = 0; start <= block.length;) {
      const found = block.indexOf(LF, start);
      const end = found === -1 ? block.length : found;
      if (end - start > this.maxLineBytes) {
        this.#fault = this.#tooLong();
        break;
      }
      lines.push(withoutCr(block.toString('utf8', start, end)));
      start = end + 1;
    }
    return lines;
  }

  #withoutNul(lines: string[]): string[] {
    const bad = lines.findIndex((line) => line.includes('\0'));
    if (bad === -1) return lines;
    this.#fault = 'A line holds a NUL byte, which Asterisk never sends.';
    return lines.slice(0, bad);
  }

  #keep(rest: Buffer): void {
    if (rest.length > this.maxLineBytes) {
      this.#fault = this.#tooLong();
      this.#tail = EMPTY;
    } else {
      this.#tail = rest;
    }
  }

  #tooLong(): string {
    return `A line is longer than ${this.maxLineBytes} bytes.`;
  }
}

/** @param text without the LF of its last line, so that it never ends inside a UTF-8 sequence */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return text.includes('\r') ? lines.map(withoutCr) : lines;
}

function withoutCr(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
