import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** A line between the router and its database that can be spoilt as networks are. */
export interface TcpProxy {
  readonly port: number;
  /** Connections made so far. */
  readonly accepted: number;
  /**
   * The connections open now pass nothing on any more and say nothing about it, as when a firewall has
   * forgotten them. New ones work.
   */
  forgetConnections(): void;
  /** The connections open now are reset as soon as the router sends something; new ones work. */
  resetOnNextUse(): void;
  stop(): Promise<void>;
}

interface Line {
  readonly near: Socket;
  readonly far: Socket;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const lines = new Set<Line>();
  let accepted = 0;
  const server = createServer((near) => {
    accepted += 1;
    const far = connect(target.port, target.host);
    const line = { near, far };
    lines.add(line);
    const end = () => {
      lines.delete(line);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end);
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => near.write(data));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.');

  return {
    port: address.port,
    get accepted() {
      return accepted;
    },
    forgetConnections: () => {
      for (const { near, far } of lines) {
        near.removeAllListeners('data').on('data', () => {});
        far.removeAllListeners('data').on('data', () => {});
      }
    },
    resetOnNextUse: () => {
      for (const { near } of lines) near.removeAllListeners('data').on('data', () => near.resetAndDestroy());
    },
    stop: async () => {
      for (const { near, far } of lines) {
        near.destroy();
        far.destroy();
      }
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
