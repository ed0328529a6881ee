import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = `
const server = require('node:net').createServer();
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => console.log(server.address().port));
`;

/** A port of 127.0.0.1 that answers no more: its process stands still, its queue is full, and the kernel drops what comes. */
export async function startDeafPort(): Promise<{
  readonly port: number;
  readonly stop: () => Promise<void>;
}> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve) => {
    child.stdout.once('data', (text: Buffer) => resolve(Number(text.toString())));
  });
  child.kill('SIGSTOP');
  const sockets: Socket[] = [];
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  };
  // Each of these takes a place in the queue; the first that gets none shows that it is full.
  for (let index = 0; index < 20; index += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await sleep(100);
    if (socket.connecting) return { port, stop };
  }
  await stop();
  throw new Error('The queue of a process that stands still takes any number of connections.');
}
