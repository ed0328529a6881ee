import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AgiServer } from '../agi/server.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { HttpServer } from '../http/http.server.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import type { ConfigurationStatus } from '../monitoring/configuration-status.ts';
import type { Monitor } from '../monitoring/monitor.ts';
import { RecentCallsFile } from '../monitoring/recent-calls.file.ts';
import type { ReadinessProbe } from '../monitoring/readiness.ts';
import { NOBODYS_NUMBER } from '../phone/nobody.ts';
import { messageOf } from '../util/errors.ts';
import * as listening from './listen-for-calls.ts';
import * as monitoring from './open-monitoring.ts';
import { ActiveConfiguration } from './active-configuration.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

export interface AppOptions {
  /** Where the last calls are kept over a restart; without it they are forgotten. */
  readonly stateFolder?: string | undefined;
}

/** The whole server: the FastAGI listener, the directory, what joins them, and the port to watch them. */
export class App {
  readonly #active: ActiveConfiguration;
  readonly #calls: AgiServer;
  readonly #readiness: ReadinessProbe;
  readonly #refusals: RateLimitedLog;
  readonly #lastCalls: RecentCallsFile | undefined;
  readonly #http: HttpServer | undefined;

  /** @throws {DatabaseUrlError} */
  constructor(loaded: LoadedConfig, logger: Logger, { stateFolder }: AppOptions = {}) {
    const { config } = loaded;
    const active = new ActiveConfiguration(loaded, logger, [listening.needsRestart, monitoring.needsRestart]);
    const refusals = new RateLimitedLog(logger);
    const sessions = (): number => this.#calls.sessions;
    const { monitor, readiness, http } = monitoring.openMonitoring({ config, active, sessions, refusals });
    this.#active = active;
    this.#refusals = refusals;
    this.#readiness = readiness;
    this.#http = http;
    this.#lastCalls = stateFolder === undefined ? undefined : keepLastCalls(stateFolder, monitor, logger);
    this.#calls = listening.listenForCalls({ config, active, monitor, refusals, logger });
  }

  /**
   * Listens. A database that is away does not stop it: calls get the snapshot, or ERROR, until it is back.
   *
   * @returns where it listens for calls, and where for those who watch (null: `http.enabled` is false); a
   * port differs from the configured one when that is 0
   * @throws {SchemaError} the database lacks what no look-up can do without
   * @throws {AgiListenError | HttpListenError} the address cannot be listened on
   */
  async start(): Promise<Address & { http: Address | null }> {
    await this.#lastCalls?.load();
    try {
      await this.#active.start();
      await this.#warmUp();
      // First, so that a port that is taken is known before the first call is.
      const http = (await this.#http?.start()) ?? null;
      return { ...(await this.#calls.start()), http };
    } catch (error) {
      await this.#http?.stop();
      await this.#active.close();
      throw error;
    }
  }

  get configuration(): ConfigurationStatus {
    return this.#active.status;
  }

  /** A reload came to nothing. @param problems a line each */
  reloadRefused(problems: readonly string[]): void {
    this.#active.reloadRefused(problems);
  }

  /** Takes a new configuration for the calls to come. See `ActiveConfiguration.reload`. */
  reload(wanted: LoadedConfig): Promise<void> {
    return this.#active.reload(wanted);
  }

  /**
   * Closes the listener at once, lets the calls in progress finish, closes the rest.
   *
   * @param graceMs for the calls in progress
   */
  async stop(graceMs: number): Promise<void> {
    this.#readiness.stop();
    await this.#calls.stop(graceMs);
    // Those that have just ended are written down after this turn of the loop.
    await setImmediate();
    await this.#http?.stop();
    await this.#active.close();
    this.#refusals.flush();
    await this.#lastCalls?.save();
  }

  /** The first look-up takes some hundred milliseconds for things that are loaded then: not a caller's. */
  async #warmUp(): Promise<void> {
    const { router, loaded } = this.#active;
    const number = router.normalise(NOBODYS_NUMBER);
    if (number.kind === 'invalid') return;
    await router.route(number.digits, loaded.config.routing.deadlineMs).catch(() => {});
  }
}

function keepLastCalls(folder: string, { calls }: Monitor, logger: Logger): RecentCallsFile {
  return new RecentCallsFile(folder, calls, (error) => {
    logger.warn({ problem: messageOf(error) }, 'last calls could not be kept over a restart');
  });
}
