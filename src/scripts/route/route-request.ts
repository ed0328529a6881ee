import { CALLER_KINDS, type CallerKind } from '../../directory/match.ts';
import { ScriptRequestError, shown } from '../errors.ts';

/** What the dialplan asks for, `agi://host/route?number=…&only=…`. */
export interface RouteRequest {
  /** Replaces the caller's number. */
  readonly number?: string;
  /** Kinds of callers to look for. */
  readonly only?: ReadonlySet<CallerKind>;
}

export const ROUTE_PARAMETERS = ['number', 'only'] as const;

/** @throws {ScriptRequestError} */
export function parseRouteRequest(params: ReadonlyMap<string, string>): RouteRequest {
  const number = params.get('number');
  const only = params.get('only');
  return { ...(number !== undefined && { number }), ...(only !== undefined && { only: parseKinds(only) }) };
}

/**
 * @param text such as `courier,recipient`
 * @throws {ScriptRequestError}
 */
export function parseKinds(text: string): ReadonlySet<CallerKind> {
  const kinds = text.split(',').map((kind) => kind.trim());
  const unknown = kinds.find((kind) => !isCallerKind(kind));
  if (unknown !== undefined) {
    throw new ScriptRequestError(
      `only= received ${shown(unknown)}; it takes a list of: ${CALLER_KINDS.join(', ')}`,
    );
  }
  return new Set(kinds.filter(isCallerKind));
}

function isCallerKind(text: string): text is CallerKind {
  return (CALLER_KINDS as readonly string[]).includes(text);
}
