import type { Logger } from 'pino';
import { AgiServer } from './agi/server.ts';
import { CallHandler } from './call/call-handler.ts';
import { logCall } from './call/call-log.ts';
import { Router } from './call/router.ts';
import type { LoadedConfig } from './config/load.ts';
import type { ManagedDirectory } from './directory/directory.ts';
import { openDirectory } from './directory/open.ts';

/** The whole server: the FastAGI listener, the directory and what joins them. */
export class App {
  readonly #directory: ManagedDirectory;
  readonly #server: AgiServer;
  readonly #logger: Logger;

  constructor({ config, databasePassword }: LoadedConfig, logger: Logger) {
    const { listen, routing, log } = config;
    this.#logger = logger;
    this.#directory = openDirectory(config.database, {
      password: databasePassword,
      maxBudgetMs: routing.deadlineMs,
    });
    const router = new Router(config, this.#directory);
    const handler = new CallHandler({
      router: () => router,
      onCall: (record) => logCall(logger, record, log.numbers === 'full'),
    });
    this.#server = new AgiServer({
      host: listen.host,
      port: listen.port,
      allow: listen.allow,
      maxSessions: listen.maxCalls,
      deadlineMs: routing.deadlineMs,
      handler: (session) => handler.route(session),
      overload: (session) => handler.refuse(session),
      onError: (err) => logger.error({ err }, 'session failed'),
      onRefused: (address) => logger.warn({ address }, 'connection refused: not in listen.allow'),
    });
  }

  /**
   * Listens. A database that is away does not stop it: calls get ERROR until it is back.
   *
   * @returns where it listens; the port differs from the configured one when that is 0
   * @throws {SchemaError} the database lacks what no look-up can do without
   * @throws {AgiListenError} the address cannot be listened on
   */
  async start(): Promise<{ host: string; port: number }> {
    try {
      const report = await this.#directory.start();
      for (const { feature, column, message } of report.warnings)
        this.#logger.warn({ feature, column }, message);
      if (report.state === 'ready') this.#logger.info({ database: report.version }, 'database ready');
      else
        this.#logger.error(
          { problem: report.problem },
          'database unavailable: calls go to the operators until it is back',
        );
      return await this.#server.start();
    } catch (error) {
      await this.#directory.close();
      throw error;
    }
  }

  /** Accepts no more calls, lets those in progress finish, closes. @param graceMs for the calls in progress */
  async stop(graceMs: number): Promise<void> {
    await this.#server.stop(graceMs);
    await this.#directory.close();
  }
}
