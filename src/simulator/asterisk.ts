import { connect, isIPv6, type Socket } from 'node:net';
import { Channel } from './channel.ts';
import { CommandReader, type ReadLine } from './command-reader.ts';
import { completeEnvironment, environmentText } from './environment.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** What a call needs of a scenario. */
export interface CallScript {
  /** By `agi_…` name; what is missing gets a default. */
  readonly environment: ReadonlyMap<string, string>;
  /** Variables that the dialplan sets before `AGI()`. */
  readonly presets: ReadonlyMap<string, string>;
  /** The caller hangs up after that many commands; undefined: never. */
  readonly hangupAfter?: number;
}

export interface CallOptions {
  /**
   * Milliseconds for the whole call, 10,000 by default. Asterisk itself has no such limit: it would wait
   * for ever. A call that reaches it is a problem, whatever the server did before.
   */
  readonly timeoutMs?: number;
  /** Milliseconds for the TCP connection: 2,000 as in Asterisk (res_agi.c: MAX_AGI_CONNECT). */
  readonly connectTimeoutMs?: number;
  /** res_agi.c: AGI_BUF_LEN: 2,048 by default; 8,192 plays Asterisk 22.6 and later. */
  readonly bufferBytes?: number;
}

type AgiStatus = 'SUCCESS' | 'FAILURE' | 'HANGUP';

export interface CallResult {
  /** The channel's variables at the end, `AGISTATUS` among them. */
  readonly variables: ReadonlyMap<string, string>;
  /** Every command line as Asterisk read it. */
  readonly commands: readonly string[];
  readonly agiStatus: AgiStatus;
  /** From the start of the connection to the end of the session. */
  readonly durationMs: number;
  /** Until the connection stood; null when it never did. */
  readonly connectMs: number | null;
  /** In plain words: what a real Asterisk would have stumbled over. Empty after a good call. */
  readonly problems: readonly string[];
}

/**
 * Plays Asterisk's side of one FastAGI call: connects, sends the environment, keeps the channel's
 * variables, answers commands, and ends the session as res_agi.c does.
 *
 * Never rejects: what goes wrong is part of the result, as it is part of a call.
 */
export function playCall(target: Target, script: CallScript, options: CallOptions = {}): Promise<CallResult> {
  return new Promise((resolve) => {
    new Session(target, script, options, resolve).start();
  });
}

class Session {
  readonly #target: Target;
  readonly #script: CallScript;
  readonly #options: Required<CallOptions>;
  readonly #resolve: (result: CallResult) => void;
  readonly #environment: ReadonlyMap<string, string>;
  readonly #channel: Channel;
  readonly #reader: CommandReader;
  readonly #commands: string[] = [];
  readonly #problems: string[] = [];
  readonly #startedAt = performance.now();
  #socket: Socket | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #callTimer: NodeJS.Timeout | undefined;
  #agiStatus: AgiStatus = 'SUCCESS';
  #connectMs: number | null = null;
  #durationMs: number | null = null;

  constructor(
    target: Target,
    script: CallScript,
    options: CallOptions,
    resolve: (result: CallResult) => void,
  ) {
    this.#target = target;
    this.#script = script;
    this.#options = { timeoutMs: 10_000, connectTimeoutMs: 2_000, bufferBytes: 2_048, ...options };
    this.#resolve = resolve;
    this.#reader = new CommandReader(this.#options.bufferBytes);
    const address = isIPv6(target.host) ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
    this.#environment = completeEnvironment(script.environment, address);
    this.#channel = new Channel(this.#environment);
    this.#channel.variables.set('ROUTE_STATUS', 'ERROR');
    for (const [name, value] of script.presets) this.#channel.variables.set(name, value);
  }

