import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** A UDP port that was free on a loopback address a moment ago. */
export async function freeUdpPort(address = '127.0.0.1'): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, resolve);
  });
  const { port } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(() => resolve());
  });
  return port;
}

/**
 * Whether some process has bound the UDP port. Looks it up instead of trying: to bind it for a moment would
 * take it from the process that is waited for.
 */
export async function isUdpPortBound(address: string, port: number): Promise<boolean> {
  // The kernel writes the address as it lies in memory, lowest byte first, and all in hexadecimal.
  const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, '0');
  const bytes = address.split('.').map((byte) => hex(Number(byte), 2));
  const wanted = ` ${bytes.toReversed().join('')}:${hex(port, 4)} `;
  return (await readFile('/proc/net/udp', 'utf8')).includes(wanted);
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
