import { write, writeSync } from 'node:fs';

/** Lines are written together, so often: a write of its own costs a call more than all else of its line. */
const COLLECT_MS = 20;
/** After a write that failed: the next try. */
const RETRY_MS = 200;
/** What is kept for a reader that does not read. Further lines are lost, and counted. */
const MAX_WAITING_CHARS = 4_000_000;
/** At the end of the process a reader that has not read for so long is not waited for. */
const STUCK_MS = 1000;

/**
 * Writes log lines to a file descriptor, and never lets a call wait for it.
 *
 * A write to a pipe whose reader has stopped (a log collector that hangs) would block, and with it every
 * call; pino's own destinations do. A reader that has gone (EPIPE) or a full disk is no reason to end, either.
 */
export class LogOutput {
  readonly #fd: number;
  #lines: string[] = [];
  #waiting = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  /** `performance.now()` of the write in progress. */
  #writingSince: number | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Lines that were thrown away since the last write, for want of a reader. */
  get lost(): number {
    return this.#lost;
  }

  /** @param line with its newline */
  write(line: string): void {
    if (this.#waiting + line.length > MAX_WAITING_CHARS) {
      this.#lost += 1;
      return;
    }
    this.#lines.push(line);
    this.#waiting += line.length;
    this.#later(COLLECT_MS);
  }

  /** Writes what waits, if anybody reads. */
  flushSync(): void {
    clearTimeout(this.#timer);
    const isStuck = this.#writingSince !== undefined && performance.now() - this.#writingSince > STUCK_MS;
    if (isStuck || this.#lines.length === 0) return;
    let bytes = this.#take();
    try {
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#fd, bytes));
    } catch {
      // There is nobody to tell.
    }
  }

  #later(ms: number): void {
    if (this.#timer !== undefined || this.#writingSince !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#lines.length > 0) this.#write(this.#take());
    }, ms).unref();
  }

  #take(): Buffer {
    const lost = this.#lost;
    const bytes = Buffer.from(this.#lines.join(''));
    this.#lines = [];
    this.#waiting = 0;
    this.#lost = 0;
    if (lost === 0) return bytes;
    const note = { level: 50, time: new Date().toISOString(), lines: lost, msg: 'log lines were lost' };
    return Buffer.concat([bytes, Buffer.from(`${JSON.stringify(note)}\n`)]);
  }

  #write(bytes: Buffer): void {
    this.#writingSince = performance.now();
    write(this.#fd, bytes, (error, written) => {
      this.#writingSince = undefined;
      if (error !== null) {
        // Such as EAGAIN, ENOSPC or EPIPE. A part of these lines may be there already: they are not repeated.
        this.#lost += 1;
        this.#later(RETRY_MS);
      } else if (written < bytes.length) this.#write(bytes.subarray(written));
      else if (this.#lines.length > 0) this.#later(COLLECT_MS);
    });
  }
}
