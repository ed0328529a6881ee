import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** A line to a server that can be spoilt as networks are: between router and database, desk and AMI, browser and desk. */
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
  /** Ends all connections, and new ones as soon as they are made, until `mend`. */
  cut(): void;
  /**
   * From now on nothing arrives in either direction, and neither side is told so, as when a cable is pulled out somewhere on
   * the way. `mend` delivers what was sent meanwhile, as TCP does, unless the connections are forgotten before.
   */
  silence(): void;
  /** Ends `cut` and `silence`. */
  mend(): void;
  /** From now on everything arrives so much later, in either direction. */
  delay(ms: number): void;
  /** From now on this share of all packets, 0 to 1, has to be sent again: what follows waits for it. */
  lose(share: number): void;
  stop(): Promise<void>;
}

/** The least that TCP waits before it sends a packet again (Linux: TCP_RTO_MIN). */
const RETRANSMISSION_MS = 200;

interface Line {
  readonly near: Socket;
  readonly far: Socket;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const lines = new Set<Line>();
  let accepted = 0;
  let isCut = false;
  let isSilent = false;
  let delayMs = 0;
  let lossShare = 0;
  const forwardTo = (socket: Socket) => {
    const waiting: { readonly due: number; readonly data: Buffer }[] = [];
    const pass = () => {
      const now = performance.now();
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        if (next.due > now) return void setTimeout(pass, next.due - now + 1).unref();
        waiting.shift();
        if (!socket.destroyed) socket.write(next.data);
      }
    };
    return (data: Buffer) => {
      if (delayMs === 0 && lossShare === 0 && waiting.length === 0) return void socket.write(data);
      const lost = Math.random() < lossShare ? RETRANSMISSION_MS : 0;
      const due = Math.max(waiting.at(-1)?.due ?? 0, performance.now() + delayMs + lost);
      waiting.push({ due, data });
      if (waiting.length === 1) pass();
    };
  };
  const server = createServer((near) => {
    accepted += 1;
    if (isCut) return void near.destroy();
    const far = connect(target.port, target.host);
    const line = { near, far };
    lines.add(line);
    const end = () => {
      lines.delete(line);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end);
    near.on('data', forwardTo(far));
    far.on('data', forwardTo(near));
    if (isSilent) pause(line);
  });
  const pause = ({ near, far }: Line) => {
    near.pause();
    far.pause();
  };
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
    cut: () => {
      isCut = true;
      for (const { near, far } of lines) {
        near.destroy();
        far.destroy();
      }
    },
    silence: () => {
      isSilent = true;
      for (const line of lines) pause(line);
    },
    mend: () => {
      isCut = false;
      isSilent = false;
      for (const { near, far } of lines) {
        near.resume();
        far.resume();
      }
    },
    delay: (ms) => void (delayMs = ms),
    lose: (share) => void (lossShare = share),
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
