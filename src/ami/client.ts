import { setTimeout as sleep } from 'node:timers/promises';
import { gentleRejection } from '../util/deferred.ts';
import { messageOf } from '../util/errors.ts';
import type { Header } from './action.ts';
import { AmiConnection } from './connection.ts';
import {
  AmiAwayError,
  AmiBehindError,
  AmiClosedError,
  AmiLoginError,
  AmiProtocolError,
  AmiRightsError,
  AmiTlsError,
} from './errors.ts';
import { EventQueue } from './event-queue.ts';
import type { Flaw } from './event-shape.ts';
import { logIn } from './login.ts';
import { AmiMessage } from './message.ts';
import {
  AMI_TIMING,
  type AmiClientOptions,
  type AmiCounters,
  type AmiReady,
  type AmiTiming,
} from './options.ts';
import type { AmiList } from './pending-actions.ts';

const MAX_WAITING = 10_000;
/** Of all events that wait. */
const MAX_WAITING_CHARACTERS = 32_000_000;
const MAX_ITEMS = 10_000;
/** Events between the login and `onReady`. */
const MAX_EARLY = 1000;
/** A connection that stood so long was a good one: the next pause is short again. In ms. */
const GOOD_AFTER_MS = 5000;

/** Only a person can mend these; until then it is no use to try often. */
const TO_MEND = [AmiLoginError, AmiRightsError, AmiTlsError, AmiProtocolError];

/**
 * Follows one Asterisk: keeps a connection to AMI, for ever, and hands on its events.
 *
 * While Asterisk is away actions fail at once. Nothing is ever sent later: a call that was asked for minutes ago
 * must not ring out of the blue.
 */
export class AmiClient {
  readonly #options: AmiClientOptions;
  readonly #timing: AmiTiming;
  /** Events, and what must be told in its place among them. */
  readonly #events: EventQueue<AmiMessage | (() => void)>;
  readonly #stopping = new AbortController();
  #connection: AmiConnection | undefined;
  #ready = false;
  /** Of the present connection. */
  #booted = false;
  #onBooted: () => void = () => undefined;
  /** What has come since the login. */
  #early: AmiMessage[] = [];
  #readyAt = Infinity;
  #lastError: unknown;
  #running: Promise<void> | undefined;
  #connects = 0;
  #handedOn = 0;
  #malformed = 0;
  #dropped = 0;
  #unexpected = 0;

