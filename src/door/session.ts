import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionReader, UNREADABLE, type ReadAction } from '../ami/action-reader.ts';
import { answer, errorAnswer, SAID } from './answer.ts';
import type { LoginResult } from './credentials.ts';
import type { DoorAccount, RefusalReason } from './options.ts';

/** What Asterisk 16 calls itself; its later versions speak the same. */
const BANNER = 'Asterisk Call Manager/5.0.4\r\n';
/** How long a peer may take to close after us, in ms. */
const LINGER_MS = 2000;
/** Answers that nobody reads, in bytes: more are waited for, but not for long. */
const MAX_UNREAD = 64 * 1024;
const UNREAD_MS = 5000;
/** Actions that wait for one that is being carried out; then no more is read. */
const MAX_WAITING = 100;
/** An account for couriers connects for one request: longest time between two of them, in ms. */
const IDLE_MS = 60_000;

export interface SessionOptions {
  readonly address: string;
  readonly loginMs: number;
  /** Before a login is refused. */
  readonly refusalMs: number;
  readonly logIn: (login: ReadAction, challenge: string, address: string) => LoginResult;
  /** Carries out an Originate of somebody who has logged in. @returns the answer; it never rejects */
  readonly originate: (action: ReadAction, session: DoorSession) => Promise<string>;
  readonly onLogin: (session: DoorSession) => void;
  readonly onRefused: (reason: RefusalReason, session: DoorSession, detail?: string) => void;
  readonly onClosed: (session: DoorSession) => void;
}

/** Whoever asks for these is up to more than a call. */
const DANGEROUS =
  /^(?:command|(?:get|update|create)config(?:json)?|listcategories|module\w+|reload|corerestart|(?:get|set)var|redirect|atxfer|blindtransfer|bridge\w*|mixmonitor\w*|\w*monitor|db\w+|agi|park|localoptimizeaway|loggerrotate|userevent|queueadd|dialplan\w+|showdialplan)$/;

/**
 * One connection to the door: it speaks as Asterisk does, and knows nothing of calls.
 *
 * Actions are carried out one after the other. What came before the peer closed is carried out, too: a program may
 * send its request and leave.
 */
export class DoorSession {
  readonly address: string;
  /** `performance.now()` */
  readonly since = performance.now();
  /** Of an account with `may: operatorCalls`: whose calls these are. */
  user: string | null = null;
  /** Set at the login by `Events: off`. */
  wantsEvents = true;

  readonly #socket: Duplex;
  readonly #options: SessionOptions;
  readonly #reader = new ActionReader();
  readonly #challenge = String(randomInt(1e9));
  #account: DoorAccount | null = null;
  #waiting: (ReadAction | string)[] = [];
  #isBusy = false;
  /** The peer has sent all that it will. */
  #hasEnded = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.address = options.address;
    this.#timer = setTimeout(() => this.close(), options.loginMs);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => {
      this.#hasEnded = true;
      if (!this.#isBusy) socket.end();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(this.#timer);
      options.onClosed(this);
    });
    this.write(BANNER);
  }

  get account(): DoorAccount | null {
    return this.#account;
  }

  write(text: string): void {
    if (this.#socket.writable) this.#socket.write(text);
  }

  /** An event. Whoever does not read is cut off, as Asterisk does. */
  tell(text: string): void {
    if (this.#socket.writableLength > 16 * MAX_UNREAD) this.close();
    else this.write(text);
  }

  /** Ends it at once. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    if (this.#isClosed) return;
    for (const action of this.#reader.push(chunk)) this.#waiting.push(action);
    if (!this.#isBusy && this.#waiting.length > 0) void this.#work();
    // Not sooner: of a peer that has gone, what was not read before the first write is lost.
    if (this.#waiting.length > MAX_WAITING) this.#socket.pause();
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (typeof next === 'string') this.#refuseUnreadable(next);
      else await this.#act(next);
      if (this.#isClosed) return;
      if (this.#account !== null) this.#watchIdle();
      await this.#untilRead();
    }
    this.#isBusy = false;
    this.#socket.resume();
    if (this.#hasEnded) this.#socket.end();
  }

  /** After a line without end there is nothing sensible to be expected. */
  #refuseUnreadable(why: string): void {
    this.#options.onRefused('unreadable', this, why);
    this.write(errorAnswer(null, why));
    if (why === UNREADABLE.tooLong) this.#finish();
  }

  async #act(action: ReadAction): Promise<void> {
    const name = action.get('Action').trim().toLowerCase();
    switch (name) {
      case '':
        return this.#refuse('unreadable', action, SAID.noAction);
      case 'logoff':
        this.write(answer(action, 'Goodbye', ['Message', SAID.goodbye]));
        return this.#finish();
      case 'challenge':
        return this.#onChallenge(action);
      case 'login':
        return this.#onLogin(action);
    }
    if (this.#account === null) return this.#refuse('action', action, SAID.denied);
    switch (name) {
      case 'ping': {
        const timestamp = (Date.now() / 1000).toFixed(6);
        return this.write(answer(action, 'Success', ['Ping', 'Pong'], ['Timestamp', timestamp]));
      }
      case 'originate':
        return this.write(await this.#options.originate(action, this));
    }
    this.#refuse(DANGEROUS.test(name) ? 'dangerous-action' : 'action', action, SAID.denied);
  }

  #onChallenge(action: ReadAction): void {
    if (this.#account !== null) return this.#refuse('action', action, SAID.denied);
    if (action.get('AuthType').toUpperCase() !== 'MD5') {
      return this.#refuse('unreadable', action, SAID.noAuthType);
    }
    this.write(answer(action, 'Success', ['Challenge', this.#challenge]));
  }

  async #onLogin(action: ReadAction): Promise<void> {
    // A second login would be a second try without a second connection.
    if (this.#account !== null) return this.#refuse('action', action, SAID.denied);
    const { logIn, refusalMs, onLogin, onRefused } = this.#options;
    const result = logIn(action, this.#challenge, this.address);
    if (result.account === null) {
      onRefused(result.wasProven ? 'login-address' : 'login', this);
      this.#waiting = [];
      await sleep(refusalMs);
      this.write(errorAnswer(action, SAID.loginFailed));
      return this.#finish();
    }
    this.#account = result.account;
    this.user = result.account.user ?? null;
    this.wantsEvents = !/^(?:off|no|false|0|none)$/i.test(action.get('Events').trim());
    clearTimeout(this.#timer);
    this.write(answer(action, 'Success', ['Message', SAID.accepted]));
    onLogin(this);
  }

  #refuse(reason: RefusalReason, action: ReadAction, message: string): void {
    this.#options.onRefused(reason, this);
    this.write(errorAnswer(action, message));
  }

  /** Nothing more is read; what was written is sent first. */
  #finish(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#socket.end();
    // Unread bytes would make the kernel reset the connection, and the answer would be lost with it.
    this.#socket.resume();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
  }

  /** A peer that does not read its answers gets no more, and is cut off in the end. */
  async #untilRead(): Promise<void> {
    if (this.#socket.writableLength < MAX_UNREAD || this.#socket.destroyed) return;
    const patience = AbortSignal.timeout(UNREAD_MS);
    await once(this.#socket, 'drain', { signal: patience }).catch(() => this.close());
  }

  #watchIdle(): void {
    clearTimeout(this.#timer);
    if (this.#socket.destroyed) return;
    if (this.#account?.may === 'courierCalls') this.#timer = setTimeout(() => this.close(), IDLE_MS);
  }
}
