import type { Logger } from 'pino';
import { AgiTimeoutError } from '../agi/errors.ts';
import { CodedError } from '../util/errors.ts';
import { maskNumber, maskText } from '../phone/mask.ts';
import type { CallRecord } from './call-record.ts';

/** What a call's line shows, its error left out. */
export type CallFields = ReturnType<typeof callFields>;

/** One line a call. */
export function logCall(logger: Logger, { error }: CallRecord, fields: CallFields): void {
  if (error === null) logger.info(fields, 'call');
  else if (error instanceof CodedError) {
    logger.warn({ ...fields, error: error.code, problem: maskText(error.message), ...hint(error) }, 'call');
  } else logger.error({ ...fields, err: error }, 'call');
}

/**
 * What there is to show of a call, all but its error: codes, counts and who is rung, never a name.
 *
 * @param showNumbers whole phone numbers; otherwise they are masked
 */
export function callFields(record: CallRecord, showNumbers: boolean) {
  const { decision } = record;
  return {
    call: safe(record.uniqueId),
    linkedId: record.linkedId === '' ? undefined : safe(record.linkedId),
    // A call of courier-agi doctor.
    check: record.isCheck || undefined,
    outcome: record.outcome,
    status: decision.status,
    // undefined is left out of the line.
    invalid: decision.invalid ?? undefined,
    number: showNumbers ? decision.number : maskNumber(decision.number),
    caller: decision.caller,
    target: decision.target,
    attempts: decision.attempts.length,
    rings:
      decision.attempts.length === 0
        ? undefined
        : decision.attempts.map(({ dial }) => (showNumbers ? dial : maskDial(dial))),
    courier: decision.courier,
    client: decision.client,
    shipment: decision.shipment,
    matches: decision.candidates.length,
    source: decision.source,
    ageSeconds: decision.ageSeconds,
    liveError: decision.liveError ?? undefined,
    routeMs: round(record.routeMs),
    totalMs: round(record.totalMs),
  };
}

/** Extensions and trunks name no person. */
export function maskDial(dial: string): string {
  return dial.replaceAll(/\d{7,}/g, maskNumber);
}

function hint(error: CodedError): object {
  return error instanceof AgiTimeoutError ? { remedy: 'see routing.deadlineMs' } : {};
}

/** Asterisk makes the unique id, but a name in front of it is the admin's: it may hold anything. */
export function safe(uniqueId: string): string {
  const short = uniqueId.length > 60 ? uniqueId.slice(0, 60) : uniqueId;
  return /[^\w.-]/.test(short) ? short.replaceAll(/[^\w.-]/g, '?') : short;
}

export function round(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 100) / 100;
}
