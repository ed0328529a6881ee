import { fstatSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** Lines are written together: for each line on its own an idle processor would wake up once more. */
const COLLECT_MS = 100;
/** Until the next try, after the reader took no more, or the disk was full. */
const RETRY_MS = 20;
/** What is kept for a reader that does not read. Further lines are lost, and counted. */
const MAX_WAITING_BYTES = 4_000_000;
/** What a pipe takes as a whole or not at all (PIPE_BUF of Linux): so no line is torn at the end of the process. */
const PIPE_CHUNK_BYTES = 4096;
/** Each write to a file wakes another thread up, which costs more than what it writes (bench/README.md). */
const FILE_CHUNK_BYTES = 65_536;

/**
 * Writes log lines to a file descriptor, and never lets a call wait for it.
 *
 * A pipe or socket is made non-blocking, and takes what it takes at once: of a reader that has stopped, nothing
 * hangs, neither a call nor the end of the process. Anything else, such as a file on a disk that is slow, is
 * written to in Node's thread pool. Lines are kept until they can be written, whatever the error was, and only
 * what does not fit into the memory set aside for them is lost.
 */
export class LogOutput {
  readonly #fd: number;
  readonly #isNonBlocking: boolean;
  readonly #chunkBytes: number;
  readonly #lostLine: (lines: number) => string;
  /** Whole lines that are full chunks; the first may be the rest of one. */
  #chunks: (string | Buffer)[] = [];
  #lastChunk = '';
  #lastChunkBytes = 0;
  #waitingBytes = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;

  /** @param lostLine makes the line, newline included, that tells how many are missing there */
  constructor(fd: number, lostLine: (lines: number) => string) {
    this.#fd = fd;
    this.#lostLine = lostLine;
    this.#isNonBlocking = makeNonBlocking(fd);
    this.#chunkBytes = this.#isNonBlocking ? PIPE_CHUNK_BYTES : FILE_CHUNK_BYTES;
  }

  /** Lines that were thrown away for want of a reader, and are not told of in the log yet. */
  get lost(): number {
    return this.#lost;
  }

  /** @param line with its newline */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    // Once lines are lost, a good part of the others goes first: the log tells of one gap, not of many.
    const limit = this.#lost === 0 ? MAX_WAITING_BYTES : MAX_WAITING_BYTES / 2;
    if (this.#waitingBytes + bytes > limit) {
      this.#lost += 1;
      return;
    }
    this.#tellOfLost();
    this.#append(line, bytes);
    this.#later(COLLECT_MS);
  }

  /**
   * Writes what waits, as far as the reader takes it at once.
   *
   * @param waitMs a reader that is only slow gets that long, during which the process stands still
   */
  flushSync(waitMs = 0): void {
    const until = performance.now() + waitMs;
    while (!this.#writeNow() && performance.now() < until) sleepSync(RETRY_MS);
  }

  #append(line: string, bytes: number): void {
    if (this.#lastChunkBytes + bytes > this.#chunkBytes && this.#lastChunk !== '') {
      this.#chunks.push(this.#lastChunk);
      this.#lastChunk = '';
      this.#lastChunkBytes = 0;
    }
    this.#lastChunk += line;
    this.#lastChunkBytes += bytes;
    this.#waitingBytes += bytes;
  }

  #tellOfLost(): void {
    if (this.#lost === 0) return;
    const line = this.#lostLine(this.#lost);
    this.#lost = 0;
    this.#append(line, Buffer.byteLength(line));
  }

  #later(ms: number): void {
    if (this.#timer !== undefined || this.#isWriting) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#isNonBlocking) this.#writeInThreadPool();
      else if (!this.#writeNow()) this.#later(RETRY_MS);
    }, ms).unref();
  }

  /** @returns whether nothing waits any more */
  #writeNow(): boolean {
    for (let chunk = this.#take(); chunk !== undefined; chunk = this.#take()) {
      try {
        this.#putBack(chunk, writeSync(this.#fd, chunk));
      } catch {
        // EAGAIN of a reader that does not read, EPIPE of one that has gone, ENOSPC of a full disk.
        this.#putBack(chunk, 0);
        return false;
      }
    }
    return true;
  }

  #writeInThreadPool(): void {
    const chunk = this.#take();
    this.#isWriting = chunk !== undefined;
    if (chunk === undefined) return;
    write(this.#fd, chunk, (error, written) => {
      this.#putBack(chunk, error === null ? written : 0);
      if (error === null) return this.#writeInThreadPool();
      this.#isWriting = false;
      this.#later(RETRY_MS);
    });
  }

  #take(): Buffer | undefined {
    let chunk = this.#chunks.shift();
    if (chunk === undefined) {
      if (this.#lastChunk === '') this.#tellOfLost();
      if (this.#lastChunk === '') return undefined;
      chunk = this.#lastChunk;
      this.#lastChunk = '';
      this.#lastChunkBytes = 0;
    }
    return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }

  /** What was not written of a chunk comes first at the next try: a line that has begun is ended. */
  #putBack(chunk: Buffer, written: number): void {
    this.#waitingBytes -= written;
    if (written < chunk.length) this.#chunks.unshift(chunk.subarray(written));
  }
}

/** @returns whether a write to it returns at once, whatever its reader does: true of pipes and sockets */
function makeNonBlocking(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isFIFO() && !stat.isSocket()) return false;
    // Node has no other way to set O_NONBLOCK. It is never written to.
    return !new Socket({ fd, readable: false, writable: true }).destroyed;
  } catch {
    return false;
  }
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
