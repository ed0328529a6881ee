import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Target } from '../../../src/simulator/asterisk.ts';

/** The server's side of one connection, for a test to script. */
export interface Peer {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly received: () => string;
  /** Waits until the text has come in; resolves with everything received. Rejects when the client closes first. */
  readonly until: (text: string) => Promise<string>;
  /** Resolves when the connection is closed in both directions. */
  readonly closed: Promise<void>;
  /** Sends a command and waits for the line that answers it. */
  readonly ask: (command: string) => Promise<string>;
}

/** Listens on a free port of the loopback, plays `script` on every connection, and stops afterwards. */
export async function withServer<T>(
  script: (peer: Peer) => void | Promise<void>,
  use: (target: Target, peers: readonly Peer[]) => Promise<T>,
): Promise<T> {
  const peers: Peer[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const peer = peerOf(socket);
    peers.push(peer);
    void (async () => script(peer))().catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    return await use({ host: '127.0.0.1', port: address.port }, peers);
  } finally {
    for (const { socket } of peers) socket.destroy();
    server.close();
    await once(server, 'close');
  }
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  return withServer(
    () => undefined,
    ({ port }) => Promise.resolve(port),
  );
}

function peerOf(socket: Socket): Peer {
  let received = '';
  let ended = false;
  socket.on('data', (bytes) => (received += bytes.toString('utf8')));
  socket.on('error', () => undefined);
  socket.once('end', () => {
    ended = true;
    socket.end();
  });
  const untilFrom = async (from: number, text: string): Promise<string> => {
    while (!received.slice(from).includes(text)) {
      if (ended || socket.destroyed) throw new Error(`closed before ${JSON.stringify(text)}`);
      await Promise.race([once(socket, 'data'), once(socket, 'end'), once(socket, 'close')]);
    }
    return received.slice(from);
  };
  return {
    socket,
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
    received: () => received,
    until: (text) => untilFrom(0, text),
    ask: (command) => {
      const from = received.length;
      socket.write(`${command}\n`);
      return untilFrom(from, '\n');
    },
  };
}
