import { AmiEncodingError, excerpt } from './errors.ts';

export type Header = readonly [name: string, value: string];

/** manager.c: inbuf[1025] holds a line and its CR LF. */
const MAX_LINE_BYTES = 1022;
/** manager.c: AST_MAX_MANHEADERS. */
const MAX_HEADERS = 128;

/** Line ends would start another header or action; no other control character belongs into a value either. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f-\x9f\u2028\u2029]/;

/**
 * The bytes of an action.
 *
 * @param actionId up to 100 ASCII characters: Asterisk builds list events in buffers of 150 and 256
 * @throws {AmiEncodingError} it must not be written
 */
export function encodeAction(action: string, actionId: string, headers: readonly Header[]): string {
  if (headers.length + 2 > MAX_HEADERS) {
    throw new AmiEncodingError(
      `Action ${excerpt(action)} has ${headers.length + 2} headers; Asterisk takes ${MAX_HEADERS}.`,
    );
  }
  const taken = headers.find(([name]) => /^action(?:id)?$/i.test(name));
  if (taken !== undefined) throw new AmiEncodingError(`The header ${taken[0]} is the client's own.`);
  const all: readonly Header[] = [['Action', action], ['ActionID', actionId], ...headers];
  return `${all.map(([name, value]) => encodeHeader(action, name, value)).join('')}\r\n`;
}

function encodeHeader(action: string, name: string, value: string): string {
  if (!/^[A-Za-z][\w-]*$/.test(name)) {
    throw new AmiEncodingError(`${excerpt(name)} cannot be the name of a header of an action.`);
  }
  const control = CONTROL.exec(value);
  if (control !== null) {
    const code = (control[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new AmiEncodingError(
      `${name} of ${excerpt(action)} holds the control character U+${code}, which no value may hold.`,
    );
  }
  const line = `${name}: ${value}`;
  const bytes = Buffer.byteLength(line);
  if (bytes > MAX_LINE_BYTES) {
    throw new AmiEncodingError(
      `The line ${name} of ${excerpt(action)} has ${bytes} bytes; Asterisk takes ${MAX_LINE_BYTES}.`,
    );
  }
  return `${line}\r\n`;
}
