import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { TRUNK_ADDRESS } from '../../test/lab/sip.ts';
import { openLoop, summary } from '../load/open-loop.ts';
import type { LoadResult } from '../load/protocol.ts';
import type { Caller } from '../traffic.ts';
import type { SipOrder, ToSipCaller } from './sip-client.ts';
import { ack, invite, parseAnswer, type Answer, type Dialogue } from './sip-message.ts';

/* A process of its own, that calls Asterisk as the provider's trunk does. */

/** As long as SIP itself waits for a final answer (RFC 3261, timer B). */
const TIMEOUT_MS = 32_000;

/** Of the causes that `dialplan.ts` ends with: somebody is to be dialled; nobody is. */
const SOMEBODY = 486;
const NOBODY = 404;

interface Waiting {
  readonly dialogue: Dialogue;
  settle(status: number): void;
}

const socket = createSocket('udp4');
socket.bind(0, TRUNK_ADDRESS);
await once(socket, 'listening');
const local = `${TRUNK_ADDRESS}:${socket.address().port}`;

const waiting = new Map<string, Waiting>();
let callers: readonly Caller[] = [];
let next = 0;
let placed = 0;

socket.on('message', (packet, { port }) => {
  const answer = parseAnswer(packet.toString('latin1'));
  if (answer === undefined || answer.status < 200) return;
  const call = waiting.get(answer.id);
  // A repeated answer: its ACK was lost.
  acknowledge(answer, call?.dialogue, port);
  waiting.delete(answer.id);
  call?.settle(answer.status);
});

process.on('message', (message: ToSipCaller) => {
  if (message.kind === 'callers') {
    callers = message.callers;
    next = 0;
  } else void run(message.order).then((result) => process.send?.(result));
});

async function run(order: SipOrder): Promise<LoadResult> {
  const counts = { started: 0, answered: 0, routed: 0, wrong: 0, skipped: 0 };
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();

  const one = async (): Promise<void> => {
    const caller = callers[next++ % callers.length];
    if (caller === undefined) throw new RangeError('a load needs callers');
    counts.started += 1;
    const invitedAt = performance.now();
    const status = await place(caller.number, order.sipPort);
    if (status !== SOMEBODY && status !== NOBODY) return;
    latencies.push(performance.now() - invitedAt);
    counts.answered += 1;
    counts.routed += Number(status === SOMEBODY);
    counts.wrong += Number((status === SOMEBODY) !== caller.routed);
  };
  await openLoop(one, order, () => (counts.skipped += 1));

  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    ...counts,
    lost: counts.started - counts.answered,
    durationMs: performance.now() - startedAt,
    latencyMs: summary(latencies),
    generatorCpuMs: (user + system) / 1000,
  };
}

/** The status of the final answer; 408 without one. */
function place(from: string, sipPort: number): Promise<number> {
  const id = `${process.pid}-${++placed}`;
  const dialogue = { id, from, local, remote: `127.0.0.1:${sipPort}` };
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      waiting.delete(id);
      resolve(408);
    }, TIMEOUT_MS);
    waiting.set(id, {
      dialogue,
      settle: (status) => {
        clearTimeout(timer);
        resolve(status);
      },
    });
    socket.send(invite(dialogue), sipPort, '127.0.0.1');
  });
}

function acknowledge(answer: Answer, dialogue: Dialogue | undefined, port: number): void {
  const known = dialogue ?? { id: answer.id, from: '', local, remote: `127.0.0.1:${port}` };
  socket.send(ack(known, answer), port, '127.0.0.1');
}
