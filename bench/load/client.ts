import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Caller } from '../traffic.ts';
import type { LoadOrder, LoadResult, ToGenerator } from './protocol.ts';

/** The load generator's process, as the bench sees it. */
export interface Generator {
  /** Who calls from now on, from the first one again. */
  use(callers: readonly Caller[]): void;
  run(order: LoadOrder): Promise<LoadResult>;
  stop(): void;
}

export function startGenerator(): Generator {
  const child = fork(fileURLToPath(new URL('generator.js', import.meta.url)));
  const send = (message: ToGenerator): void => {
    child.send(message);
  };
  return {
    use: (callers) => send({ kind: 'callers', callers }),
    run: async (order) => {
      send({ kind: 'run', order });
      const [result] = (await once(child, 'message')) as [LoadResult];
      return result;
    },
    stop: () => void child.kill(),
  };
}
