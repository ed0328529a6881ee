/** Headers in Asterisk's order, from Event and Privilege on, without Timestamp: that is put in when it is played. */
export type PlayedEvent = Readonly<Record<string, string>>;

/** What Asterisk sends, and when. */
export interface ScriptedEvent {
  /** From the beginning of the script, in ms. */
  readonly atMs: number;
  readonly event: PlayedEvent;
}

/** In the order of time. */
export type Script = readonly ScriptedEvent[];

/** Where a running Asterisk takes its ids from: no two calls have the same. */
export class Ids {
  readonly #epoch: number;
  #unique = 0;
  #channel = 0;
  #bridge = 0;

  /** @param epoch of the start of the played Asterisk, in seconds */
  constructor(epoch: number) {
    this.#epoch = Math.floor(epoch);
  }

  uniqueid(): string {
    return `${this.#epoch}.${this.#unique++}`;
  }

  /** What follows the last `-` of a channel's name. */
  channelSuffix(): string {
    return (this.#channel++).toString(16).padStart(8, '0');
  }

  bridge(): string {
    return `00000000-0000-4000-8000-${(this.#bridge++).toString(16).padStart(12, '0')}`;
  }
}

/** An event of a class, such as `call`, of headers in this order. */
export function eventOf(name: string, eventClass: string, ...parts: readonly PlayedEvent[]): PlayedEvent {
  const head = { Event: name, Privilege: `${eventClass},all` };
  return Object.fromEntries([head, ...parts].flatMap((part) => Object.entries(part)));
}
