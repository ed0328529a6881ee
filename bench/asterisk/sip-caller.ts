import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { TRUNK_ADDRESS } from '../../test/lab/sip.ts';
import { generateLoad } from '../load/generate.ts';
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

generateLoad(async (sipPort, number) => {
  const invitedAt = performance.now();
  const status = await place(number, sipPort);
  const latencyMs = performance.now() - invitedAt;
  return status === SOMEBODY || status === NOBODY ? { routed: status === SOMEBODY, latencyMs } : undefined;
});

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
