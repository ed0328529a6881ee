import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that fails in a way of its own. */
export interface FailingServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/**
 * Accepts connections, reads what comes and otherwise does what `behave` does.
 *
 * @param behave gets each connection when its first bytes have come
 */
export async function startFailingServer(behave: (socket: Socket) => void): Promise<FailingServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A connection that the client drops is none of the test's concern.
    socket.on('error', () => {});
    socket.once('data', () => behave(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.');
  return {
    port: address.port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const LISTEN_AND_STOP = `
const server = require('node:net').createServer();
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
  console.log(server.address().port);
  process.kill(process.pid, 'SIGSTOP');
});
`;

/**
 * A port where connections hang, as behind a firewall that drops everything: its process is stopped, and its
 * queue of connections that wait to be accepted is full, so the kernel leaves further ones without an answer.
 */
export async function startBlackhole(): Promise<FailingServer> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, '-e', LISTEN_AND_STOP], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = Number(String((await once(child.stdout, 'data'))[0]));
  const fillers: Socket[] = [];
  for (let connected = true; connected;) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    fillers.push(socket);
    connected = await Promise.race([once(socket, 'connect').then(() => true), sleep(300, false)]);
  }
  return {
    port,
    stop: async () => {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
