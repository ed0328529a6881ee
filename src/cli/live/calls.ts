import { wantsColour } from '../../util/colour.ts';
import { fetchCalls, type HttpTarget } from '../../http/client.ts';
import { parseCallLine } from '../../monitoring/call-line.ts';
import { EXIT } from '../exit.ts';
import { formatCall, formatHeadings } from './call.text.ts';
import { untilInterrupted } from './interrupt.ts';

export interface CallsOptions {
  readonly json: boolean;
  /** Go on with the calls to come, until Ctrl-C. */
  readonly follow: boolean;
}

/**
 * Shows the last calls of a running server, and with `follow` those to come.
 *
 * @returns the exit status
 * @throws {HttpClientError} no server answers, or it stops while it is followed
 */
export async function calls(target: HttpTarget, { json, follow }: CallsOptions): Promise<number> {
  const colour = wantsColour(process.stdout, process.env['NO_COLOR']);
  if (process.stdout.isTTY && !json) process.stdout.write(formatHeadings(colour));
  await untilInterrupted(async (signal) => {
    for await (const text of fetchCalls(target, follow, signal)) {
      process.stdout.write(json ? `${text}\n` : formatCall(parseCallLine(text), colour));
    }
  });
  return EXIT.good;
}
