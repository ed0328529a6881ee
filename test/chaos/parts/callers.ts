import { spawn } from 'node:child_process';
import type { CallCounts } from '../programs/call-tally.ts';
import type { CallersOrder } from '../programs/callers.ts';
import { buildPrograms } from './programs.ts';

export interface CallersReport extends CallCounts {
  /** Due, but not started, since too many were in progress. */
  readonly skipped: number;
  readonly seconds: number;
  /** Of answered calls. */
  readonly latencyMs: Readonly<Record<'p50' | 'p95' | 'p99' | 'max', number>>;
}

/** Calls in progress, from a process of its own. */
export interface Callers {
  /** No further call is started; those in progress are awaited. Also the report when the time is up. */
  stop(): Promise<CallersReport>;
  /** When the time is up. */
  readonly report: Promise<CallersReport>;
}

export async function startCallers(order: CallersOrder): Promise<Callers> {
  const { callers } = await buildPrograms();
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, callers, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const report = new Promise<CallersReport>((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as CallersReport);
      else reject(new Error(`The callers ended with ${code}.`));
    });
  });
  return {
    report,
    stop: () => {
      child.kill('SIGTERM');
      return report;
    },
  };
}
