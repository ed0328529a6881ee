import { type Deferred, deferred, rejectGently } from '../util/deferred.ts';
import type { CodedError } from '../util/errors.ts';
import { AmiActionError, AmiRightsError, AmiTimeoutError, excerpt } from './errors.ts';
import type { AmiMessage } from './message.ts';

export interface AmiList {
  readonly answer: AmiMessage;
  readonly items: readonly AmiMessage[];
  /** The event that ends it, such as CoreShowChannelsComplete. */
  readonly complete: AmiMessage | undefined;
  /** Items that were not believed. */
  readonly flaws: number;
}

/** One of them is enough for the action (`manager show command NAME`). */
const WRITE_CLASSES: Readonly<Record<string, string>> = {
  Originate: 'originate',
  Hangup: 'system or call',
  Redirect: 'call',
  CoreShowChannels: 'system or reporting',
  CoreStatus: 'system or reporting',
  Status: 'system, call or reporting',
  Filter: 'system',
  UserEvent: 'user',
};

interface Pending {
  readonly action: string;
  readonly settled: Deferred<AmiList>;
  readonly timer: NodeJS.Timeout;
  /** 0 for an action that is answered by one message. */
  readonly maxItems: number;
  answer: AmiMessage | undefined;
  items: AmiMessage[];
  flaws: number;
}

/** The actions of one connection that wait for their answers. Each is settled, in one way or another. */
export class PendingActions {
  readonly #byId = new Map<string, Pending>();
  /** Answers and items that nobody waits for, so far. */
  unexpected = 0;

  get size(): number {
    return this.#byId.size;
  }

  /**
   * @param maxItems of a list; 0: no list
   * @throws {AmiTimeoutError | AmiRightsError | AmiActionError}
   */
  add(id: string, action: string, timeoutMs: number, maxItems: number): Promise<AmiList> {
    // An event loop that was held up fires timers before it reads what has come in the meantime.
    const timer = setTimeout(() => setImmediate(() => this.#timeOut(id, timeoutMs)), timeoutMs);
    const settled = deferred<AmiList>();
    this.#byId.set(id, { action, settled, timer, maxItems, answer: undefined, items: [], flaws: 0 });
    return settled.promise;
  }

  /** Nobody but Asterisk can know an id: it is random. */
  knows(message: AmiMessage): boolean {
    return this.#byId.has(message.get('ActionID') ?? '');
  }

  /** @returns whether somebody's waiting is over */
  answer(message: AmiMessage): boolean {
    const id = message.get('ActionID') ?? '';
    const pending = this.#byId.get(id);
    if (pending === undefined || pending.answer !== undefined) {
      this.unexpected += 1;
      return false;
    }
    if (message.values[0] === 'Error') {
      this.#fail(id, pending, refusal(pending.action, message.get('Message') ?? ''));
      return true;
    }
    pending.answer = message;
    const isList = pending.maxItems > 0 && message.get('EventList')?.toLowerCase() === 'start';
    if (!isList) this.#succeed(id, pending, undefined);
    return !isList;
  }

  /** A part of a list. @returns whether somebody's waiting is over */
  item(message: AmiMessage): boolean {
    const id = message.get('ActionID') ?? '';
    const pending = this.#byId.get(id);
    if (pending?.answer === undefined) {
      this.unexpected += 1;
      return false;
    }
    if (message.get('EventList') !== undefined) {
      this.#succeed(id, pending, message);
      return true;
    }
    pending.items.push(message);
    if (pending.items.length <= pending.maxItems) return false;
    const { action, maxItems } = pending;
    this.#fail(id, pending, new AmiActionError(`The list of ${action} has more than ${maxItems} items.`));
    return true;
  }

  /** Something between the items of a list was not believed. */
  flaw(): void {
    for (const pending of this.#byId.values()) if (pending.answer !== undefined) pending.flaws += 1;
  }

  rejectAll(error: CodedError): void {
    for (const [id, pending] of this.#byId) this.#fail(id, pending, error);
  }

  #timeOut(id: string, timeoutMs: number): void {
    const pending = this.#byId.get(id);
    if (pending === undefined) return;
    const text = `Asterisk did not answer ${pending.action} within ${timeoutMs} ms. It may still carry it out.`;
    this.#fail(id, pending, new AmiTimeoutError(text));
  }

  #succeed(id: string, pending: Pending, complete: AmiMessage | undefined): void {
    const { answer, items, flaws } = pending;
    this.#remove(id, pending);
    if (answer !== undefined) pending.settled.resolve({ answer, items, complete, flaws });
  }

  #fail(id: string, pending: Pending, error: CodedError): void {
    this.#remove(id, pending);
    rejectGently(pending.settled, error);
  }

  #remove(id: string, pending: Pending): void {
    clearTimeout(pending.timer);
    this.#byId.delete(id);
  }
}

function refusal(action: string, message: string): CodedError {
  if (message !== 'Permission denied') {
    return new AmiActionError(`Asterisk refuses ${action}: ${excerpt(message)}.`);
  }
  const classes = WRITE_CLASSES[action] ?? 'it needs';
  return new AmiRightsError(
    `Asterisk refuses ${action}: Permission denied. Give the user of manager.conf the class ${classes} in write, ` +
      'without blanks in the list, and log in anew: a reload changes no session that stands.',
  );
}
