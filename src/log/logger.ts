import { pino, type Logger } from 'pino';
import { LogOutput } from './log-output.ts';

/**
 * JSON lines on stdout, at the latest after 20 ms, and at the end of the process.
 *
 * @param level `silent` for commands whose stdout is their result
 */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (level === 'silent') return pino(options);
  const output = new LogOutput(1);
  // An uncaught error comes by here, too: the lines before it are those that explain it.
  process.once('exit', () => output.flushSync());
  return pino(options, output);
}
