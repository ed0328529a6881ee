import { type AgiCommandName, CATALOGUE } from './catalogue.ts';
import { AgiEncodingError } from './errors.ts';

/**
 * Most bytes of a command, without its newline. res_agi.c: AGI_BUF_LEN is 2048 (8192 only from 22.6); of a
 * longer line the rest is read as a second command.
 */
export const MAX_COMMAND_BYTES = 2046;

/**
 * res_agi.c, handle_exec: only the application and one word of data are used, a third is lost silently.
 * The catalogue allows 10. No other entry exceeds what Asterisk reads, and none comes near its 128 words.
 */
const EXEC_ARGUMENTS = 2;

/**
 * One command as it goes over the wire: the newline included, every argument quoted, ready for one write.
 *
 * @throws {AgiEncodingError} the name is not in the catalogue, there are too many arguments, one holds a
 *   CR, LF or NUL, or the line is longer than {@link MAX_COMMAND_BYTES}
 */
export function encodeCommand(name: AgiCommandName, args: readonly (string | number)[] = []): string {
  const entry = CATALOGUE.get(name);
  if (entry === undefined) throw new AgiEncodingError(`There is no AGI command ${JSON.stringify(name)}.`);
  const most = name === 'exec' ? EXEC_ARGUMENTS : entry.params;
  if (args.length > most) {
    throw new AgiEncodingError(`${entry.command} takes at most ${most} arguments, not ${args.length}.`);
  }
  let line = entry.command;
  for (const arg of args) line += ` ${quote(String(arg), entry.command)}`;
  // No character takes more than 3 bytes a UTF-16 unit: most lines need no counting.
  if (line.length * 3 > MAX_COMMAND_BYTES) {
    const bytes = Buffer.byteLength(line);
    if (bytes > MAX_COMMAND_BYTES) {
      throw new AgiEncodingError(
        `${entry.command} makes a line of ${bytes} bytes; Asterisk reads at most ${MAX_COMMAND_BYTES}.`,
      );
    }
  }
  return `${line}\n`;
}

/** res_agi.c, parse_args: inside `"…"` only `\` and `"` mean anything, and `\` takes that away. */
function quote(argument: string, command: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  if (!/["\\\r\n\0]/.test(argument)) return `"${argument}"`;
  // oxlint-disable-next-line no-control-regex
  if (/[\r\n\0]/.test(argument)) {
    throw new AgiEncodingError(`An argument of ${command} holds a line break or a NUL; it is not sent.`);
  }
  return `"${argument.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
