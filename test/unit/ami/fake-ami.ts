import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** Long enough for a busy machine, short enough to say which wait it was before jest gives up. */
const PATIENCE_MS = 10_000;

export const SECRET = 'correct horse';
const CHALLENGE = '123456789';
export const BOOTED =
  'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\nStatus: Fully Booted\r\n\r\n';

/** An action as Asterisk read it: names in lower case, of equal names all. */
export type ReceivedAction = ReadonlyMap<string, readonly string[]>;

/** Answers with text, or with undefined to leave it to the default. */
type Answer = (action: ReceivedAction, peer: FakePeer) => string | undefined;

export interface FakeAmiOptions {
  /** Default: the one of Asterisk 22. '' says nothing. */
  readonly banner?: string;
  /** By the action's name in lower case, before the defaults: Challenge, Login, Ping. */
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Where the connection is taken away before anything is said. */
  readonly onConnection?: (peer: FakePeer) => void;
}

export const header = (action: ReceivedAction, name: string) => action.get(name.toLowerCase())?.[0] ?? '';

/** `Response: Success` with the id of the action. */
export function success(action: ReceivedAction, ...lines: readonly string[]): string {
  return ['Response: Success', `ActionID: ${header(action, 'ActionID')}`, ...lines, '', ''].join('\r\n');
}

export function error(action: ReceivedAction, message: string): string {
  return `Response: Error\r\nActionID: ${header(action, 'ActionID')}\r\nMessage: ${message}\r\n\r\n`;
}

export class FakePeer {
  readonly socket: Socket;
  readonly actions: ReceivedAction[] = [];
  /** All bytes that came. */
  text = '';
  closed = false;
  #rest = '';

  constructor(socket: Socket, onAction: (action: ReceivedAction) => void) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
      const blocks = (this.#rest + text).split('\r\n\r\n');
      this.#rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const action = new Map<string, string[]>();
        for (const line of block.split('\r\n')) {
          const [name = '', value = ''] = line.split(/: ?(.*)/s);
          action.set(name.toLowerCase(), [...(action.get(name.toLowerCase()) ?? []), value]);
        }
        this.actions.push(action);
        onAction(action);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
  }

  send(text: string | Buffer): void {
    if (!this.socket.destroyed) this.socket.write(text);
  }

  names(): readonly string[] {
    return this.actions.map((action) => header(action, 'Action'));
  }
}

/** An AMI that does what a test tells it, on a free port of loopback. */
export class FakeAmi {
  readonly peers: FakePeer[] = [];
  readonly #options: FakeAmiOptions;
  readonly #server: Server;
  port = 0;

  constructor(options: FakeAmiOptions = {}) {
    this.#options = options;
    const accept = (socket: Socket) => this.#accept(socket);
    this.#server = options.tls === undefined ? createServer(accept) : createTlsServer(options.tls, accept);
    this.#server.on('tlsClientError', () => undefined);
  }

  /** The latest connection. */
  get peer(): FakePeer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error('Nobody has connected.');
    return peer;
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.');
    this.port = address.port;
    return this;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.peers) socket.destroy();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    const peer: FakePeer = new FakePeer(socket, (action) => {
      const name = header(action, 'Action').toLowerCase();
      const answer = this.#options.answers?.[name]?.(action, peer) ?? defaultAnswer(name, action);
      if (answer !== '') peer.send(answer);
    });
    this.peers.push(peer);
    socket.setNoDelay(true);
    this.#options.onConnection?.(peer);
    peer.send(this.#options.banner ?? 'Asterisk Call Manager/11.0.0\r\n');
  }
}

function defaultAnswer(name: string, action: ReceivedAction): string {
  if (name === 'challenge') return success(action, `Challenge: ${CHALLENGE}`);
  if (name === 'ping') return success(action, 'Ping: Pong', 'Timestamp: 1.000000');
  if (name === 'filter') return success(action);
  if (name !== 'login') return error(action, 'Invalid/unknown command');
  const key = createHash('md5').update(`${CHALLENGE}${SECRET}`).digest('hex');
  const right = header(action, 'Key') === key || header(action, 'Secret') === SECRET;
  if (!right) return error(action, 'Authentication failed');
  return success(action, 'Message: Authentication accepted') + BOOTED;
}

/** Waits for a state of affairs; `what` names it in the error if it never comes. */
export async function until(what: string, reached: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!reached()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
