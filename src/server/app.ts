import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { AgiServer } from '../agi/server.ts';
import { CallRecordBuffer } from '../monitoring/call-record-buffer.ts';
import { CallHandler } from '../scripts/route/route.script.ts';
import { logCall } from '../monitoring/call-log.ts';
import { Router } from '../scripts/route/router.ts';
import { OVERLOAD_LINE } from '../scripts/route/channel-variables.ts';
import type { LoadedConfig } from '../config/load.ts';
import { openLoggedDirectory } from './directory-events.ts';
import { DirectoryUnavailableError, type ManagedDirectory } from '../directory/directory.ts';
import { HttpServer } from '../http/http.server.ts';
import { Monitor } from '../monitoring/monitor.ts';
import { ReadinessProbe } from '../monitoring/readiness.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { packageVersion } from '../util/package.ts';

/** What a reload replaces. Calls in progress keep the one that they began with. */
interface Generation {
  readonly loaded: LoadedConfig;
  readonly directory: ManagedDirectory;
  readonly router: Router;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The whole server: the FastAGI listener, the directory, what joins them, and the port to watch them. */
export class App {
  readonly #logger: Logger;
  readonly #started: LoadedConfig;
  readonly #server: AgiServer;
  readonly #finishedCalls: CallRecordBuffer;
  /** At the end of the process, however it ends: before the log writes its last lines. */
  readonly #onExit = (): void => this.#finishedCalls.flush();
  readonly #monitor: Monitor;
  readonly #readiness: ReadinessProbe;
  readonly #http: HttpServer | undefined;
  #generation: Generation;

  constructor(loaded: LoadedConfig, logger: Logger) {
    const { listen, routing, http } = loaded.config;
    this.#logger = logger;
    this.#started = loaded;
    this.#generation = this.#open(loaded);
    const refusals = new RateLimitedLog(logger);
    this.#finishedCalls = new CallRecordBuffer(
      (record) => {
        this.#monitor.call(record);
        logCall(logger, record, this.#generation.loaded.config.log.numbers === 'full');
      },
      (err) => logger.error({ err }, 'call could not be written down'),
    );
    const handler = new CallHandler({
      router: () => this.#generation.router,
      onCall: (record) => this.#finishedCalls.add(record),
    });
    this.#server = new AgiServer({
      host: listen.host,
      port: listen.port,
      allow: listen.allow,
      maxSessions: listen.maxCalls,
      deadlineMs: routing.deadlineMs,
      handler: (session) => handler.route(session),
      overloadLine: OVERLOAD_LINE,
      onOverload: () => {
        this.#monitor.overloaded();
        refusals.add('more calls than listen.maxCalls: answered with ERROR');
      },
      onFlushed: () => {
        this.#monitor.flushed();
        refusals.add('more calls than can be answered in time: those that waited longest were reset');
      },
      onError: (err) => {
        this.#monitor.sessionFailed();
        logger.error({ err }, 'session failed');
      },
      onSilent: (address) => {
        this.#monitor.silent();
        refusals.add('connection said nothing until the deadline', { address });
      },
      onRefused: (address, why) => {
        this.#monitor.refused(why);
        refusals.add('connection refused: see listen.allow and listen.maxCalls', { address, why });
      },
    });
    this.#monitor = new Monitor({
      version: packageVersion(),
      maxCalls: listen.maxCalls,
      catchUp: () => this.#finishedCalls.flush(),
      sessions: () => this.#server.sessions,
      pool: () => this.#generation.directory.stats(),
      resilience: () => this.#generation.directory.resilience?.(),
    });
    this.#readiness = new ReadinessProbe(
      // A reload replaces the directory.
      { find: (number, budgetMs) => this.#generation.directory.find(number, budgetMs) },
      routing.deadlineMs,
    );
    this.#http = http.enabled
      ? new HttpServer({
          ...http,
          monitor: this.#monitor,
          readiness: this.#readiness,
          onRefused: (address) => refusals.add('HTTP connection refused: see http.allow', { address }),
        })
      : undefined;
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
    process.prependListener('exit', this.#onExit);
    try {
      await this.#generation.directory.start();
      await this.#warmUp();
      // First, so that a port that is taken is known before the first call is.
      const http = (await this.#http?.start()) ?? null;
      return { ...(await this.#server.start()), http };
    } catch (error) {
      process.off('exit', this.#onExit);
      await this.#http?.stop();
      await this.#generation.directory.close();
      throw error;
    }
  }

  /**
   * Takes a new configuration for the calls to come. The sections `listen` and `http` and
   * `routing.deadlineMs` stay as they are until the next start. Not to be called while another one runs, or
   * after `stop`.
   *
   * @throws {DatabaseUrlError | SchemaError} it cannot be used: everything stays as it was
   * @throws {DirectoryUnavailableError} other settings of the database, and nobody answers: likewise
   */
  async reload(wanted: LoadedConfig): Promise<void> {
    if (!isDeepStrictEqual(untilRestart(wanted), untilRestart(this.#started))) {
      this.#logger.warn('changes of listen, http and routing.deadlineMs take effect at the next start');
    }
    const loaded = withDeadlineOf(this.#started, wanted);
    const old = this.#generation;
    if (isDeepStrictEqual(databaseOf(loaded), databaseOf(old.loaded))) {
      this.#generation = {
        loaded,
        directory: old.directory,
        router: new Router(loaded.config, old.directory),
      };
      return;
    }
    const generation = this.#open(loaded);
    try {
      const { problem } = await generation.directory.start();
      if (problem !== null) throw new DirectoryUnavailableError(problem);
    } catch (error) {
      await generation.directory.close();
      throw error;
    }
    this.#generation = generation;
    // Calls in progress still ask the old one, until their deadline at the latest.
    setTimeout(() => void old.directory.close(), loaded.config.routing.deadlineMs).unref();
  }

  /** Accepts no more calls, lets those in progress finish, closes. @param graceMs for the calls in progress */
  async stop(graceMs: number): Promise<void> {
    this.#readiness.stop();
    await this.#server.stop(graceMs);
    this.#finishedCalls.flush();
    process.off('exit', this.#onExit);
    await this.#http?.stop();
    await this.#generation.directory.close();
  }

  /** The first look-up takes some hundred milliseconds for things that are loaded then: not a caller's. */
  async #warmUp(): Promise<void> {
    const { router, loaded } = this.#generation;
    router.normalise('+79990000000');
    await router.route('79990000000', loaded.config.routing.deadlineMs).catch(() => {});
  }

  #open(loaded: LoadedConfig): Generation {
    const directory: ManagedDirectory = openLoggedDirectory(
      loaded,
      this.#logger,
      () => this.#generation.directory === directory,
    );
    return { loaded, directory, router: new Router(loaded.config, directory) };
  }
}

function databaseOf({ config, databasePassword }: LoadedConfig): unknown {
  return [config.database, config.snapshot, databasePassword];
}

/** Sessions keep the deadline that the server was started with, so all that depends on it does, too. */
function withDeadlineOf({ config: { routing } }: LoadedConfig, wanted: LoadedConfig): LoadedConfig {
  const { config } = wanted;
  const { deadlineMs } = routing;
  return { ...wanted, config: { ...config, routing: { ...config.routing, deadlineMs } } };
}

function untilRestart({ config }: LoadedConfig): unknown {
  return [config.listen, config.http, config.routing.deadlineMs];
}
