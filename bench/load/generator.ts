import { call } from './call.ts';
import { generateLoad } from './generate.ts';

/* A process of its own, so that its CPU time and its pauses are not those of anything it measures. */

let placed = 0;

generateLoad(async (port, number, dueAt) => {
  const status = await call(port, number, String(++placed).padStart(8, '0'));
  // Time counts from the moment a call was due, so that a busy generator cannot flatter the server.
  const latencyMs = performance.now() - dueAt;
  return status === undefined ? undefined : { routed: status === 'OK', latencyMs };
});
