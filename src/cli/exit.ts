import { ConfigError } from '../config/load.ts';
import { CodedError, messageOf, systemCodeOf } from '../util/errors.ts';

/** What the commands end with. */
export const EXIT = { good: 0, failed: 1, usage: 2 } as const;

/** Codes of errors that the person who started the command mends by a change of configuration or usage. */
const USAGE_CODES = new Set([
  'CONFIG',
  'DATABASE_URL',
  'ERASE_NUMBER',
  'JOURNAL_URL',
  'JOURNAL_VERSION',
  'RECORDING_SOURCE',
  'SCHEMA',
  'SCENARIO_INVALID',
]);

/** Of accounts: what was typed is wrong, unless there is a cause: then it is their file. */
const ACCOUNT_CODES = new Set(['DESK_USERS', 'DESK_TOKENS']);

function isUsage({ code, cause }: CodedError): boolean {
  return USAGE_CODES.has(code) || (ACCOUNT_CODES.has(code) && cause === undefined);
}

/** @returns the exit status and the lines for stderr */
export function explainFailure(error: unknown): { status: number; lines: string[] } {
  if (error instanceof ConfigError) return { status: EXIT.usage, lines: error.message.split('\n') };
  if (error instanceof CodedError) {
    return { status: isUsage(error) ? EXIT.usage : EXIT.failed, lines: [error.message] };
  }
  // A file or folder that was named on the command line.
  const code = systemCodeOf(error);
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') {
    return { status: EXIT.usage, lines: [messageOf(error)] };
  }
  return {
    status: EXIT.failed,
    lines: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  };
}
