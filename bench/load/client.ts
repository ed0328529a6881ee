import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Caller } from '../traffic.ts';
import type { LoadOrder, LoadResult, ToGenerator } from './protocol.ts';

/** A process that calls, as the bench sees it. */
export interface Generator {
  /** Who calls from now on, from the first one again. */
  use(callers: readonly Caller[]): void;
  run(order: LoadOrder): Promise<LoadResult>;
  stop(): void;
}

/** @param script compiled, with `generateLoad` in it */
export function startGenerator(script: URL): Generator {
  const child = fork(fileURLToPath(script));
  const send = (message: ToGenerator): void => {
    child.send(message);
  };
  const ended = once(child, 'exit').then((): never => {
    throw new Error('The process that calls has ended.');
  });
  // It is waited for only while it calls.
  ended.catch(() => undefined);
  return {
    use: (callers) => send({ kind: 'callers', callers }),
    run: async (order) => {
      send({ kind: 'run', order });
      const [result] = (await Promise.race([once(child, 'message'), ended])) as [LoadResult];
      return result;
    },
    stop: () => void child.kill(),
  };
}
