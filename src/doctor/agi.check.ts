import { maskNumber } from '../phone/mask.ts';
import { plural } from '../util/plural.ts';
import { playCall, type Target } from '../simulator/asterisk.ts';
import { fail, ok, warn, type Finding } from './check.ts';

/** Whose call is tried. */
export interface SampleCaller {
  readonly number: string;
  /** It stands in contacts as a look-up needs it, and callers of its kind are looked for. */
  readonly known: boolean;
}

/** A number that no normaliser refuses and nobody has: its call goes through the look-up all the same. */
export const NOBODY: SampleCaller = { number: '+79990000000', known: false };

/**
 * Calls the running server as Asterisk would: the way of a real call, its look-up included. It shows up in
 * the server's log and metrics as a call.
 */
export async function checkAgi(target: Target, caller: SampleCaller): Promise<Finding> {
  const { number, known } = caller;
  const environment = new Map([['agi_callerid', number]]);
  const call = await playCall(target, { environment, presets: new Map() }, { timeoutMs: 10_000 });
  const get = (name: string): string => call.variables.get(name) ?? '';
  const status = get('ROUTE_STATUS');
  const [problem] = call.problems;
  if (problem !== undefined) {
    return fail(
      `The server answered a call in a way that Asterisk stumbles over: ${problem}.`,
      'Report this.',
    );
  }
  const from = `A call from ${maskNumber(number)}${caller === NOBODY ? ', a number of nobody,' : ''}`;
  if (status === 'ERROR') {
    return fail(
      `${from} got ROUTE_STATUS=ERROR.`,
      'Look into the log of the server: the line with msg "call" names the error.',
    );
  }
  const source = get('ROUTE_SOURCE');
  const came = `${from} got ROUTE_STATUS=${status} in ${Math.round(call.durationMs)} ms: ${tell(get)}.`;
  if (source === 'snapshot') {
    return warn(
      `${came} The database did not answer the server.`,
      'courier-agi top tells why, and so does liveError in the log of the server.',
    );
  }
  if (known && status === 'UNKNOWN' && source === 'live') {
    return warn(
      `${came} But it stands in contacts of the database that doctor asks.`,
      'The server works with another configuration: compare its --config with this one, then systemctl restart courier-agi.',
    );
  }
  return ok(came);
}

/** `ROUTE_…`, in words. */
function tell(get: (name: string) => string): string {
  const sources = new Map([
    ['live', 'from the database'],
    ['snapshot', `from the snapshot, ${get('ROUTE_AGE')} s old`],
  ]);
  const attempts = Number(get('ROUTE_COUNT') || 0);
  return [
    get('ROUTE_CALLER') === '' ? 'no caller that it knows' : `a ${get('ROUTE_CALLER')}`,
    attempts === 0 ? 'the operators ring' : `${plural(attempts, 'attempt')} for a ${get('ROUTE_TARGET')}`,
    sources.get(get('ROUTE_SOURCE')),
  ]
    .filter((words) => words !== undefined)
    .join(', ');
}
