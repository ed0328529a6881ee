import { CodedError } from '../util/errors.ts';

/** An action that must not be written: control characters, too long a line, too many headers. */
export class AmiEncodingError extends CodedError {
  readonly code = 'AMI_ENCODING';
}

/** The beginning of foreign text for an error's message: quoted, short, longer runs of digits masked. */
export function excerpt(text: string): string {
  const start = text.slice(0, 60).replaceAll(/\d{5,}/g, '…');
  return JSON.stringify(text.length > 60 ? `${start}…` : start);
}
