import { execFile } from 'node:child_process';

export interface ServiceManagerOptions {
  /** `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` are read: systemd sets them. */
  readonly env: NodeJS.ProcessEnv;
  /** Told once, when systemd cannot be told anything. */
  readonly onProblem: (problem: string) => void;
  /** Default `systemd-notify`, which comes with systemd. */
  readonly command?: string;
}

/** Signs of life in the time that the watchdog allows: two may be lost. */
const SIGNS_PER_PERIOD = 3;

const COMMAND_MS = 5_000;

/**
 * Tells systemd that the server is ready, that it stops, and, for `WatchdogSec=`, that it lives.
 *
 * The protocol wants a datagram on a unix socket, which Node.js cannot send. systemd's own small command
 * sends it, started anew each time, which costs about a millisecond three times per watchdog period. Since
 * version 246 (2020) it waits until systemd has read the message; an older one may be gone by then, and
 * systemd would not know whose message it was. The unit needs `NotifyAccess=all`, as a child speaks.
 *
 * A sign of life says that this process still works through its events, and can start a process. It says
 * nothing about the database: a restart would not bring that back.
 */
export class ServiceManager {
  readonly #options: Required<ServiceManagerOptions>;
  readonly #isThere: boolean;
  #timer: NodeJS.Timeout | undefined;
  #hadProblem = false;

  constructor(options: ServiceManagerOptions) {
    this.#options = { command: 'systemd-notify', ...options };
    this.#isThere = (options.env['NOTIFY_SOCKET'] ?? '') !== '';
  }

  /** Calls are answered from now on; the signs of life begin. */
  async ready(): Promise<void> {
    await this.#tell('--ready');
    const periodMs = watchdogMs(this.#options.env);
    if (!this.#isThere || periodMs === null) return;
    this.#timer = setInterval(() => void this.#tell('WATCHDOG=1'), periodMs / SIGNS_PER_PERIOD).unref();
  }

  /** Calls in progress finish; from now on only `TimeoutStopSec=` counts. */
  async stopping(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tell('STOPPING=1');
  }

  /** Never rejects: a server that serves and cannot say so is better than none. */
  #tell(message: string): Promise<void> {
    if (!this.#isThere) return Promise.resolve();
    const { command, env, onProblem } = this.#options;
    return new Promise((resolve) => {
      execFile(command, [message], { env, timeout: COMMAND_MS }, (error) => {
        if (error !== null && !this.#hadProblem) {
          this.#hadProblem = true;
          onProblem(`${command} ${message} failed: ${error.message.trim()}`);
        }
        resolve();
      });
    });
  }
}

/** @returns null when no watchdog waits for this process */
function watchdogMs(env: NodeJS.ProcessEnv): number | null {
  const ms = Number(env['WATCHDOG_USEC'] ?? 0) / 1000;
  const isForUs = (env['WATCHDOG_PID'] ?? String(process.pid)) === String(process.pid);
  return isForUs && ms > 0 ? ms : null;
}
