import type { Socket } from 'node:net';
import type { CodedError } from '../util/errors.ts';
import type { AgiCommandName } from './catalogue.ts';
import { CommandQueue } from './command-queue.ts';
import { gentleRejection } from '../util/deferred.ts';
import type { AgiEnvironment } from './environment.ts';
import { EnvironmentReader } from './environment-reader.ts';
import {
  AgiClosedError,
  AgiCommandError,
  AgiHangupError,
  AgiProtocolError,
  AgiTimeoutError,
} from './errors.ts';
import { LineReader } from '../net/line-reader.ts';
import { encodeMSet, type Variable } from './mset.ts';
import { type AgiReply, HANGUP, ReplyAssembler } from './reply.ts';

const MAX_LINE_BYTES = 16_384;
const MAX_REPLY_LENGTH = 65_536;
/** What a peer may still send after our close: a reply, a usage text and `HANGUP` are far below it. */
const MAX_DISCARDED_BYTES = 65_536;
/** res_agi.c, handle_exec: the application is not loaded. */
const NO_SUCH_APPLICATION = '-2';

export interface AgiSessionOptions {
  /** From the connection to the session's end, in ms, unless `setDeadline` replaces it. */
  readonly deadlineMs: number;
  /** How long the peer may take to close its side after we have closed ours, in ms. Default 2000. */
  readonly lingerMs?: number | undefined;
  /** Called once, when the connection is gone. */
  readonly onClosed?: ((session: AgiSession) => void) | undefined;
}

/**
 * One call's conversation with Asterisk. Owns the connection.
 *
 * Commands are written one at a time, each with one write; later ones queue. Every promise settles: with
 * the reply, or with AgiHangupError, AgiClosedError, AgiTimeoutError or AgiProtocolError when the session
 * ends first. A promise that nobody awaits never becomes an unhandled rejection.
 */
export class AgiSession {
  /** The peer's address; empty when it was gone before we looked. */
  readonly remoteAddress: string;
  /** When the connection was accepted, in ms of `performance.now()`. */
  readonly acceptedAt: number;

  readonly #socket: Socket;
  readonly #lingerMs: number;
  readonly #reader = new LineReader(MAX_LINE_BYTES);
  readonly #environment = new EnvironmentReader();
  readonly #replies = new ReplyAssembler(MAX_REPLY_LENGTH);
  readonly #commands: CommandQueue;
  #deadline: number;
  /** For the deadline, and after the close for the limit of lingering. */
  #timer: NodeJS.Timeout | undefined;
  /** When the peer must have closed its side, once we have closed ours. */
  #lingerUntil = 0;

  #closing = false;
  #endReason: CodedError | undefined;
  #abort: AbortController | undefined;
  #discarded = 0;

  constructor(socket: Socket, options: AgiSessionOptions) {
    this.#socket = socket;
    this.#lingerMs = options.lingerMs ?? 2000;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.acceptedAt = performance.now();
    this.#deadline = this.acceptedAt + options.deadlineMs;
    this.#wakeAt(this.#deadline);
    this.#commands = new CommandQueue((line) => socket.write(line));
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onGone('Asterisk closed the connection.'));
    // Without this listener an RST would end the process.
    socket.on('error', (cause) => this.#onGone('The connection broke.', cause));
    socket.on('close', () => {
      this.#onGone('The connection was closed.');
      clearTimeout(this.#timer);
      options.onClosed?.(this);
    });
  }

  /** True once no command can be sent any more. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Why the session ended before we closed it: hangup, timeout, a broken connection or protocol. */
  get endReason(): CodedError | undefined {
    return this.#endReason;
  }

  /** Whether the peer has sent anything: a health check connects and closes without a byte. */
  get received(): boolean {
    return this.#socket.bytesRead > 0;
  }

  /** When the session ends at the latest, in ms of `performance.now()`. */
  get deadline(): number {
    return this.#deadline;
  }

  /** Replaces the deadline, such as by the longer one of a script that talks. @param deadlineMs from now on */
  setDeadline(deadlineMs: number): void {
    if (this.#closing) return;
    this.#deadline = performance.now() + deadlineMs;
    this.#wakeAt(this.#deadline);
  }

  /** Aborted when the session ends, by hangup, deadline, a lost connection or close(). */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#closing) this.#abort.abort(this.#whyClosed());
    }
    return this.#abort.signal;
  }

