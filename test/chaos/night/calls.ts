import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlayedAsterisk } from '../../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../../src/simulator/ami/stories.ts';
import { toneFile } from '../../lab/recordings/wav.ts';

/** A call that was played to its end, or to the end of its Asterisk. Times are ms since 1970. */
export interface PlayedCall {
  readonly number: string;
  /** Uniqueid of the caller's channel. */
  readonly channel: string;
  readonly from: number;
  until: number;
  /** Asterisk ended under it. */
  isCut: boolean;
}

const EVERY_MS = 250;
const RING_SECONDS = 0.4;

/** Inbound calls at a steady rate, from numbers of their own, and a recording of each that came to its end. */
export class NightCalls {
  readonly all: PlayedCall[] = [];
  readonly #asterisk: PlayedAsterisk;
  /** Where the recorder writes. */
  readonly #folder: string;
  readonly #playing = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(asterisk: PlayedAsterisk, folder: string) {
    this.#asterisk = asterisk;
    this.#folder = folder;
  }

  begin(): void {
    this.#timer ??= setInterval(() => this.#play(), EVERY_MS);
  }

  /** No further call begins. */
  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Asterisk dies, and every call with it. */
  async cut(): Promise<void> {
    this.pause();
    const now = Date.now();
    for (const call of this.all) {
      if (call.until < now) continue;
      call.isCut = true;
      call.until = now;
    }
    await this.#asterisk.stop();
  }

  /** Ends when all calls have ended. */
  async over(): Promise<void> {
    this.pause();
    await Promise.all(this.#playing);
  }

  #play(): void {
    const count = this.all.length;
    const number = `7916${String(5_000_000 + count)}`;
    const talkSeconds = 1 + (count % 5) / 2;
    const script = inbound(this.#asterisk.ids, {
      from: number,
      to: '74950000000',
      rings: ['101', '102'],
      answeredBy: '101',
      ringSeconds: RING_SECONDS,
      talkSeconds,
      endedBy: count % 2 === 0 ? 'caller' : 'callee',
    });
    const channel = script[0]?.event['Uniqueid'] ?? '';
    const call: PlayedCall = { number, channel, from: Date.now(), until: Infinity, isCut: false };
    this.all.push(call);
    const play = async (): Promise<void> => {
      await this.#asterisk.play(script);
      if (call.isCut) return;
      call.until = Date.now();
      writeFileSync(join(this.#folder, `courier-${channel}.wav`), toneFile(440, talkSeconds));
    };
    const playing = play();
    this.#playing.add(playing);
    void playing.finally(() => this.#playing.delete(playing));
  }
}
