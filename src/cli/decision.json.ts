import type { Decision } from '../routing/decision.ts';
import { describeReason } from '../routing/reason.text.ts';

/** The decision as `explain --json` prints it: reasons as English sentences with their stable code. */
export function toJson(decision: Decision): object {
  return {
    ...decision,
    attempts: decision.attempts.map((attempt) => ({ ...attempt, why: describeReason(attempt.why) })),
    candidates: decision.candidates.map((candidate) => ({
      ...candidate,
      reason: candidate.why.code,
      why: describeReason(candidate.why),
    })),
  };
}
