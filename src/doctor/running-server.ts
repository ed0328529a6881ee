import { reachableHost } from '../net/reachable.ts';
import type { Config } from '../config/config.ts';
import { fetchStatus } from '../http/client.ts';
import type { ServerStatus } from '../monitoring/monitor.ts';

/** The server of this configuration, as it tells of itself. */
export interface RunningServer {
  readonly status: ServerStatus;
}

/** @returns null when none answers, or `http.enabled` is false */
export async function findRunningServer({ http }: Config): Promise<RunningServer | null> {
  if (!http.enabled) return null;
  try {
    return { status: await fetchStatus({ host: reachableHost(http.host), port: http.port }) };
  } catch {
    return null;
  }
}
