import { fork } from 'node:child_process';
import type { PlayedReport } from './played-calls.ts';

/** A played Asterisk with calls at a steady rate, in a process of its own. */
export interface Traffic {
  /** Of its AMI. */
  readonly port: number;
  readonly begin: () => void;
  /** When all calls are over: events that were sent. */
  readonly over: Promise<number>;
  readonly stop: () => void;
}

export async function startTraffic(
  { callsPerSecond, seconds }: { callsPerSecond: number; seconds: number },
  onEnded: (call: { readonly number: string; readonly answeredBy: string }) => void = () => undefined,
): Promise<Traffic> {
  const child = fork(new URL('played.js', import.meta.url), [String(callsPerSecond), String(seconds)]);
  const report = new Promise<number>((resolve) => {
    child.on('message', ({ ended, events }: PlayedReport) => {
      if (ended !== undefined) onEnded(ended);
      if (events !== undefined) resolve(events);
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (first: PlayedReport) => resolve(first.port ?? 0));
    child.once('exit', () => reject(new Error('The played Asterisk ended.')));
  });
  return { port, begin: () => child.send('begin'), over: report, stop: () => child.disconnect() };
}
