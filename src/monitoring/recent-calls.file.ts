import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../util/errors.ts';
import { parseCallLine, type CallLine } from './call-line.ts';
import type { RecentCalls } from './recent-calls.ts';

const NAME = 'last-calls.jsonl';
/** Two hundred calls are a tenth of it. */
const MAX_BYTES = 1_000_000;
/** Between two times that it is written while calls come: what a crash may cost, in ms. */
const SAVE_MS = 60_000;

/** Keeps the last calls over a restart, as masked as `/calls` shows them, in a file that only its user may read. */
export class RecentCallsFile {
  readonly #file: string;
  readonly #calls: RecentCalls;
  readonly #onProblem: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #saved: CallLine | undefined;
  #written: Promise<void> = Promise.resolve();

  /** @param onProblem is told when it cannot be read or written, which costs nothing but the memory of those calls */
  constructor(folder: string, calls: RecentCalls, onProblem: (error: unknown) => void) {
    this.#file = join(folder, NAME);
    this.#calls = calls;
    this.#onProblem = onProblem;
  }

  /** To be called before the first call. */
  async load(): Promise<void> {
    try {
      const { size } = await stat(this.#file);
      if (size <= MAX_BYTES) this.#calls.restore(readLines(await readFile(this.#file, 'utf8')));
    } catch (error) {
      // At the first start there is none.
      if (systemCodeOf(error) !== 'ENOENT') this.#onProblem(error);
    }
    this.#saved = this.#calls.recent().at(-1);
    this.#timer = setInterval(() => void this.#saveNow(), SAVE_MS).unref();
  }

  /** For the last time. */
  save(): Promise<void> {
    clearInterval(this.#timer);
    return this.#saveNow();
  }

  #saveNow(): Promise<void> {
    this.#written = this.#written.then(() => this.#write());
    return this.#written;
  }

  async #write(): Promise<void> {
    const lines = this.#calls.recent();
    if (lines.at(-1) === this.#saved) return;
    this.#saved = lines.at(-1);
    try {
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      await writeFile(`${this.#file}.new`, text, { mode: 0o600 });
      await rename(`${this.#file}.new`, this.#file);
    } catch (error) {
      this.#onProblem(error);
    }
  }
}

/** What is no call, such as the end of a file on a disk that was full, is left out. */
function readLines(text: string): CallLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const call = parseCallLine(line);
      return isCallLine(call) ? [call] : [];
    } catch {
      return [];
    }
  });
}

function isCallLine(call: unknown): boolean {
  if (typeof call !== 'object' || call === null) return false;
  const texts = ['time', 'call', 'outcome', 'status', 'number'].map((key): unknown => Reflect.get(call, key));
  return texts.every((text) => typeof text === 'string') && !Number.isNaN(Date.parse(String(texts[0])));
}
