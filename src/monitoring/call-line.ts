import { callFields } from './call-log.ts';
import type { CallRecord } from './call-record.ts';
import { CodedError } from '../util/errors.ts';

/** One call as `/calls` and `courier-agi calls` show it. Numbers are masked, whatever `log.numbers` says. */
export interface CallLine extends ReturnType<typeof callFields> {
  /** When the call was over, ISO 8601. */
  readonly time: string;
  /** The error's stable code; null after a good call. */
  readonly error: string | null;
}

/** What is remembered of a call: a tenth of its record's memory, which holds the decision and its story. */
export interface CallNote {
  readonly endedAt: number;
  readonly fields: ReturnType<typeof callFields>;
  readonly error: string | null;
}

export function toCallNote(record: CallRecord): CallNote {
  const error = record.error === null ? null : errorCode(record.error);
  return { endedAt: record.endedAt, fields: callFields(record, false), error };
}

export function toCallLine({ endedAt, fields, error }: CallNote): CallLine {
  return { time: new Date(endedAt).toISOString(), ...fields, error };
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
