import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { hasChangedOnDisk, type LoadedConfig } from '../config/load.ts';
import { DirectoryUnavailableError, type ManagedDirectory } from '../directory/directory.ts';
import type { ConfigurationStatus } from '../monitoring/configuration-status.ts';
import { maskText } from '../phone/mask.ts';
import { Router } from '../scripts/route/router.ts';
import { openLoggedDirectory } from './directory-events.ts';

/** What a reload replaces. Calls in progress keep the one that they began with. */
interface Generation {
  readonly loaded: LoadedConfig;
  readonly directory: ManagedDirectory;
  readonly router: Router;
}

/** @returns the keys whose change only a new server takes */
export type NeedsRestart = (old: Config, wanted: Config) => readonly string[];

/** The configuration in use, with the directory and the router made from it. */
export class ActiveConfiguration {
  readonly #logger: Logger;
  readonly #started: LoadedConfig;
  readonly #needsRestart: readonly NeedsRestart[];
  #generation: Generation;
  #readAt = new Date();
  #waitingForRestart: readonly string[] = [];
  #refused: ConfigurationStatus['refused'] = null;
  /** Reloads run one after the other, so that the last one asked for is the one that stays. */
  #idle: Promise<unknown> = Promise.resolve();
  /** Replaced by a reload, and still asked by calls in progress. */
  readonly #retired = new Map<ManagedDirectory, NodeJS.Timeout>();

  /**
   * @param needsRestart of each part that is made once: the keys whose change it does not take
   * @throws {DatabaseUrlError}
   */
  constructor(loaded: LoadedConfig, logger: Logger, needsRestart: readonly NeedsRestart[]) {
    this.#logger = logger;
    this.#needsRestart = needsRestart;
    this.#started = loaded;
    this.#generation = this.#open(loaded);
  }

  get loaded(): LoadedConfig {
    return this.#generation.loaded;
  }

  get status(): ConfigurationStatus {
    const { loaded } = this.#generation;
    return {
      file: loaded.file === null ? null : resolve(loaded.file),
      readAt: this.#readAt.toISOString(),
      hasChanged: hasChangedOnDisk(loaded),
      waitingForRestart: this.#waitingForRestart,
      refused: this.#refused,
    };
  }

  get directory(): ManagedDirectory {
    return this.#generation.directory;
  }

  get router(): Router {
    return this.#generation.router;
  }

  /** @throws {SchemaError} the database lacks what no look-up can do without */
  start(): Promise<unknown> {
    return this.#whenIdle(() => this.#generation.directory.start());
  }

  /**
   * Takes a new configuration for the calls to come; what needs a restart stays as it is, and is told in the
   * log. Not to be called after `close`.
   *
   * @throws {DatabaseUrlError | SchemaError} it cannot be used: everything stays as it was
   * @throws {DirectoryUnavailableError} other settings of the database, and nobody answers: likewise
   */
  reload(wanted: LoadedConfig): Promise<void> {
    return this.#whenIdle(() => this.#reload(wanted));
  }

  /** A reload came to nothing. @param problems a line each */
  reloadRefused(problems: readonly string[]): void {
    this.#refused = { at: new Date().toISOString(), problems: problems.map((problem) => maskText(problem)) };
  }

  /** Waits for a reload in progress, which would open what nobody closes any more. */
  close(): Promise<void> {
    return this.#whenIdle(async () => {
      for (const timer of this.#retired.values()) clearTimeout(timer);
      await Promise.all([this.directory, ...this.#retired.keys()].map((directory) => directory.close()));
    });
  }

  async #reload(wanted: LoadedConfig): Promise<void> {
    await this.#take(wanted);
    this.#readAt = new Date();
    this.#refused = null;
    const { config } = this.#started;
    const keys = this.#needsRestart.flatMap((needsRestart) => needsRestart(config, wanted.config));
    if (keys.length > 0) this.#logger.warn({ keys }, 'some changes take effect at the next start');
    this.#waitingForRestart = keys;
  }

  async #take(wanted: LoadedConfig): Promise<void> {
    const loaded = withDeadlineOf(this.#started, wanted);
    const old = this.#generation;
    if (isDeepStrictEqual(directoryOf(loaded), directoryOf(old.loaded))) {
      const router = new Router(loaded.config, old.directory);
      this.#generation = { loaded, directory: old.directory, router };
      return;
    }
    const generation = this.#open(loaded);
    generation.directory.inherit?.(old.directory);
    try {
      const { problem } = await generation.directory.start();
      if (problem !== null) {
        // Other limits for the same database are taken even while that is away.
        if (!isSameDatabase(loaded, old.loaded)) throw new DirectoryUnavailableError(problem);
        this.#logger.warn({ problem: maskText(problem) }, 'database not usable: so says the reload');
      }
    } catch (error) {
      await generation.directory.close();
      throw error;
    }
    this.#generation = generation;
    this.#retire(old.directory);
  }

  /** Calls in progress still ask the old one, until their deadline at the latest. */
  #retire(directory: ManagedDirectory): void {
    const { deadlineMs } = this.#started.config.routing;
    const timer = setTimeout(() => {
      this.#retired.delete(directory);
      void directory.close();
    }, deadlineMs).unref();
    this.#retired.set(directory, timer);
  }

  #whenIdle<Result>(task: () => Promise<Result>): Promise<Result> {
    const done = this.#idle.then(task);
    this.#idle = done.catch(() => undefined);
    return done;
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

function isSameDatabase(one: LoadedConfig, other: LoadedConfig): boolean {
  const { poolSize: _one, ...oneDatabase } = one.config.database;
  const { poolSize: _other, ...otherDatabase } = other.config.database;
  return isDeepStrictEqual([oneDatabase, one.databasePassword], [otherDatabase, other.databasePassword]);
}

/** What a directory is made from. */
function directoryOf({ config, databasePassword }: LoadedConfig): unknown {
  return [config.database, config.snapshot, config.numbers.country, databasePassword];
}

/** Sessions keep the deadline that the server was started with, so all that depends on it does, too. */
function withDeadlineOf({ config: { routing } }: LoadedConfig, wanted: LoadedConfig): LoadedConfig {
  const { config } = wanted;
  const { deadlineMs } = routing;
  return { ...wanted, config: { ...config, routing: { ...config.routing, deadlineMs } } };
}