  start(): void {
    const { host, port } = this.#target;
    const { connectTimeoutMs, timeoutMs } = this.#options;
    // Half-open, because Asterisk still writes its HANGUP after the server's end.
    const socket = connect({ host, port, allowHalfOpen: true });
    this.#socket = socket;
    this.#connectTimer = setTimeout(
      () => this.#fail(`no connection after ${connectTimeoutMs} ms`),
      connectTimeoutMs,
    );
    this.#callTimer = setTimeout(() => this.#giveUp(), timeoutMs);
    socket.once('connect', () => this.#begin());
    socket.on('data', (bytes) => {
      this.#reader.push(bytes);
      this.#readCommands();
    });
    socket.once('end', () => this.#serverClosed());
    socket.on('error', (error) => {
      if (this.#connectMs === null) this.#fail(`no connection: ${error.message}`);
      else this.#serverClosed();
    });
    socket.once('close', () => this.#settle());
  }

  #begin(): void {
    clearTimeout(this.#connectTimer);
    this.#connectMs = performance.now() - this.#startedAt;
    this.#write(environmentText(this.#environment), 'utf8');
    if (this.#script.hangupAfter === 0) this.#hangUp();
  }

  #readCommands(): void {
    while (this.#durationMs === null) {
      const line = this.#reader.read();
      if (line === undefined) return;
      if (line === 'closed') return this.#finish();
      if (line.text.slice(0, 7).toLowerCase() === 'failure') {
        this.#agiStatus = 'FAILURE';
        return this.#finish();
      }
      this.#execute(line);
    }
  }

  #execute(line: ReadLine): void {
    const command = Buffer.from(line.text, 'latin1').toString('utf8');
    this.#commands.push(command);
    this.#lookForFaults(line, command);
    const reply = this.#channel.execute(line.text);
    if (/^5[12]0/.test(reply))
      this.#problems.push(`Asterisk refuses ${shorten(command)}: ${firstLine(reply)}`);
    this.#write(reply, 'latin1');
    const callerLeaves = this.#commands.length === this.#script.hangupAfter;
    if (callerLeaves || this.#channel.hangupRequested) this.#hangUp();
  }

  #lookForFaults(line: ReadLine, command: string): void {
    if (line.end === 'cut') {
      this.#problems.push(`a line is too long for Asterisk and was cut: ${shorten(command)}`);
    } else if (line.end === 'tail') {
      this.#problems.push(`the server closed in the middle of a line: ${shorten(command)}`);
    } else if (this.#reader.hasMore) {
      this.#problems.push(`the server did not wait for the reply to ${shorten(command)}: Asterisk stalls`);
    }
  }

  /** The caller is gone; Asterisk says so once and then waits for the server's end. */
  #hangUp(): void {
    if (this.#channel.dead) return;
    this.#channel.dead = true;
    this.#channel.hangupRequested = false;
    if (this.#agiStatus === 'SUCCESS') this.#agiStatus = 'HANGUP';
    this.#writeHangup();
    if (isTrue(this.#script.presets.get('AGIEXITONHANGUP'))) this.#finish();
  }

  #serverClosed(): void {
    this.#reader.end();
    this.#readCommands();
  }

  #fail(problem: string): void {
    if (this.#durationMs !== null) return;
    this.#agiStatus = 'FAILURE';
    this.#problems.push(problem);
    this.#close();
    this.#socket?.destroy();
  }

  /** The server neither answers nor closes. The simulated caller has had enough. */
  #giveUp(): void {
    if (this.#durationMs === null) {
      this.#agiStatus = 'HANGUP';
      this.#problems.push(
        `no end of the session after ${this.#options.timeoutMs} ms: Asterisk would wait for ever`,
      );
      this.#close();
    }
    this.#socket?.destroy();
  }

  /** res_agi.c, the end of run_agi: one more HANGUP, then the socket is closed in both directions. */
  #finish(): void {
    this.#close();
    this.#writeHangup();
    this.#socket?.destroySoon();
  }

  #close(): void {
    clearTimeout(this.#connectTimer);
    this.#durationMs = performance.now() - this.#startedAt;
  }

  #settle(): void {
    if (this.#durationMs === null) this.#serverClosed();
    clearTimeout(this.#callTimer);
    this.#channel.variables.set('AGISTATUS', this.#agiStatus);
    this.#resolve({
      variables: this.#channel.variables,
      commands: this.#commands,
      agiStatus: this.#agiStatus,
      durationMs: this.#durationMs ?? 0,
      connectMs: this.#connectMs,
      problems: this.#problems,
    });
  }

  #writeHangup(): void {
    if (!isFalse(this.#script.presets.get('AGISIGHUP'))) this.#write('HANGUP\n', 'latin1');
  }

  #write(text: string, encoding: BufferEncoding): void {
    if (this.#socket?.writable === true) this.#socket.write(text, encoding);
  }
}

/** utils.c: ast_true. */
function isTrue(value: string | undefined): boolean {
  return /^(yes|true|y|t|1|on)$/i.test(value ?? '');
}

/** utils.c: ast_false. */
function isFalse(value: string | undefined): boolean {
  return /^(no|false|n|f|0|off)$/i.test(value ?? '');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function shorten(command: string): string {
  return command.length > 60 ? `«${command.slice(0, 60)}…»` : `«${command}»`;
}
