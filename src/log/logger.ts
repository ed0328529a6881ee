import { pino, type Logger } from 'pino';
import { isJournald, withPriority } from './journald.ts';
import { LogOutput } from './log-output.ts';

const STDOUT = 1;
/** At the end of the process a reader who is slow gets that long. */
const LAST_WAIT_MS = 500;

/**
 * JSON lines on stdout, at the latest after 100 ms, and at the end of the process. Where stdout is systemd's
 * journal, each begins with its priority.
 *
 * @param level `silent` for commands whose stdout is their result
 * @param env tells whether stdout is the journal
 */
export function createLogger(
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent',
  env: NodeJS.ProcessEnv = process.env,
): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (level === 'silent') return pino(options);
  const prefix = isJournald(STDOUT, env) ? withPriority : (line: string) => line;
  const output = new LogOutput(STDOUT, (lines) => prefix(lostLine(lines)));
  // An uncaught error comes by here, too: the lines before it are those that explain it.
  process.once('exit', () => output.flushSync(LAST_WAIT_MS));
  const destination = {
    write: (line: string) => output.write(prefix(line)),
    // pino does so after each fatal line.
    flushSync: () => output.flushSync(),
  };
  return pino(options, destination);
}

/** In pino's form. */
function lostLine(lines: number): string {
  const note = { level: 50, time: new Date().toISOString(), lines, msg: 'log lines were lost' };
  return `${JSON.stringify(note)}\n`;
}
