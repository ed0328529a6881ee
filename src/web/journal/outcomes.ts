import type { CallOutcome } from '../../calls/call.ts';

/** As `CALL_OUTCOMES` of the desk, whose file brings its schemas along; the compiler holds them together. */
export const CALL_OUTCOMES = [
  'answered',
  'no_answer',
  'busy',
  'refused',
  'cancelled',
  'unreachable',
  'failed',
] as const satisfies readonly CallOutcome[];
