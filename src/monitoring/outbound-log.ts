import type { Logger } from 'pino';
import { maskNumber, maskText } from '../phone/mask.ts';
import type { OutboundRoute } from '../routing/outbound.ts';
import { CodedError } from '../util/errors.ts';
import { maskDial, round, safe } from './call-log.ts';
import type { CallOutcome } from './call-record.ts';

/** What there is to tell of an outgoing call once its trunk is chosen. */
export interface OutboundRecord {
  readonly uniqueId: string;
  readonly linkedId: string;
  readonly outcome: CallOutcome;
  readonly route: OutboundRoute;
  readonly error: Error | null;
  /** From the accepted connection to the confirmed answer, in ms. */
  readonly totalMs: number;
}

/** One line a call. @param showNumbers write whole phone numbers; otherwise they are masked */
export function logOutbound(logger: Logger, record: OutboundRecord, showNumbers: boolean): void {
  const { uniqueId, linkedId, outcome, route, error, totalMs } = record;
  const fields = {
    call: safe(uniqueId),
    linkedId: linkedId === '' ? undefined : safe(linkedId),
    outcome,
    status: route.status,
    invalid: route.invalid ?? undefined,
    number: showNumbers || route.emergency ? route.number : maskNumber(route.number),
    emergency: route.emergency || undefined,
    trunk: route.trunk?.position,
    dials: route.lines.map(({ dial }) => (showNumbers ? dial : maskDial(dial))),
    totalMs: round(totalMs),
  };
  if (error === null) logger.info(fields, 'outgoing call');
  else if (error instanceof CodedError) {
    logger.warn({ ...fields, error: error.code, problem: maskText(error.message) }, 'outgoing call');
  } else logger.error({ ...fields, err: error }, 'outgoing call');
}
