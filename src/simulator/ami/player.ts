import type { PlayedEvent, Script } from './script.ts';

interface Playing {
  readonly script: Script;
  readonly startedAt: number;
  next: number;
  timer: NodeJS.Timeout | undefined;
  readonly done: () => void;
  readonly linkedids: Set<string>;
}

/** Plays any number of scripts at the same time, each event at its time. */
export class Player {
  readonly #speed: number;
  readonly #tell: (event: PlayedEvent, at: number) => void;
  readonly #playing = new Set<Playing>();

  /** @param tell with the time of the event as it would be in life, in ms of Date.now() */
  constructor(speed: number, tell: (event: PlayedEvent, at: number) => void) {
    this.#speed = speed;
    this.#tell = tell;
  }

  play(script: Script): Promise<void> {
    return new Promise((resolve) => {
      const playing: Playing = {
        script,
        startedAt: Date.now(),
        next: 0,
        timer: undefined,
        done: resolve,
        linkedids: new Set(),
      };
      this.#playing.add(playing);
      this.#goOn(playing);
    });
  }

  /** Ends the script that has told of this call. @returns what was to come of it */
  cut(linkedid: string): Script {
    for (const playing of this.#playing) {
      if (!playing.linkedids.has(linkedid)) continue;
      this.#end(playing);
      return playing.script.slice(playing.next);
    }
    return [];
  }

  stop(): void {
    for (const playing of this.#playing) this.#end(playing);
  }

  #goOn(playing: Playing): void {
    for (;;) {
      const step = playing.script[playing.next];
      if (step === undefined) {
        this.#end(playing);
        return;
      }
      const waitMs = playing.startedAt + step.atMs / this.#speed - Date.now();
      if (waitMs > 0) {
        playing.timer = setTimeout(() => this.#goOn(playing), waitMs);
        return;
      }
      playing.next += 1;
      playing.linkedids.add(step.event['Linkedid'] ?? step.event['DestLinkedid'] ?? '');
      this.#tell(step.event, playing.startedAt + step.atMs);
    }
  }

  #end(playing: Playing): void {
    clearTimeout(playing.timer);
    this.#playing.delete(playing);
    playing.done();
  }
}
