import type { AmiMessage } from '../ami/message.ts';
import type { Call } from '../calls/call.ts';
import type { CallingAsterisk } from './asterisk.ts';
import { hangUpPlaced } from './hang-up.ts';
import type { PlacedCall, PlacedCalls } from './placed-calls.ts';
import { endedUnheard } from './provisional-call.ts';
import { CallRefusedError } from './refusals.ts';

export interface LostCallsOptions {
  readonly placed: PlacedCalls;
  readonly asterisks: () => readonly CallingAsterisk[];
  /** Gets the end of a call that nobody else can tell of. */
  readonly tell: (call: Call) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** After a failed Originate, until its channels should have been told. In ms. */
const UNSEEN_MS = 1500;
/** After Asterisk has accepted a call its channel is there. In ms. */
const SETTLE_MS = 3000;
/** Between two looks for calls of which nothing is heard, in ms. */
const LOOK_MS = 5000;

/** An Asterisk that stood still may carry out what it was asked for so much later, in ms. */
const MAY_STILL_COME_MS = 10 * 60_000;

/** Calls that were asked for and that Asterisk tells nothing of: each comes to an end all the same. */
export class LostCalls {
  readonly #options: LostCallsOptions;
  readonly #placed: PlacedCalls;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LostCallsOptions) {
    this.#options = options;
    this.#placed = options.placed;
  }

  start(): void {
    this.#timer = setInterval(() => this.#lookForSilent(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** An Originate failed. Its channels end with events of their own, which may come later; a telephone that is not there has none. */
  onFailure(placed: PlacedCall): void {
    setTimeout(() => this.#endUnseen(placed, 'unreachable'), UNSEEN_MS).unref();
  }

  /** An Asterisk has said which channels there are. */
  onFollowed(asterisk: string): void {
    const now = Date.now();
    void this.#findLost(asterisk, now - SETTLE_MS);
    // What was asked for just before has its channel by then, or never.
    setTimeout(() => void this.#findLost(asterisk, now), SETTLE_MS).unref();
  }

  /** Ends a call that was given up, should Asterisk say after all that it makes it. Never rejects. */
  async endWhenAccepted(placed: PlacedCall, answer: Promise<AmiMessage>): Promise<void> {
    const isAccepted = await answer.catch(() => undefined);
    if (isAccepted !== undefined) this.endAbandoned(placed);
  }

  /** Ends a call that was given up. */
  endAbandoned(placed: PlacedCall): void {
    const asterisk = this.#options.asterisks().find(({ name }) => name === placed.asterisk);
    if (asterisk === undefined) return;
    hangUpPlaced(asterisk, placed).catch((error: unknown) => {
      const isGone = error instanceof CallRefusedError && error.code === 'call_over';
      if (!isGone) this.#options.onProblem(error);
    });
  }

  #endUnseen(placed: PlacedCall, outcome: 'unreachable' | 'failed'): void {
    if (placed.isSeen || placed.call.state === 'ended') return;
    if (placed.state === 'abandoned') this.#placed.end(placed);
    else this.#options.tell(endedUnheard(placed.call, outcome, Date.now()));
  }

  /** Calls whose time to ring is over without a word. */
  #lookForSilent(): void {
    const now = Date.now();
    const silent = [...this.#placed.live].filter(
      ({ isSeen, ringsUntil }) => !isSeen && ringsUntil + LOOK_MS < now,
    );
    for (const asterisk of new Set(silent.map((placed) => placed.asterisk)))
      void this.#findLost(asterisk, now - LOOK_MS);
  }

  /**
   * Ends what was asked for before a time and is not there: Asterisk is asked which channels it has. Never rejects.
   */
  async #findLost(name: string, before: number): Promise<void> {
    const mine = [...this.#placed.live].filter(
      (placed) => placed.asterisk === name && !placed.isSeen && placed.createdAt < before,
    );
    const asterisk = this.#options.asterisks().find((one) => one.name === name);
    if (mine.length === 0 || asterisk === undefined) return;
    try {
      const { items, flaws } = await asterisk.client.list('CoreShowChannels');
      if (flaws > 0) return;
      const there = new Set(items.map((item) => item.get('Uniqueid')));
      for (const placed of mine) {
        if (placed.state === 'abandoned' && there.has(placed.id)) this.endAbandoned(placed);
        else if (!there.has(placed.id) && isOver(placed)) this.#endUnseen(placed, 'failed');
      }
    } catch (error) {
      if (asterisk.client.ready) this.#options.onProblem(error);
    }
  }
}

/** Nothing will come of it any more: Asterisk took it and has it no more, or was given up on long ago. */
function isOver({ state, createdAt }: PlacedCall): boolean {
  return state === 'placed' || (state === 'abandoned' && createdAt + MAY_STILL_COME_MS < Date.now());
}
