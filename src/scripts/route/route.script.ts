import type { AgiEnvironment } from '../../agi/environment.ts';
import { AgiClosedError } from '../../agi/errors.ts';
import type { AgiSession } from '../../agi/session.ts';
import type { CallRecord } from '../../monitoring/call-record.ts';
import { isCheckCall } from '../../monitoring/check-call.ts';
import type { Restrictions } from '../../routing/decide.ts';
import { invalid, nobody, type Decision } from '../../routing/decision.ts';
import { answer } from '../answer.ts';
import { asError } from '../errors.ts';
import type { FailedRequest, Script, ScriptRequest } from '../script.ts';
import { toVariables } from './channel-variables.ts';
import { parseRouteRequest, ROUTE_PARAMETERS, type RouteRequest } from './route-request.ts';
import type { Router } from './router.ts';

export interface RouteScriptOptions {
  /** Asked once a call, so that a reload reaches the next call and none in progress. */
  readonly router: () => Router;
  /** Told of each call once it is answered, or cannot be any more. */
  readonly onCall: (record: CallRecord) => void;
}

/** The part of the time left that is kept for the way back; the look-up gets the rest. */
const ANSWER_SHARE = 0.1;

type Told = Omit<CallRecord, 'outcome' | 'endedAt' | 'totalMs'>;

/** `agi://host/route`: who calls, and who should take the call. */
export class RouteScript implements Script {
  readonly parameters = ROUTE_PARAMETERS;
  readonly #options: RouteScriptOptions;

  constructor(options: RouteScriptOptions) {
    this.#options = options;
  }

  /** Never rejects: whatever goes wrong becomes `ROUTE_STATUS=ERROR`, or is part of the record. */
  async run(session: AgiSession, { environment, params, linkedId }: ScriptRequest): Promise<void> {
    const { uniqueId } = environment;
    const isCheck = isCheckCall(environment);
    let decision: Decision = nobody('ERROR');
    let error: Error | null = null;
    let routeMs: number | null = null;
    try {
      const request = parseRouteRequest(params);
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
    await this.#answer(session, { uniqueId, linkedId, isCheck, decision, error, routeMs });
  }

  /** Answers `ROUTE_STATUS=ERROR` where nothing could be asked. Never rejects. */
  async refuse(session: AgiSession, { uniqueId, error }: FailedRequest): Promise<void> {
    // Without a word, and gone: a health check, or nothing like a call. There is nothing to tell of.
    if (uniqueId === '' && (error instanceof AgiClosedError || !session.received)) return;
    await this.#answer(session, {
      uniqueId,
      linkedId: '',
      isCheck: false,
      decision: nobody('ERROR'),
      error,
      routeMs: null,
    });
  }

  async #answer(session: AgiSession, told: Told): Promise<void> {
    const { uniqueId, linkedId, isCheck, decision, routeMs } = told;
    const { outcome, error } = await answer(session, toVariables(decision), told.error);
    const totalMs = performance.now() - session.acceptedAt;
    const endedAt = Date.now();
    this.#options.onCall({
      uniqueId,
      linkedId,
      isCheck,
      decision,
      routeMs,
      outcome,
      error,
      endedAt,
      totalMs,
    });
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
