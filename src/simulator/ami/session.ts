import { createHash, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { ActionReader, type ReadAction } from '../../ami/action-reader.ts';
import type { PlayedEvent } from './script.ts';

export interface SessionAccount {
  readonly username: string;
  readonly secret: string;
}

export interface SessionOptions {
  readonly banner: string;
  readonly account: SessionAccount;
  /** Default: `MAX_UNREAD_BYTES`. */
  readonly maxUnreadBytes?: number | undefined;
  /** As of `PlayedAsterisk`. */
  readonly speed: number;
  /** Carries out an action of somebody who has logged in, and answers with `reply`. */
  readonly onAction: (action: ReadAction, reply: Reply) => void;
}

/** Headers, one after the other; each message is written with the action's id. */
export type Reply = (message: PlayedEvent, ...more: readonly PlayedEvent[]) => void;

const WELCOME: PlayedEvent = {
  Event: 'FullyBooted',
  Privilege: 'system,all',
  Uptime: '1',
  LastReload: '1',
  Status: 'Fully Booted',
};
/** About what the kernel takes before Asterisk's writes make no progress. */
const MAX_UNREAD_BYTES = 3_000_000;
/** manager.c sleeps so long before it refuses a login, in ms. */
const REFUSAL_MS = 1000;

/** One connection to the played AMI: login, the mask of events, and actions in their order. */
export class Session {
  readonly #socket: Socket;
  readonly #options: SessionOptions;
  readonly #reader = new ActionReader();
  readonly #challenge = String(randomInt(1e9));
  /** Classes of events; undefined: all. Nobody gets any before the login. */
  #mask: ReadonlySet<string> | undefined = new Set();
  #loggedIn = false;

  constructor(socket: Socket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (chunk: Buffer) => {
      for (const action of this.#reader.push(chunk)) this.#onAction(action);
    });
    socket.on('error', () => socket.destroy());
    socket.write(options.banner);
  }

  get unreadBytes(): number {
    return this.#socket.writableLength;
  }

  /** @param classes such as `call,all` */
  wants(classes: string): boolean {
    if (this.#mask === undefined) return true;
    return classes.split(',').every((one) => one === 'all' || this.#mask?.has(one) === true);
  }

  /** A reader that stalls is cut off in the middle of a line and without a word: manager.conf, writetimeout. */
  write(text: string): void {
    if (!this.#socket.writable) return;
    this.#socket.write(text);
    if (this.unreadBytes > (this.#options.maxUnreadBytes ?? MAX_UNREAD_BYTES)) this.close(true);
  }

  /** Closes it, as Asterisk does when it stops; `broken` as when its machine is switched off. */
  close(broken = false): void {
    if (broken) this.#socket.resetAndDestroy();
    else this.#socket.destroySoon();
  }

  #onAction(action: ReadAction | string): void {
    if (typeof action === 'string') {
      this.write(messageText({ Response: 'Error', Message: action }));
      return;
    }
    const id = action.get('ActionID');
    const reply: Reply = (...messages) => {
      for (const message of messages) this.write(messageText(message, id));
    };
    const name = action.get('Action').toLowerCase();
    if (name === 'challenge') this.#onChallenge(action, reply);
    else if (name === 'login') this.#onLogin(action, reply);
    else if (name === 'logoff') {
      reply({ Response: 'Goodbye', Message: 'Thanks for all the fish.' });
      this.close();
    } else if (!this.#loggedIn) reply({ Response: 'Error', Message: 'Permission denied' });
    else if (name === 'events') {
      this.#setMask(action.get('EventMask'));
      reply({ Response: 'Success', Events: this.wants('call') ? 'On' : 'Off' });
    } else this.#options.onAction(action, reply);
  }

  #onChallenge(action: ReadAction, reply: Reply): void {
    if (action.get('AuthType').toUpperCase() === 'MD5')
      reply({ Response: 'Success', Challenge: this.#challenge });
    else reply({ Response: 'Error', Message: 'Must specify AuthType' });
  }

  #onLogin(action: ReadAction, reply: Reply): void {
    const { username, secret } = this.#options.account;
    const key = createHash('md5').update(`${this.#challenge}${secret}`).digest('hex');
    const md5 = action.get('AuthType').toUpperCase() === 'MD5';
    const proven = md5 ? action.get('Key') === key : action.get('Secret') === secret;
    if (!proven || action.get('Username') !== username) {
      setTimeout(() => {
        reply({ Response: 'Error', Message: 'Authentication failed' });
        this.close();
      }, REFUSAL_MS / this.#options.speed).unref();
      return;
    }
    this.#loggedIn = true;
    this.#setMask(action.get('Events'));
    reply({ Response: 'Success', Message: 'Authentication accepted' });
    if (this.wants('system')) this.write(messageText(WELCOME));
  }

  /** manager.c: strings_to_mask. */
  #setMask(text: string): void {
    const mask = text.toLowerCase();
    if (['', 'on', 'all', 'yes', 'true', '-1'].includes(mask)) this.#mask = undefined;
    else this.#mask = new Set(mask.split(','));
  }
}

/** @param id ActionID, which stands behind the first header */
export function messageText(message: PlayedEvent, id = ''): string {
  const lines = Object.entries(message).map(([name, value]) => `${name}: ${value}\r\n`);
  if (id !== '') lines.splice(1, 0, `ActionID: ${id}\r\n`);
  return `${lines.join('')}\r\n`;
}
