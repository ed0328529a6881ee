import { AgiClosedError, AgiEnvironmentError, AgiHangupError } from '../agi/errors.ts';
import type { Variable } from '../agi/mset.ts';
import type { AgiSession } from '../agi/session.ts';
import type { CallOutcome } from '../monitoring/call-record.ts';
import { asError, ScriptRequestError } from './errors.ts';

export interface Answered {
  readonly outcome: CallOutcome;
  /** What is to be told of it: a caller who left is no error. */
  readonly error: Error | null;
}

/**
 * Tells the dialplan the outcome. A fault of the dialplan's own also gets AGI's `failure`, so that AGISTATUS
 * shows it.
 *
 * @param error why the variables say ERROR; null otherwise
 */
export async function answer(
  session: AgiSession,
  variables: readonly Variable[],
  error: Error | null,
): Promise<Answered> {
  try {
    await session.setVariables(variables);
    if (error instanceof ScriptRequestError || error instanceof AgiEnvironmentError) session.fail();
  } catch (cause) {
    if (hasLeft(cause)) return { outcome: 'left', error: hasLeft(error) ? null : error };
    return { outcome: 'failed', error: error === null || hasLeft(error) ? asError(cause) : error };
  }
  return { outcome: 'delivered', error: hasLeft(error) ? null : error };
}

function hasLeft(error: unknown): boolean {
  return error instanceof AgiHangupError || error instanceof AgiClosedError;
}
