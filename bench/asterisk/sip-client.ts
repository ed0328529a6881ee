import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from '../load/protocol.ts';
import type { OpenLoop } from '../load/open-loop.ts';
import type { Caller } from '../traffic.ts';

/** Calls at a rate. */
export interface SipOrder extends OpenLoop {
  /** Of Asterisk, UDP on 127.0.0.1. */
  readonly sipPort: number;
}

/** What the parent sends to the process that calls. */
export type ToSipCaller =
  | { readonly kind: 'callers'; readonly callers: readonly Caller[] }
  | { readonly kind: 'run'; readonly order: SipOrder };

/** The process that calls, as the bench sees it. */
export interface SipCaller {
  /** Who calls from now on, from the first one again. */
  use(callers: readonly Caller[]): void;
  /** Latencies are from the INVITE to the final answer. */
  run(order: SipOrder): Promise<LoadResult>;
  stop(): void;
}

export function startSipCaller(): SipCaller {
  const child = fork(fileURLToPath(new URL('sip-caller.js', import.meta.url)));
  const send = (message: ToSipCaller): void => {
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
