import { CodedError } from '../util/errors.ts';

/** The caller hung up: the session is over. It is how calls end, never an error for a log. */
export class AgiHangupError extends CodedError {
  readonly code = 'AGI_HANGUP';
}

/** The connection is closed, by us, by Asterisk or by the network (then `cause` says why). */
export class AgiClosedError extends CodedError {
  readonly code = 'AGI_CLOSED';
}

/** The session's deadline has passed. */
export class AgiTimeoutError extends CodedError {
  readonly code = 'AGI_TIMEOUT';
}

/** The peer sent what Asterisk does not send, or more than the limits allow. */
export class AgiProtocolError extends CodedError {
  readonly code = 'AGI_PROTOCOL';
}

/** The environment that opens a session is malformed. The session can still set variables and fail. */
export class AgiEnvironmentError extends CodedError {
  readonly code = 'AGI_ENVIRONMENT';
}

/** A command that must not be written: an unknown name, too many arguments, a line break, too long. */
export class AgiEncodingError extends CodedError {
  readonly code = 'AGI_ENCODING';
}

/** Asterisk refused a command or could not carry it out. The session goes on. */
export class AgiCommandError extends CodedError {
  readonly code = 'AGI_COMMAND';
  /** The reply's number: 503, 510 or 520, or 200 with a result that means failure. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** 511: the channel is hung up, and this command works on a living channel only. The session goes on. */
export class AgiDeadChannelError extends CodedError {
  readonly code = 'AGI_DEAD_CHANNEL';
  readonly status = 511;
}

/** The server cannot listen on the address it was given. */
export class AgiListenError extends CodedError {
  readonly code = 'AGI_LISTEN';
}

/**
 * The beginning of a line for an error's message: quoted, short, and with every longer run of digits
 * masked, since it may be somebody's phone number.
 */
export function excerpt(line: string): string {
  const start = line.slice(0, 40).replaceAll(/\d{5,}/g, '…');
  return JSON.stringify(line.length > 40 ? `${start}…` : start);
}
