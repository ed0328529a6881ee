/**
 * Base of every error this project throws on purpose.
 *
 * `code` is stable and made for logs and tests; `message` is made for the person who reads it: what
 * happened, with which value, what to do. Anything that is not a `CodedError` is a defect of ours.
 */
export abstract class CodedError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Stands for an error that was not made on purpose. */
const DEFECT = 'DEFECT';

/** The code of an error for logs and counters. */
export function errorCode(thrown: unknown): string {
  return thrown instanceof CodedError ? thrown.code : DEFECT;
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return hasText(thrown, 'message') ? thrown.message : String(thrown);
}

/** The code of a system error, such as `ENOENT`; undefined for anything else. */
export function systemCodeOf(thrown: unknown): string | undefined {
  return hasText(thrown, 'code') ? thrown.code : undefined;
}

/** Not `instanceof Error`: a test runner's errors come from another realm. */
function hasText<Key extends string>(value: unknown, key: Key): value is Record<Key, string> {
  return (
    typeof value === 'object' && value !== null && key in value && typeof Reflect.get(value, key) === 'string'
  );
}