  /**
   * The environment, as soon as all of it has come.
   *
   * @throws {AgiEnvironmentError} it is malformed; the session still takes commands
   */
  readEnvironment(): Promise<AgiEnvironment> {
    if (this.#closing && !this.#environment.complete) return gentleRejection(this.#whyClosed());
    return this.#environment.wait();
  }

  /**
   * Sends a command of the catalogue and waits for its reply, whatever its result says.
   *
   * @throws {AgiEncodingError} it cannot be written; nothing was sent
   * @throws {AgiCommandError} 503, 510 or 520
   * @throws {AgiDeadChannelError} 511
   */
  command(name: AgiCommandName, ...args: readonly (string | number)[]): Promise<AgiReply> {
    return this.#send(name, args, (reply) => reply);
  }

  /**
   * Runs a dialplan application.
   *
   * @throws {AgiCommandError} also when the application does not exist
   */
  exec(application: string, data = ''): Promise<AgiReply> {
    return this.#send('exec', [application, data], (reply) => {
      if (reply.result !== NO_SUCH_APPLICATION) return reply;
      throw new AgiCommandError(`Asterisk has no application ${application}.`, reply.code);
    });
  }

  /**
   * Sets all these channel variables, in their order and in one round trip (EXEC MSet).
   *
   * @throws {AgiEncodingError} a name that is not A-Z, 0-9 and _; a value with a line break; too much
   * @throws {AgiCommandError} Asterisk did not set them
   */
  setVariables(variables: readonly Variable[]): Promise<void> {
    let data: string;
    try {
      data = encodeMSet(variables);
    } catch (error) {
      return gentleRejection(error);
    }
    return this.#send('exec', ['MSet', data], (reply) => {
      if (reply.result === '0') return;
      throw new AgiCommandError(`MSet failed with result ${reply.result}.`, reply.code);
    });
  }

  /** A channel variable's value; undefined when it is not set. */
  getVariable(name: string): Promise<string | undefined> {
    return this.#send('getVariable', [name], (reply) =>
      reply.result === '1' ? (reply.value ?? '') : undefined,
    );
  }

  /** Ends the session: AGISTATUS becomes SUCCESS, and the dialplan goes on. Harmless when it has ended. */
  close(): void {
    this.#finish(undefined, '');
  }

  /** Ends the session with the line `failure`: AGISTATUS becomes FAILURE, and the dialplan goes on. */
  fail(): void {
    this.#finish(undefined, 'failure\n');
  }

  /** Drops the connection at once, without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #send<T>(
    name: AgiCommandName,
    args: readonly (string | number)[],
    read: (reply: AgiReply) => T,
  ): Promise<T> {
    if (this.#closing) return gentleRejection(this.#whyClosed());
    return this.#commands.submit(name, args, read);
  }

  #onData(chunk: Buffer): void {
    if (this.#closing) {
      // Read on, so that HANGUP and late replies don't become an RST; but not for ever.
      this.#discarded += chunk.length;
      if (this.#discarded > MAX_DISCARDED_BYTES) this.#socket.destroy();
      return;
    }
    try {
      for (const line of this.#reader.push(chunk)) {
        this.#onLine(line);
        if (this.#closing) return;
      }
      if (this.#reader.fault !== undefined) throw new AgiProtocolError(this.#reader.fault);
      if (this.#replies.incomplete && !this.#commands.expectsReply) {
        throw new AgiProtocolError('A reply began that belongs to no command.');
      }
    } catch (error) {
      if (!(error instanceof AgiProtocolError)) throw error;
      this.#finish(error, 'failure\n');
      return;
    }
    this.#commands.settle();
    this.#commands.next();
  }

  #onLine(line: string): void {
    if (!this.#environment.complete && line !== HANGUP) {
      this.#environment.push(line);
      return;
    }
    const reply = this.#replies.push(line);
    if (reply === undefined) return;
    if (reply === HANGUP) {
      this.#commands.settle();
      this.#finish(new AgiHangupError('The caller hung up.'), '');
      return;
    }
    this.#commands.accept(reply);
  }

  /** @param time of `performance.now()` */
  #wakeAt(time: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onTimeout, time - performance.now()).unref();
  }

  readonly #onTimeout = (): void => {
    if (!this.#closing) {
      const allowed = Math.round(this.#deadline - this.acceptedAt);
      this.#finish(new AgiTimeoutError(`The session was not over after ${allowed} ms.`), 'failure\n');
    }
    if (this.#lingerUntil > performance.now()) this.#wakeAt(this.#lingerUntil);
    else this.#socket.destroy();
  };

  #onGone(what: string, cause?: Error): void {
    // After our close this is how a session ends, and no error is made for nobody.
    if (!this.#closing) this.#finish(new AgiClosedError(what, { cause }), '');
  }

  /**
   * Nothing more is sent after this. Closes our side only (FIN): Asterisk writes `HANGUP` when it sees
   * that, and a connection gone by then would be an RST to it and a broken pipe in its log.
   */
  #finish(reason: CodedError | undefined, lastLine: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#endReason = reason;
    this.#lingerUntil = performance.now() + this.#lingerMs;
    if (this.#lingerUntil < this.#deadline) this.#wakeAt(this.#lingerUntil);
    if (lastLine === '') this.#socket.end();
    else this.#socket.end(lastLine);
    this.#environment.abandon(() => this.#whyClosed());
    this.#commands.rejectAll(() => this.#whyClosed());
    this.#abort?.abort(this.#whyClosed());
  }

  /** An error is made only when somebody is to get it: a good call makes none. */
  #whyClosed(): CodedError {
    return this.#endReason ?? new AgiClosedError('The session was closed here.');
  }
}
