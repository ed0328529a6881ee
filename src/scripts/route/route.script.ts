import type { AgiEnvironment } from '../../agi/environment.ts';
import { AgiClosedError, AgiEnvironmentError, AgiHangupError } from '../../agi/errors.ts';
import type { AgiSession } from '../../agi/session.ts';
import type { Restrictions } from '../../routing/decide.ts';
import { invalid, nobody, type Decision } from '../../routing/decision.ts';
import type { CallRecord } from '../../monitoring/call-record.ts';
import { parseRouteRequest, RouteRequestError, type RouteRequest } from './route-request.ts';
import type { Router } from './router.ts';
import { toVariables } from './channel-variables.ts';

export interface CallHandlerOptions {
  /** Asked once a call, so that a reload reaches the next call and none in progress. */
  readonly router: () => Router;
  /** Told of each call once it is answered, or cannot be any more. */
  readonly onCall: (record: CallRecord) => void;
}

/** The part of the time left that is kept for the way back; the look-up gets the rest. */
const ANSWER_SHARE = 0.1;

/** One call's story: read who calls, decide, answer. Its owner closes the session afterwards. */
export class CallHandler {
  readonly #options: CallHandlerOptions;

  constructor(options: CallHandlerOptions) {
    this.#options = options;
  }

  /** Never rejects: whatever goes wrong becomes `ROUTE_STATUS=ERROR`, or is part of the record. */
  async route(session: AgiSession): Promise<void> {
    let decision: Decision = nobody('ERROR');
    let error: Error | null = null;
    let uniqueId = '';
    let routeMs: number | null = null;
    try {
      const environment = await session.readEnvironment();
      uniqueId = environment.uniqueId;
      const request = parseRouteRequest(environment);
      const router = this.#options.router();
      const startedAt = performance.now();
      const number = router.normalise(request.number ?? environment.callerId);
      if (number.kind === 'invalid') decision = invalid(number.reason);
      else {
        // What stays when the look-up fails: the number is known all the same.
        decision = nobody('ERROR', number.digits);
        const budgetMs = (session.deadline - startedAt) * (1 - ANSWER_SHARE);
        try {
          decision = await router.route(
            number.digits,
            budgetMs,
            restrictionsOf(request, environment, router),
          );
        } finally {
          routeMs = performance.now() - startedAt;
        }
      }
    } catch (cause) {
      error = asError(cause);
    }
    // Without a word, and gone: a health check, or nothing like a call. There is nothing to tell of.
    if (uniqueId === '' && (error instanceof AgiClosedError || !session.received)) return;

    let outcome: CallRecord['outcome'] = 'answered';
    try {
      await session.setVariables(toVariables(decision));
      if (error !== null && isFaultOfTheDialplan(error)) session.fail();
    } catch (cause) {
      outcome = hasLeft(cause) ? 'left' : 'failed';
      if (outcome === 'failed') error ??= asError(cause);
    }
    if (error !== null && hasLeft(error)) error = null;
    const totalMs = performance.now() - session.acceptedAt;
    this.#options.onCall({ uniqueId, outcome, decision, error, endedAt: Date.now(), totalMs, routeMs });
  }
}

function restrictionsOf(
  { number, only }: RouteRequest,
  environment: AgiEnvironment,
  router: Router,
): Restrictions {
  if (number === undefined) return { only };
  const own = router.normalise(environment.callerId);
  return { only, callingFrom: own.kind === 'number' ? own.digits : undefined };
}

/** Such calls also get AGI's `failure`, so that AGISTATUS shows it. */
function isFaultOfTheDialplan(error: Error): boolean {
  return error instanceof RouteRequestError || error instanceof AgiEnvironmentError;
}

function hasLeft(error: unknown): boolean {
  return error instanceof AgiHangupError || error instanceof AgiClosedError;
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
