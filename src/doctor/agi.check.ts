import { maskNumber } from '../phone/mask.ts';
import { playCall, type Target } from '../simulator/asterisk.ts';
import { fail, ok, type Finding } from './check.ts';

/**
 * Calls the running server as Asterisk would: the way of a real call, its database included. It shows up in
 * the server's log and metrics as a call.
 *
 * @param number the caller's; one that is in contacts, if any is known
 */
export async function checkAgi(target: Target, number: string): Promise<Finding> {
  const environment = new Map([['agi_callerid', number]]);
  const call = await playCall(target, { environment, presets: new Map() }, { timeoutMs: 10_000 });
  const status = call.variables.get('ROUTE_STATUS') ?? '';
  const [problem] = call.problems;
  if (problem !== undefined) {
    return fail(
      `The server answered a call in a way that Asterisk stumbles over: ${problem}.`,
      'Report this.',
    );
  }
  if (status === 'ERROR') {
    return fail(
      `The server answered a call from ${maskNumber(number)} with ROUTE_STATUS=ERROR.`,
      'Look into its log: the line with msg "call" names the error.',
    );
  }
  return ok(
    `A call from ${maskNumber(number)} got ROUTE_STATUS=${status} in ${Math.round(call.durationMs)} ms.`,
  );
}
