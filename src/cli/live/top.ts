import { setTimeout as sleep } from 'node:timers/promises';
import { wantsColour } from '../../util/colour.ts';
import { fetchStatus, HttpClientError, type HttpTarget } from '../../http/client.ts';
import type { ServerStatus } from '../../monitoring/monitor.ts';
import { EXIT } from '../exit.ts';
import { untilInterrupted } from './interrupt.ts';
import { comparable, formatLine, formatScreen } from './top.text.ts';

export interface TopOptions {
  readonly json: boolean;
  /** Between two looks. */
  readonly intervalSeconds: number;
  /** Looks, then the end; undefined: until Ctrl-C. */
  readonly count: number | undefined;
}

/** The alternate screen keeps what stood in the terminal; the cursor is hidden meanwhile. */
const ENTER_SCREEN = '\u001B[?1049h\u001B[?25l';
const LEAVE_SCREEN = '\u001B[?25h\u001B[?1049l';
/** To the upper left corner; each line erases what is left of the old one, the last what is below. */
const HOME = '\u001B[H';
const ERASE_LINE = '\u001B[K';
const ERASE_BELOW = '\u001B[J';

/**
 * Shows a running server until Ctrl-C: a screen in a terminal, a line each time elsewhere.
 *
 * @returns the exit status
 * @throws {HttpClientError} no server answers at the first look; one that goes away later is waited for
 */
export async function top(target: HttpTarget, options: TopOptions): Promise<number> {
  const screen = process.stdout.isTTY && !options.json && options.count === undefined;
  const colour = wantsColour(process.stdout, process.env['NO_COLOR']);
  const server = `${target.host}:${target.port}`;
  let status = await fetchStatus(target);
  let at = performance.now();
  let before: ServerStatus | null = null;
  let seconds = 0;

  if (screen) process.stdout.write(ENTER_SCREEN);
  try {
    await untilInterrupted(async (signal) => {
      for (let look = 1; ; look++) {
        const interval = { status, before: comparable(before, status), seconds };
        if (options.json) process.stdout.write(`${JSON.stringify(status)}\n`);
        else if (screen) draw(`${formatScreen(interval, server, colour)}\nCtrl-C ends this.\n`);
        else process.stdout.write(formatLine(interval, new Date()));
        if (look === options.count) return;

        await sleep(options.intervalSeconds * 1000, undefined, { signal });
        const next = await waitForStatus(target, signal, (problem) => {
          if (screen) draw(`${formatScreen(interval, server, colour)}\n${problem}\n`);
          else process.stderr.write(`${problem}\n`);
        });
        before = status;
        status = next;
        seconds = (performance.now() - at) / 1000;
        at = performance.now();
      }
    });
  } finally {
    if (screen) process.stdout.write(LEAVE_SCREEN);
  }
  return EXIT.good;
}

/** A server that is being restarted comes back. */
async function waitForStatus(
  target: HttpTarget,
  signal: AbortSignal,
  onProblem: (problem: string) => void,
): Promise<ServerStatus> {
  for (;;) {
    try {
      return await fetchStatus(target);
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      onProblem(error.message);
      await sleep(1000, undefined, { signal });
    }
  }
}

function draw(text: string): void {
  process.stdout.write(HOME + text.replaceAll('\n', `${ERASE_LINE}\n`) + ERASE_BELOW);
}
