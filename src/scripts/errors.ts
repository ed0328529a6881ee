import { CodedError } from '../util/errors.ts';

/** The dialplan asks for a script, a parameter or a value that does not exist. */
export class ScriptRequestError extends CodedError {
  readonly code = 'SCRIPT_REQUEST';
}

/** What came from outside, made safe to print: short, quoted, without a number in it. */
export function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40).replaceAll(/\d{5,}/g, '…'));
}

export function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
