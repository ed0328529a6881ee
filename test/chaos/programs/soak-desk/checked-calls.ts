import { openExistingJournal } from '../../../../src/journal/open.ts';
import { callOf, expectedStory, storyOf } from './played-calls.ts';

const PAGE = 500;
/** Kept of what is wrong, to be read by people. */
const MAX_EXAMPLES = 20;

/** Reads the journal beside the desk, a stretch of time after the other, and each call in it once. */
export class CheckedCalls {
  readonly #url: string;
  readonly #seen: Uint8Array;
  #since = 0;
  /** One line a call that is not as it was played. */
  readonly examples: string[] = [];
  wrong = 0;
  right = 0;

  constructor(url: string, calls: number) {
    this.#url = url;
    this.#seen = new Uint8Array(calls);
  }

  /** @param until calls that began before are checked, in ms since 1970: all of them have ended */
  async checkUntil(until: number): Promise<void> {
    const store = await openExistingJournal(this.#url);
    try {
      let cursor: number | null = null;
      do {
        const { calls, next } = await store.list({ since: this.#since, until }, PAGE, cursor);
        for (const call of calls) {
          const n = callOf(call.from.number);
          const story = storyOf(call);
          const times = (this.#seen[n] ?? 255) + 1;
          this.#seen[n] = times;
          if (times === 1 && story === expectedStory(n)) this.right += 1;
          else this.#tell(`${call.id} ${n}: ${story}${times === 1 ? '' : ', not for the first time'}`);
        }
        cursor = next;
      } while (cursor !== null);
      this.#since = until;
    } finally {
      await store.close();
    }
  }

  /** Calls that were played and not seen. */
  missing(played: number): number {
    return this.#seen.subarray(0, played).reduce((count, times) => count + Number(times === 0), 0);
  }

  #tell(line: string): void {
    this.wrong += 1;
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(line);
  }
}
