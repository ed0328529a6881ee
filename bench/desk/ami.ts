import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { AmiClient } from '../../src/ami/client.ts';
import { EventShape } from '../../src/ami/event-shape.ts';
import { AmiMessage } from '../../src/ami/message.ts';
import { MessageReader } from '../../src/ami/message-reader.ts';

/**
 * CPU of the AMI client, an event: reading and judging alone, and then the whole client on a connection over which
 * another process sends 5,000 events a second, every 10 ms some, as a busy Asterisk does.
 *
 *     tsc -p bench/tsconfig.json && cp package.json .lab/bench/ && node .lab/bench/bench/desk/ami.js
 */
const PER_SECOND = 5000;
const SECONDS = Number(process.argv[2] ?? 20);
const WARM_UP_SECONDS = 3;
const EVERY_MS = 10;
const BANNER = 'Asterisk Call Manager/11.0.0\r\n';

const FOLDER = join('test', 'fixtures', 'ami-streams');

/** As on the wire: the events of all recorded streams, one after the other. */
function recordedWire(): readonly Buffer[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name): readonly Record<string, string>[] =>
      JSON.parse(readFileSync(join(FOLDER, name), 'utf8')),
    )
    .map((event) => {
      const lines = Object.entries(event).filter(([name]) => name !== '');
      return Buffer.from(`${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    });
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** @param pieceBytes how the network cuts it */
function readAlone(wire: Buffer, pieceBytes: number, times: number): number {
  const reader = new MessageReader();
  const shape = new EventShape();
  reader.push(Buffer.from(BANNER));
  let events = 0;
  const before = cpuMicros();
  for (let round = 0; round < times; round += 1) {
    for (let at = 0; at < wire.length; at += pieceBytes) {
      for (const message of reader.push(wire.subarray(at, at + pieceBytes))) {
        if (!(message instanceof AmiMessage) || shape.judge(message) !== undefined)
          throw new Error('Not believed.');
        events += 1;
      }
    }
  }
  return (cpuMicros() - before) / events;
}

/** The other process: whoever logs in gets events, until it goes. */
function serve(): void {
  const events = recordedWire();
  const server = createServer((socket: Socket) => {
    socket.setEncoding('latin1').on('data', (text: string) => {
      const id = /ActionID: (.*)\r\n/.exec(text)?.[1] ?? '';
      socket.write(`Response: Success\r\nActionID: ${id}\r\nPing: Pong\r\n\r\n`);
      if (!text.includes('Action: Login')) return;
      socket.write('Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n');
      const startedAt = performance.now();
      let sent = 0;
      const timer = setInterval(() => {
        const due = Math.floor(((performance.now() - startedAt) * PER_SECOND) / 1000);
        const parts: Buffer[] = [];
        for (; sent < due; sent += 1) parts.push(events[sent % events.length] ?? Buffer.alloc(0));
        socket.write(Buffer.concat(parts));
      }, EVERY_MS);
      socket.on('close', () => clearInterval(timer));
    });
    socket.on('error', () => undefined);
    socket.write(BANNER);
  });
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
  process.on('disconnect', () => process.exit());
}

async function follow(
  port: number,
): Promise<{ micros: number; perSecond: number; flaws: number; megabytes: number }> {
  const client = new AmiClient({
    host: '127.0.0.1',
    port,
    username: 'bench',
    secret: 'bench',
    events: ['all'],
    onReady: () => undefined,
    onEvent: () => undefined,
    onDown: () => undefined,
    onProblem: (problem) => {
      throw problem;
    },
  });
  client.start();
  const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await pause(WARM_UP_SECONDS);
  const before = { cpu: cpuMicros(), events: client.counters.events };
  await pause(SECONDS);
  const events = client.counters.events - before.events;
  const figures = {
    micros: (cpuMicros() - before.cpu) / events,
    perSecond: events / SECONDS,
    flaws: client.counters.malformed,
    megabytes: process.memoryUsage().rss / 2 ** 20,
  };
  await client.stop();
  return figures;
}

if (process.argv[2] === 'serve') {
  serve();
} else {
  const wire = Buffer.concat(recordedWire());
  const lines: string[] = [];
  for (const bytes of [65_536, 1460]) {
    readAlone(wire, bytes, 20);
    lines.push(
      `reader and shape, pieces of ${bytes} bytes: ${readAlone(wire, bytes, 100).toFixed(1)} us an event`,
    );
  }
  const server = fork(new URL(import.meta.url), ['serve']);
  const { port } = await new Promise<{ port: number }>((resolve) => {
    server.once('message', (address: { port: number }) => resolve(address));
  });
  const { micros, perSecond, flaws, megabytes } = await follow(port);
  server.disconnect();
  lines.push(
    `client at ${perSecond.toFixed(0)} events/s: ${micros.toFixed(1)} us an event, ${megabytes.toFixed(0)} MB, ` +
      `${flaws} not believed`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}
