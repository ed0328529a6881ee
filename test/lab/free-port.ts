import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** A UDP port that was free on a loopback address a moment ago. */
export async function freeUdpPort(address = '127.0.0.1'): Promise<number> {
  const port = await bindUdp(address, 0);
  if (port === undefined) throw new Error(`No free UDP port on ${address}.`);
  return port;
}

export async function isUdpPortFree(address: string, port: number): Promise<boolean> {
  return (await bindUdp(address, port)) !== undefined;
}

/** Binds for a moment and returns the port; undefined when it is taken. */
async function bindUdp(address: string, port: number): Promise<number | undefined> {
  const socket = createSocket('udp4');
  const bound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind(port, address, () => resolve(true));
  });
  if (!bound) return undefined;
  const { port: given } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(() => resolve());
  });
  return given;
}

/** A TCP port that was free on 127.0.0.1 a moment ago: connections to it are refused. */
export async function freeTcpPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.');
  return address.port;
}
