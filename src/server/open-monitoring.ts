import type { Config } from '../config/config.ts';
import { HttpServer } from '../http/http.server.ts';
import type { RateLimitedLog } from '../log/rate-limited-log.ts';
import { Monitor } from '../monitoring/monitor.ts';
import { ReadinessProbe } from '../monitoring/readiness.ts';
import { messageOf } from '../util/errors.ts';
import { packageVersion } from '../util/package.ts';
import { changedKeys } from './changed-keys.ts';
import type { ActiveConfiguration } from './active-configuration.ts';

interface MonitoringOptions {
  /** What the server is started with. */
  readonly config: Config;
  readonly active: ActiveConfiguration;
  /** Connections of Asterisk that are open. */
  readonly sessions: () => number;
  /** Gets what is turned away. */
  readonly refusals: RateLimitedLog;
}

interface Monitoring {
  readonly monitor: Monitor;
  readonly readiness: ReadinessProbe;
  /** undefined when `http.enabled` is false. */
  readonly http: HttpServer | undefined;
}

/** What watches the server, and the port where it is asked. */
export function openMonitoring({ config, active, sessions, refusals }: MonitoringOptions): Monitoring {
  const monitor = new Monitor({
    version: packageVersion(),
    maxCalls: config.listen.maxCalls,
    sessions,
    pool: () => active.directory.stats(),
    resilience: () => active.directory.resilience?.(),
    configuration: () => active.status,
  });
  const readiness = new ReadinessProbe(
    // A reload replaces the directory.
    { find: (number, budgetMs) => active.directory.find(number, budgetMs) },
    config.routing.deadlineMs,
    () => active.directory.resilience?.().problem ?? null,
  );
  if (!config.http.enabled) return { monitor, readiness, http: undefined };
  const http = new HttpServer({
    ...config.http,
    monitor,
    readiness,
    onRefused: (address) => refusals.add('HTTP connection refused: see http.allow', { address }),
    onListenerError: (error) => {
      refusals.add('HTTP port could not accept a connection', { problem: messageOf(error) }, 'error');
    },
  });
  return { monitor, readiness, http };
}

/** @returns the keys whose change only a new server takes */
export function needsRestart(old: Config, wanted: Config): string[] {
  return changedKeys('http', old.http, wanted.http);
}
