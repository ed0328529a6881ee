import { CodedError } from '../util/errors.ts';

/** The call detail records of Asterisk cannot be read, or do not tell calls apart. */
export class CdrError extends CodedError {
  readonly code = 'CDR';
}

/** They were rotated into a file that is no text any more. */
export class CdrPackedError extends CdrError {
  readonly path: string;

  constructor(path: string) {
    super(
      `The call detail records in ${path} are of a gap, and the file is packed: the gap stays unfilled. Unpack it where it is, such as with gunzip; with delaycompress in its configuration logrotate leaves the last one as it is.`,
    );
    this.path = path;
  }
}