  constructor(options: AmiClientOptions) {
    this.#options = options;
    this.#timing = { ...AMI_TIMING, ...options.timing };
    this.#events = new EventQueue({
      maxLength: options.maxWaiting ?? MAX_WAITING,
      maxWeight: MAX_WAITING_CHARACTERS,
      weigh: (event) => (event instanceof AmiMessage ? event.size : 0),
      consume: (event) => (event instanceof AmiMessage ? options.onEvent(event) : event()),
      onError: options.onProblem,
    });
  }

  get ready(): boolean {
    return this.#ready;
  }

  get counters(): AmiCounters {
    return {
      connects: this.#connects,
      events: this.#handedOn,
      malformed: this.#malformed,
      dropped: this.#dropped,
      unexpected: this.#unexpected + (this.#connection?.unexpected ?? 0),
    };
  }

  /** Begins to connect. Harmless when it has begun. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the connection, with a last `onDown` if it was ready. The client cannot be started again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#connection?.close(new AmiClosedError('The client was stopped.'));
    await this.#running;
  }

  /**
   * Sends an action and waits for its answer.
   *
   * @throws {AmiAwayError} there is no connection; nothing was sent
   * @throws {AmiEncodingError} it cannot be written; nothing was sent
   * @throws {AmiActionError | AmiRightsError} Asterisk refuses it
   * @throws {AmiTimeoutError | AmiClosedError | AmiBehindError} no answer came; Asterisk may have carried it out
   */
  action(name: string, headers: readonly Header[] = []): Promise<AmiMessage> {
    const connection = this.#standing();
    if (connection === undefined) return gentleRejection(this.#away(name));
    return connection.action(name, headers, this.#timing.actionMs);
  }

  /**
   * Sends an action that is answered by a list. Events that come behind the list are handed on after it.
   *
   * @param maxItems more are an AmiActionError. Default 10,000
   * @throws as `action`
   */
  list(name: string, headers: readonly Header[] = [], maxItems = MAX_ITEMS): Promise<AmiList> {
    const connection = this.#standing();
    if (connection === undefined) return gentleRejection(this.#away(name));
    return connection.list(name, headers, this.#timing.listMs, maxItems);
  }

  #standing(): AmiConnection | undefined {
    return this.#ready && this.#connection?.end === undefined ? this.#connection : undefined;
  }

  #away(action: string): AmiAwayError {
    const { host, port } = this.#options;
    const cause = this.#connection?.end ?? this.#lastError;
    const why = cause === undefined ? '' : ` ${messageOf(cause)}`;
    return new AmiAwayError(`${action} was not sent: Asterisk at ${host}:${port} is away.${why}`, { cause });
  }

  async #run(): Promise<void> {
    const { firstPauseMs, longestPauseMs, mendPauseMs } = this.#timing;
    const { signal } = this.#stopping;
    let pauseMs = firstPauseMs;
    while (!signal.aborted) {
      const error = await this.#connectOnce(signal);
      this.#lastError = error;
      if (performance.now() - this.#readyAt > GOOD_AFTER_MS) pauseMs = firstPauseMs;
      const longest = TO_MEND.some((kind) => error instanceof kind) ? mendPauseMs : longestPauseMs;
      // The random part keeps many clients of one Asterisk from coming all at once.
      const pause = Math.min(pauseMs, longest) * (0.5 + Math.random() / 2);
      await sleep(pause, undefined, { signal, ref: true }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, Math.max(longestPauseMs, mendPauseMs));
    }
  }

  /** One connection, from its beginning to its end. @returns why it ended */
  async #connectOnce(signal: AbortSignal): Promise<unknown> {
    const connection = new AmiConnection({
      account: this.#options,
      timing: this.#timing,
      onEvent: (event) => this.#onEvent(event),
      onFlaw: (flaw) => this.#onFlaw(flaw),
      onAnswer: () => this.#events.holdForAnswer(),
    });
    this.#connection = connection;
    this.#booted = false;
    this.#early = [];
    this.#readyAt = Infinity;
    try {
      const protocol = await connection.greeted();
      await logIn(connection, this.#options, this.#timing);
      connection.startPings();
      const booted = await this.#waitForBoot(connection);
      this.#becomeReady({ protocol, booted });
      const reason = await connection.closed;
      this.#events.pushAnyhow(() => this.#options.onDown(reason, new Date(connection.seenUntil)));
      return reason;
    } catch (error) {
      connection.close(new AmiClosedError('The connection was given up.'));
      if (!signal.aborted) this.#options.onProblem(error);
      return error;
    } finally {
      this.#ready = false;
      this.#connection = undefined;
      this.#unexpected += connection.unexpected;
    }
  }

  /** @returns whether Asterisk said so */
  async #waitForBoot(connection: AmiConnection): Promise<boolean> {
    const { bootMs, settleMs } = this.#timing;
    if (!this.#booted) {
      const patience = new AbortController();
      this.#onBooted = () => patience.abort();
      void connection.closed.then(() => patience.abort());
      const longest = this.#tellsBoot() ? bootMs : settleMs;
      await sleep(longest, undefined, { signal: patience.signal }).catch(() => undefined);
    }
    if (connection.end !== undefined) throw connection.end;
    return this.#booted;
  }

  /** FullyBooted is of the class system. */
  #tellsBoot(): boolean {
    return this.#options.events.some((one) => one === 'system' || one === 'all');
  }

  #becomeReady(ready: AmiReady): void {
    this.#ready = true;
    this.#readyAt = performance.now();
    this.#connects += 1;
    const { username, onReady, onProblem } = this.#options;
    if (!ready.booted && this.#tellsBoot()) {
      const text =
        `Asterisk did not say FullyBooted to ${JSON.stringify(username)}. The user's read in manager.conf lacks the ` +
        'class system, or there are blanks in it: of `read = system, call` only the first class is taken. Other ' +
        'events are then missing, too.';
      onProblem(new AmiRightsError(text));
    }
    this.#events.pushAnyhow(() => onReady(ready));
    for (const event of this.#early) this.#onEvent(event);
    this.#early = [];
  }

  #onEvent(event: AmiMessage): void {
    if (!this.#ready) {
      this.#onEarly(event);
      return;
    }
    if (this.#events.push(event)) {
      this.#handedOn += 1;
      return;
    }
    const waiting = this.#events.discard((one) => one instanceof AmiMessage);
    this.#dropped += waiting + 1;
    const text = `${waiting} events wait to be taken: the connection was dropped, since Asterisk would keep the rest.`;
    this.#connection?.close(new AmiBehindError(text));
  }

  /** Too many of them can be dropped: what there is must be asked for anyhow when it is ready. */
  #onEarly(event: AmiMessage): void {
    if (this.#early.length < MAX_EARLY) this.#early.push(event);
    else this.#dropped += 1;
    if (event.event !== 'FullyBooted') return;
    this.#booted = true;
    this.#onBooted();
  }

  #onFlaw(flaw: Flaw): void {
    this.#malformed += 1;
    this.#options.onFlaw?.(flaw);
  }
}
