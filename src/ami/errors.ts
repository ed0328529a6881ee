import { CodedError } from '../util/errors.ts';

/** No connection to Asterisk stands, so that nothing was sent. Nothing is queued for later either. */
export class AmiAwayError extends CodedError {
  readonly code = 'AMI_AWAY';
}

/** The connection ended before the answer came. Whether Asterisk carried the action out is not known. */
export class AmiClosedError extends CodedError {
  readonly code = 'AMI_CLOSED';
}

/** Asterisk did not answer in time: the connection, the banner, the login, an action or a list. */
export class AmiTimeoutError extends CodedError {
  readonly code = 'AMI_TIMEOUT';
}

/** The host cannot be reached, or refuses the connection. `cause` is the system's error. */
export class AmiConnectError extends CodedError {
  readonly code = 'AMI_CONNECT';
}

/** TLS could not be agreed on, or the certificate is not good. */
export class AmiTlsError extends CodedError {
  readonly code = 'AMI_TLS';
}

/** Whatever listens there is no AMI, or does not behave as one. */
export class AmiProtocolError extends CodedError {
  readonly code = 'AMI_PROTOCOL';
}

/** Asterisk refuses the login: user, secret, address, or a second session of the same user. */
export class AmiLoginError extends CodedError {
  readonly code = 'AMI_LOGIN';
}

/** The user lacks a right in manager.conf. */
export class AmiRightsError extends CodedError {
  readonly code = 'AMI_RIGHTS';
}

/** `Response: Error`: Asterisk refuses the action. */
export class AmiActionError extends CodedError {
  readonly code = 'AMI_ACTION';
}

/** An action that must not be written: control characters, too long a line, too many headers. */
export class AmiEncodingError extends CodedError {
  readonly code = 'AMI_ENCODING';
}

/** Events came faster than they were taken. */
export class AmiBehindError extends CodedError {
  readonly code = 'AMI_BEHIND';
}

/** The beginning of foreign text for an error's message: quoted, short, longer runs of digits masked. */
export function excerpt(text: string): string {
  const start = text.slice(0, 60).replaceAll(/\d{5,}/g, '…');
  return JSON.stringify(text.length > 60 ? `${start}…` : start);
}
