import { CodedError } from '../util/errors.ts';
import { callFields } from './call-log.ts';
import type { CallRecord } from './call-record.ts';

/** One call as `/calls` and `courier-agi calls` show it. Numbers are masked, whatever `log.numbers` says. */
export interface CallLine extends ReturnType<typeof callFields> {
  /** When the call was over, ISO 8601. */
  readonly time: string;
  /** The error's stable code; null after a good call. */
  readonly error: string | null;
}

export function toCallLine(record: CallRecord): CallLine {
  const error = record.error === null ? null : errorCode(record.error);
  return { time: new Date(record.endedAt).toISOString(), ...callFields(record, false), error };
}

/** `DEFECT` for an error that was not made on purpose. */
export function errorCode(error: Error): string {
  return error instanceof CodedError ? error.code : 'DEFECT';
}

/** @param text one line of `/calls`, of a server of this version */
export function parseCallLine(text: string): CallLine {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server wrote it
  return JSON.parse(text) as CallLine;
}
