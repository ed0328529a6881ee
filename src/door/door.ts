import type { Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { ReadAction } from '../ami/action-reader.ts';
import type { AmiMessage } from '../ami/message.ts';
import type { Certificate } from '../net/http-listener.ts';
import { Listener } from '../net/listener.ts';
import { CodedError, messageOf } from '../util/errors.ts';
import { type Alarm, Alarms } from './alarms.ts';
import { answer, errorAnswer, SAID } from './answer.ts';
import { Brakes } from './brakes.ts';
import { CourierCalls } from './courier-calls.ts';
import { Credentials } from './credentials.ts';
import { eventFor } from './operator-events.ts';
import { OperatorCalls } from './operator-calls.ts';
import type { DoorAccount, DoorLimits, DoorPeople, PlaceCall, Refusal, RefusalReason } from './options.ts';
import { DoorRefusedError } from './originate.ts';
import { DoorSession } from './session.ts';

/** The address of the door is taken, not ours or not permitted. */
export class DoorListenError extends CodedError {
  readonly code = 'DOOR_LISTEN';
}

export interface DoorOptions extends DoorLimits {
  readonly host: string;
  /** 0 takes a free port; start() says which. */
  readonly port: number;
  /** PEM. With it plain connections are refused. */
  readonly tls?: Certificate | undefined;
  readonly accounts: readonly DoorAccount[];
  readonly officeNumbers: readonly string[];
  readonly courierPrefix: string;
  readonly recipientPrefix: string;
  readonly loginSeconds: number;
  /** Before a login is refused. Default: 1000, as manager.c sleeps. */
  readonly refusalMs?: number | undefined;
  readonly maxConnections: number;
  /** Of those who have not logged in. */
  readonly maxPerAddress: number;
  readonly people: DoorPeople;
  /** The country of a number, as ISO 3166 names it; null when it is not known. */
  readonly countryOf: (number: string) => string | null;
  readonly placeCall: PlaceCall;
  readonly onRefused: (refusal: Refusal) => void;
  readonly onAlarm: (alarm: Alarm) => void;
  /** A connection that was closed unread: it is in no account's `allow`, or there are too many. */
  readonly onDropped: (address: string, why: 'not allowed' | 'too many') => void;
  readonly onListenerError: (error: unknown) => void;
  /** Default: the clock. */
  readonly now?: () => Date;
}

/** What the door has done so far, for metrics. */
export interface DoorCounters {
  /** Calls that passed. */
  calls: number;
  alarms: number;
  /** Connections closed unread. */
  dropped: number;
  readonly refusals: Map<RefusalReason, number>;
}

/** Connections that wait in the kernel longer than that are reset, in ms. */
const MAX_WAIT_MS = 2000;
const KEEP_ALIVE_MS = 60_000;
const REFUSAL_MS = 1000;

/** The guarded AMI: it speaks AMI, and lets nothing pass but calls that somebody is entitled to. */
export class Door {
  readonly counters: DoorCounters = { calls: 0, alarms: 0, dropped: 0, refusals: new Map() };
  readonly #options: DoorOptions;
  readonly #listener: Listener;
  readonly #tls: TlsServer | undefined;
  readonly #credentials: Credentials;
  readonly #couriers: CourierCalls;
  readonly #operators: OperatorCalls;
  readonly #alarms: Alarms;
  readonly #sessions = new Set<DoorSession>();
  /** Connections that have not logged in, the oldest first, by `ADDRESS PORT`. */
  readonly #strangers = new Map<string, { readonly address: string; readonly close: () => void }>();
  #connections = 0;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#credentials = new Credentials(options.accounts);
    const brakes = new Brakes(options, options.countryOf, options.now);
    this.#couriers = new CourierCalls({ ...options, brakes });
    this.#operators = new OperatorCalls({ ...options, brakes });
    this.#alarms = new Alarms((alarm) => {
      this.counters.alarms += 1;
      options.onAlarm(alarm);
    });
    this.#tls = options.tls === undefined ? undefined : this.#createTls(options.tls);
    this.#listener = new Listener({
      host: options.host,
      port: options.port,
      // Some of those that are over their time wait to be closed.
      maxConnections: 2 * options.maxConnections,
      maxWaitMs: MAX_WAIT_MS,
      onSocket: (socket) => this.#accept(socket),
      onDropped: (address) => this.#drop(plainAddress(address), 'too many'),
      onQueueReset: () => this.#drop('', 'too many'),
      onError: options.onListenerError,
    });
  }

  /** That are open. */
  get connections(): number {
    return this.#connections;
  }

  /** Whether something looked like fraud within the last hour. */
  get isAlarmed(): boolean {
    return this.#alarms.isAlarmed;
  }

  /** @throws {DoorListenError} */
  async start(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#options;
    try {
      return await this.#listener.start();
    } catch (cause) {
      const text = `door.port: received ${port}; cannot listen on ${host} port ${port}: ${messageOf(cause)}.`;
      throw new DoorListenError(`${text} Set door.port to a free one, or door.enabled to false.`, { cause });
    }
  }

  async stop(): Promise<void> {
    await this.#listener.stop();
    for (const session of this.#sessions) session.close();
  }

  /** From the next connection on. Only where there was a certificate before. @throws they do not fit together */
  renew(certificate: Certificate): void {
    this.#tls?.setSecureContext(certificate);
  }

  /** An event of Asterisk, for the operators whom it concerns. */
  tell(event: AmiMessage): void {
    for (const session of this.#sessions) {
      const { user, wantsEvents, account } = session;
      if (account?.may !== 'operatorCalls' || user === null || !wantsEvents) continue;
      const text = eventFor(event, this.#options.people.telephonesOf(user));
      if (text !== undefined) session.tell(text);
    }
  }

  #createTls({ cert, key }: Certificate): TlsServer {
    const server = createTlsServer({ cert, key, handshakeTimeout: this.#options.loginSeconds * 1000 });
    server.on('secureConnection', (socket) => this.#open(socket, peerOf(socket)));
    // Whoever speaks no TLS is closed, and has no session.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    const peer = peerOf(socket);
    const isAllowed = this.#credentials.mayConnect(peer.address);
    if (!isAllowed || !this.#makeRoom(peer.address)) {
      socket.destroy();
      this.#drop(peer.address, isAllowed ? 'too many' : 'not allowed');
      return;
    }
    this.#connections += 1;
    this.#strangers.set(peer.key, { address: peer.address, close: () => socket.destroy() });
    socket.once('close', () => {
      this.#connections -= 1;
      this.#strangers.delete(peer.key);
    });
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    if (this.#tls === undefined) this.#open(socket, peer);
    else this.#tls.emit('connection', socket);
  }

  /** @returns false when everybody who is there has logged in */
  #makeRoom(address: string): boolean {
    const { maxConnections, maxPerAddress } = this.#options;
    const same = [...this.#strangers].filter(([, stranger]) => stranger.address === address);
    if (same.length < maxPerAddress && this.#connections < maxConnections) return true;
    // The oldest goes: whoever has a request logs in at once.
    const [oldest] = same.length >= maxPerAddress ? same : this.#strangers;
    if (oldest === undefined) return false;
    const [key, stranger] = oldest;
    this.#strangers.delete(key);
    stranger.close();
    this.#drop(stranger.address, 'too many');
    return true;
  }

  #open(socket: Duplex, { address, key }: Peer): void {
    const session = new DoorSession(socket, {
      address,
      loginMs: this.#options.loginSeconds * 1000,
      refusalMs: this.#options.refusalMs ?? REFUSAL_MS,
      logIn: (login, challenge, from) => this.#credentials.check(login, challenge, from),
      originate: (action, of) => this.#originate(action, of),
      onLogin: (of) => {
        this.#strangers.delete(key);
        this.#keepInBounds(of);
      },
      onRefused: (reason, of, detail) => this.#refuse(of, reason, detail === undefined ? {} : { detail }),
      onClosed: (of) => this.#sessions.delete(of),
    });
    this.#sessions.add(session);
  }

  /** One account leaves room for the others: its oldest connection goes. */
  #keepInBounds({ account }: DoorSession): void {
    const same = [...this.#sessions].filter((session) => session.account === account);
    if (same.length <= this.#options.maxConnections / 2) return;
    same[0]?.close();
    this.#drop(same[0]?.address ?? '', 'too many');
  }

  async #originate(action: ReadAction, session: DoorSession): Promise<string> {
    const { account } = session;
    try {
      if (account === null) throw new DoorRefusedError('action');
      if (account.may === 'courierCalls') await this.#couriers.originate(action, account);
      else await this.#operators.originate(action, account, session);
      this.counters.calls += 1;
      return answer(action, 'Success', ['Message', SAID.queued]);
    } catch (thrown) {
      const error =
        thrown instanceof DoorRefusedError
          ? thrown
          : new DoorRefusedError('unavailable', {}, messageOf(thrown));
      const { detail } = error;
      this.#refuse(session, error.reason, { ...error.numbers, ...(detail !== undefined && { detail }) });
      return errorAnswer(action, error.said);
    }
  }

  #refuse(session: DoorSession, reason: RefusalReason, more: Pick<Refusal, 'from' | 'to' | 'detail'>): void {
    const { refusals } = this.counters;
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    const refusal = { reason, account: session.account?.username ?? null, address: session.address, ...more };
    this.#options.onRefused(refusal);
    this.#alarms.add(refusal);
  }

  #drop(address: string, why: 'not allowed' | 'too many'): void {
    this.counters.dropped += 1;
    this.#options.onDropped(address, why);
  }
}

interface Peer {
  readonly address: string;
  /** Of this connection alone. */
  readonly key: string;
}

function peerOf({ remoteAddress, remotePort }: Socket): Peer {
  const address = plainAddress(remoteAddress);
  return { address, key: `${address} ${remotePort}` };
}

/** An IPv4 address as it is, also where the socket shows it as one of IPv6. */
function plainAddress(address = ''): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
