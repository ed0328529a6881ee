import type { AgiEnvironment } from '../../agi/environment.ts';
import { parseScript } from '../../agi/script.ts';
import { CALLER_KINDS, type CallerKind } from '../../directory/match.ts';
import { CodedError } from '../../util/errors.ts';

/** What the dialplan asks for, `agi://host/route?number=…&only=…`. */
export interface RouteRequest {
  /** Replaces the caller's number. */
  readonly number?: string;
  /** Kinds of callers to look for. */
  readonly only?: ReadonlySet<CallerKind>;
}

/** The dialplan asks for a script, a parameter or a value that does not exist. */
export class RouteRequestError extends CodedError {
  readonly code = 'ROUTE_REQUEST';
}

const PARAMETERS = new Set(['number', 'only']);

/**
 * Asterisk splits what stands in `AGI()` at commas, so that of `AGI(agi://host/route?only=courier,client)`
 * the end arrives as an argument: it is put back.
 *
 * @throws {RouteRequestError | AgiEnvironmentError}
 */
export function parseRouteRequest(environment: Pick<AgiEnvironment, 'args' | 'get'>): RouteRequest {
  const script = environment.get('agi_network_script') ?? '';
  // What nearly every dialplan asks for.
  if (script === 'route' && environment.args.length === 0) return {};
  const { path, params } = parseScript([script, ...environment.args].join(','));
  if (path !== '' && path !== 'route') {
    throw new RouteRequestError(`unknown AGI script ${shown(path)}; there is: route`);
  }
  for (const name of params.keys()) {
    if (!PARAMETERS.has(name)) {
      throw new RouteRequestError(
        `unknown parameter ${shown(name)} of the AGI script; there are: number, only`,
      );
    }
  }
  const number = params.get('number');
  const only = params.get('only');
  return { ...(number !== undefined && { number }), ...(only !== undefined && { only: parseKinds(only) }) };
}

/**
 * @param text such as `courier,recipient`
 * @throws {RouteRequestError}
 */
export function parseKinds(text: string): ReadonlySet<CallerKind> {
  const kinds = text.split(',').map((kind) => kind.trim());
  const unknown = kinds.find((kind) => !isCallerKind(kind));
  if (unknown !== undefined) {
    throw new RouteRequestError(
      `only= received ${shown(unknown)}; it takes a list of: ${CALLER_KINDS.join(', ')}`,
    );
  }
  return new Set(kinds.filter(isCallerKind));
}

function isCallerKind(text: string): text is CallerKind {
  return (CALLER_KINDS as readonly string[]).includes(text);
}

/** What came from outside, made safe to print: short, quoted, without a number in it. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40).replaceAll(/\d{5,}/g, '…'));
}
