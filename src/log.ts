import { pino, type Logger } from 'pino';

/** JSON lines on stdout. `silent` for commands whose stdout is their result. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
