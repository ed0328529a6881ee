import { pino, type Logger } from 'pino';

/** Lines are written together, so often: a write of its own costs a call more than all else of its line. */
const COLLECT_MS = 20;
/** Or as soon as so many characters have come together. */
const COLLECT_LENGTH = 65_536;

/**
 * JSON lines on stdout, at the latest after 20 ms and at the end of the process.
 *
 * @param level `silent` for commands whose stdout is their result
 */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return level === 'silent' ? pino(options) : pino(options, collected());
}

function collected(): { write(line: string): void } {
  const output = pino.destination({ dest: 1, sync: true, minLength: COLLECT_LENGTH });
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    output.flushSync();
  };
  // An uncaught error comes by here, too: the lines before it are those that explain it.
  process.once('exit', flush);
  return {
    write(line) {
      output.write(line);
      timer ??= setTimeout(flush, COLLECT_MS).unref();
    },
  };
}
