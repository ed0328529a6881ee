import { connect, createServer, type Socket } from 'node:net';

/** An answer of a proxy, or of a server that is not quite MySQL, in place of the database's. */
export interface Refusal {
  /** `query` is COM_QUERY; `any` also what is no statement. */
  readonly command: 'query' | 'prepare' | 'execute' | 'any';
  /** Of the statement. Default: all. */
  readonly match?: RegExp;
  readonly errno: number;
  readonly message: string;
}

/** Stands between the router and its database, knows the protocol's commands and refuses some. */
export interface RefusingProxy {
  readonly port: number;
  /** Connections made so far. */
  readonly accepted: number;
  /** From now on, on all connections: replaces the refusals before. */
  refuse(...refusals: readonly Refusal[]): void;
  /** The connections that are open now answer everything with an error; new ones do not. */
  poison(errno: number, message: string): void;
  /** From now on new connections are accepted, and nothing is said on them until `thaw`. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const COMMANDS = { query: 0x03, prepare: 0x16, execute: 0x17 } as const;

export async function startRefusingProxy(target: { host: string; port: number }): Promise<RefusingProxy> {
  const lines = new Set<{ near: Socket; refusals: readonly Refusal[] | null }>();
  const held: (() => void)[] = [];
  let isFrozen = false;
  let accepted = 0;
  let forAll: readonly Refusal[] = [];

  const server = createServer((near) => {
    accepted += 1;
    const line: { near: Socket; refusals: readonly Refusal[] | null } = { near, refusals: null };
    lines.add(line);
    near.on('error', () => {}).on('close', () => lines.delete(line));
    const open = () => {
      const far = connect(target.port, target.host);
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      far.pipe(near);
      let rest = Buffer.alloc(0);
      near.on('data', (data) => {
        rest = Buffer.concat([rest, data]);
        while (rest.length >= 4 && rest.length >= 4 + rest.readUIntLE(0, 3)) {
          const packet = rest.subarray(0, 4 + rest.readUIntLE(0, 3));
          rest = rest.subarray(packet.length);
          const refusal = (line.refusals ?? forAll).find((one) => isMeant(one, packet));
          if (refusal === undefined) far.write(packet);
          else near.write(errorPacket(refusal));
        }
      });
    };
    if (isFrozen) held.push(open);
    else open();
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
    refuse: (...refusals) => void (forAll = refusals),
    poison: (errno, message) => {
      for (const line of lines) line.refusals = [{ command: 'any', errno, message }];
    },
    freeze: () => void (isFrozen = true),
    thaw: () => {
      isFrozen = false;
      for (const open of held.splice(0)) open();
    },
    stop: async () => {
      for (const { near } of lines) near.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function isMeant({ command, match }: Refusal, packet: Buffer): boolean {
  // Packets of the handshake have later numbers than the first.
  if (packet[3] !== 0) return false;
  if (command === 'any') return true;
  return packet[4] === COMMANDS[command] && (match?.test(packet.toString('latin1', 5)) ?? true);
}

function errorPacket({ errno, message }: Refusal): Buffer {
  const body = Buffer.concat([
    Buffer.from([0xff, errno & 0xff, errno >> 8]),
    Buffer.from(`#HY000${message}`),
  ]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 1]), body]);
}
