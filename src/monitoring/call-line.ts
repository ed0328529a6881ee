import { errorCode } from '../util/errors.ts';
import type { CallFields } from './call-log.ts';
import type { CallRecord } from './call-record.ts';

/** One call as `/calls` and `courier-agi calls` show it. Numbers are masked, whatever `log.numbers` says. */
export interface CallLine extends CallFields {
  /** When the call was over, ISO 8601. */
  readonly time: string;
  /** The error's stable code; null after a good call. */
  readonly error: string | null;
}

/** @param fields masked */
export function toCallLine(
  { endedAt, error }: Pick<CallRecord, 'endedAt' | 'error'>,
  fields: CallFields,
): CallLine {
  return {
    time: new Date(endedAt).toISOString(),
    ...fields,
    error: error === null ? null : errorCode(error),
  };
}

/** @param text one line of `/calls`, of a server of this version */
export function parseCallLine(text: string): CallLine {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server wrote it
  return JSON.parse(text) as CallLine;
}
