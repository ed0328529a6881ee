import { callFields } from './call-log.ts';
import type { CallRecord } from './call-record.ts';
import type { ConfigurationStatus } from './configuration-status.ts';
import type { PoolStats, Resilience } from '../directory/directory.ts';
import { maskText } from '../phone/mask.ts';
import type { Status } from '../routing/decision.ts';
import { RecentCalls } from './recent-calls.ts';
import type { Sources } from './metric-definitions.ts';
import { Metrics } from './metrics.ts';
import type { OutboundRecord } from './outbound-log.ts';
import { LastMinute, type Percentiles } from './last-minute.ts';

/** The server at this moment, as `/status` and `courier-agi top` show it. */
export interface ServerStatus {
  readonly name: 'courier-agi';
  readonly version: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  /** Since the start. */
  readonly calls: {
    readonly total: number;
    readonly byStatus: Readonly<Record<Status, number>>;
    readonly byOutcome: Readonly<Record<CallRecord['outcome'], number>>;
    readonly overloaded: number;
    readonly refused: number;
    /** Times that those who waited to be accepted were reset; how many they were, the kernel does not tell. */
    readonly acceptQueueResets: number;
    /** Times that the listener could not accept a call. */
    readonly listenerErrors: number;
    /** Calls of `courier-agi doctor`, which count nowhere else. */
    readonly checks: number;
    /** Connections that said nothing until the deadline. */
    readonly silent: number;
  };
  /** Of the last minute, in ms; null without calls. */
  readonly lastMinute: { readonly call: Percentiles | null; readonly lookup: Percentiles | null };
  /** Connections of Asterisk that are open, and `listen.maxCalls`. */
  readonly sessions: number;
  readonly maxCalls: number;
  readonly pool: PoolStats;
  /** null when the directory has neither breaker nor snapshot. */
  readonly directory: Resilience | null;
  readonly configuration: ConfigurationStatus;
}

export interface MonitorOptions extends Sources {
  readonly configuration: () => ConfigurationStatus;
  readonly version: string;
  readonly maxCalls: number;
}

const REMEMBERED_CALLS = 200;

/** Is told what happens, and tells those who watch. */
export class Monitor {
  readonly calls = new RecentCalls(REMEMBERED_CALLS);
  readonly metrics: Metrics;
  readonly #options: MonitorOptions;
  readonly #startedAt = performance.now();
  readonly #callTimes = new LastMinute();
  readonly #lookupTimes = new LastMinute();
  readonly #byStatus: Record<Status, number> = { OK: 0, NO_TARGET: 0, UNKNOWN: 0, INVALID: 0, ERROR: 0 };
  readonly #byOutcome: Record<CallRecord['outcome'], number> = { delivered: 0, left: 0, failed: 0 };
  #overloaded = 0;
  #refused = 0;
  #acceptQueueResets = 0;
  #listenerErrors = 0;
  #checks = 0;
  #silent = 0;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.metrics = new Metrics(options.version, options);
  }

  /** @param fields masked */
  call(record: CallRecord, fields = callFields(record, false)): void {
    this.calls.push(record, fields);
    if (record.isCheck) {
      this.#checks += 1;
      this.metrics.check();
      return;
    }
    const now = performance.now();
    this.#byStatus[record.decision.status] += 1;
    this.#byOutcome[record.outcome] += 1;
    this.#callTimes.add(now, record.totalMs);
    if (record.routeMs !== null) this.#lookupTimes.add(now, record.routeMs);
    this.metrics.call(record);
  }

  /** An outgoing call, which counts among the metrics alone. */
  outgoingCall(record: OutboundRecord): void {
    this.metrics.outgoingCall(record);
  }

  /** A call beyond `listen.maxCalls`. */
  overloaded(): void {
    this.#overloaded += 1;
    this.metrics.overloaded();
  }

  /** A connection that was dropped unread. */
  refused(why: 'not allowed' | 'too many'): void {
    this.#refused += 1;
    this.metrics.refused(why);
  }

  /** Calls that waited to be accepted were reset. */
  acceptQueueReset(): void {
    this.#acceptQueueResets += 1;
    this.metrics.acceptQueueReset();
  }

  /** The listener could not accept a call. */
  listenerFailed(): void {
    this.#listenerErrors += 1;
    this.metrics.listenerFailed();
  }

  /** A connection that said nothing until the deadline. */
  silent(): void {
    this.#silent += 1;
    this.metrics.silent();
  }

  sessionFailed(): void {
    this.metrics.sessionFailed();
  }

  status(): ServerStatus {
    const { version, maxCalls, sessions, pool, resilience, configuration } = this.#options;
    const now = performance.now();
    return {
      name: 'courier-agi',
      version,
      pid: process.pid,
      uptimeSeconds: Math.floor((now - this.#startedAt) / 1000),
      calls: {
        total: Object.values(this.#byOutcome).reduce((sum, count) => sum + count),
        byStatus: { ...this.#byStatus },
        byOutcome: { ...this.#byOutcome },
        overloaded: this.#overloaded,
        refused: this.#refused,
        acceptQueueResets: this.#acceptQueueResets,
        listenerErrors: this.#listenerErrors,
        checks: this.#checks,
        silent: this.#silent,
      },
      lastMinute: {
        call: this.#callTimes.percentiles(now),
        lookup: this.#lookupTimes.percentiles(now),
      },
      sessions: sessions(),
      maxCalls,
      pool: pool(),
      directory: masked(resilience()),
      configuration: configuration(),
    };
  }
}

/** A message of the database may quote anything. */
function masked(resilience: Resilience | undefined): Resilience | null {
  if (resilience === undefined) return null;
  const { problem } = resilience;
  return { ...resilience, problem: problem === null ? null : maskText(problem) };
}
