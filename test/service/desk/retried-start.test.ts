import { afterEach, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { RetriedStart } from '../../../src/desk/retried-start.ts';
import { Listener } from '../../../src/net/listener.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

test('a port that is taken is told once, and taken over when it is free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const listener = new Listener({
    host: '127.0.0.1',
    port,
    maxConnections: 10,
    maxWaitMs: 1000,
    onSocket: (socket) => void socket.destroy(),
    onDropped: jest.fn(),
    onQueueReset: jest.fn(),
    onError: jest.fn(),
  });
  const tries = jest.fn(() => listener.start());
  const [onProblem, onBack] = [jest.fn(), jest.fn()];
  const retried = new RetriedStart({ start: tries, onProblem, onBack, everyMs: 5 });
  cleanups.add(async () => {
    await retried.stop();
    await listener.stop();
  });
  await retried.start();
  expect(retried.problem).toContain('EADDRINUSE');
  await eventually('it is tried again', () => tries.mock.calls.length > 2);
  expect(onProblem).toHaveBeenCalledTimes(1);
  other.close();
  await eventually('it is started', () => onBack.mock.calls.length > 0);
  expect(retried.problem).toBeUndefined();
  expect(await tries.mock.results.at(-1)?.value).toMatchObject({ port });
});

test('after it has been stopped it is not tried again', async () => {
  const start = jest.fn(() => Promise.reject(new Error('taken')));
  const retried = new RetriedStart({ start, onProblem: jest.fn(), onBack: jest.fn(), everyMs: 1 });
  await retried.start();
  await retried.stop();
  const tries = start.mock.calls.length;
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(start).toHaveBeenCalledTimes(tries);
});
