import type { AgiCommandName } from './catalogue.ts';
import { encodeCommand } from './command.ts';
import { type Deferred, deferred, gentleRejection, rejectGently } from '../util/deferred.ts';
import { AgiCommandError, AgiDeadChannelError, AgiProtocolError } from './errors.ts';
import type { AgiReply } from './reply.ts';

const MAX_WAITING = 100;
/** RESULT_SHOWUSAGE: what an EXECed application returns, Asterisk takes for EXEC's own outcome. */
const USAGE_FOLLOWS = '1';

interface PendingCommand {
  readonly name: AgiCommandName;
  readonly line: string;
  readonly settle: (reply: AgiReply) => void;
  readonly result: Pick<Deferred<unknown>, 'promise' | 'reject'>;
}

/**
 * Gives each command its reply. One command is in flight at a time: a second one written early would sit
 * in Asterisk's stdio buffer while Asterisk polls the socket, and stall.
 */
export class CommandQueue {
  readonly #write: (line: string) => void;
  #inFlight: PendingCommand | undefined;
  /** The reply to #inFlight, until settle(). */
  #reply: AgiReply | undefined;
  readonly #waiting: PendingCommand[] = [];
  /** The next 520 belongs to the EXEC before and is no reply to another command. */
  #usageFollows = false;

  /** @param write gets one whole line, newline included */
  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /**
   * @param read makes the result of a good reply (200); may throw
   * @returns a promise that settles with the reply or with rejectAll()
   */
  submit<T>(
    name: AgiCommandName,
    args: readonly (string | number)[],
    read: (reply: AgiReply) => T,
  ): Promise<T> {
    if (this.#waiting.length >= MAX_WAITING) {
      return gentleRejection(new AgiProtocolError(`${MAX_WAITING} commands are waiting already.`));
    }
    let line: string;
    try {
      line = encodeCommand(name, args);
    } catch (error) {
      return gentleRejection(error);
    }
    const result = deferred<T>();
    const settle = (reply: AgiReply): void => {
      try {
        result.resolve(read(succeeded(name, reply)));
      } catch (error) {
        rejectGently(result, error);
      }
    };
    const command: PendingCommand = { name, line, settle, result };
    if (this.#inFlight === undefined) this.#start(command);
    else this.#waiting.push(command);
    return result.promise;
  }

  /**
   * Takes a reply that has come, for the command in flight. Its promise settles only with settle(), once
   * all that came along is read: a second reply shows that the first was forged by a variable's value.
   *
   * @throws {AgiProtocolError} no command is in flight
   */
  accept(reply: AgiReply): void {
    if (reply.code === 520 && this.#usageFollows) {
      this.#usageFollows = false;
      return;
    }
    if (this.#inFlight === undefined || this.#reply !== undefined) {
      throw new AgiProtocolError(`Asterisk replied with ${reply.code} to no command.`);
    }
    this.#reply = reply;
    this.#usageFollows =
      reply.code === 200 && this.#inFlight.name === 'exec' && reply.result === USAGE_FOLLOWS;
  }

  /** Whether a reply, or a usage text after one, is due. */
  get expectsReply(): boolean {
    return this.#usageFollows || (this.#inFlight !== undefined && this.#reply === undefined);
  }

  /** Settles the command whose reply was accepted. */
  settle(): void {
    const command = this.#inFlight;
    const reply = this.#reply;
    if (command === undefined || reply === undefined) return;
    this.#inFlight = undefined;
    this.#reply = undefined;
    command.settle(reply);
  }

  /** Starts the next waiting command if none is in flight. */
  next(): void {
    if (this.#inFlight !== undefined) return;
    const command = this.#waiting.shift();
    if (command !== undefined) this.#start(command);
  }

  /** Ends everything that is still open: nothing waits unless a command is in flight. */
  rejectAll(makeError: () => Error): void {
    if (this.#inFlight === undefined) return;
    const commands = [this.#inFlight, ...this.#waiting.splice(0)];
    this.#inFlight = undefined;
    this.#reply = undefined;
    for (const { result } of commands) rejectGently(result, makeError());
  }

  #start(command: PendingCommand): void {
    this.#inFlight = command;
    this.#write(command.line);
  }
}

function succeeded(name: AgiCommandName, reply: AgiReply): AgiReply {
  if (reply.code === 200) return reply;
  if (reply.code === 511) {
    throw new AgiDeadChannelError(`${name}: the channel is hung up, and this needs a living one (511).`);
  }
  const [first = ''] = reply.text.split('\n', 1);
  throw new AgiCommandError(`${name} was refused: ${first}`, reply.code);
}
