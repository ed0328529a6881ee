import { CodedError } from '../util/errors.ts';

/** The place where recordings come from cannot be used: away, silent, not the server that it was, no right. */
export class RecordingSourceError extends CodedError {
  readonly code = 'RECORDING_SOURCE';
}

/** Recordings cannot be kept on this machine: the disk is full, or the folder may not be written. */
export class RecordingDiskError extends CodedError {
  readonly code = 'RECORDING_DISK';
}

/** One file is not as it should be: gone, still growing, or not of this call. */
export class RecordingFileError extends CodedError {
  readonly code = 'RECORDING_FILE';
}

/** It is not where it was: moved, converted or removed. */
export class GoneFileError extends RecordingFileError {}

/** This account may not read it; it hardly is the only one. */
export class ClosedFileError extends RecordingFileError {}
