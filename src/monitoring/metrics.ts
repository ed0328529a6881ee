import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CallRecord } from './call-record.ts';
import type { PoolStats, Resilience } from '../directory/directory.ts';
import { CALLER_KINDS } from '../directory/match.ts';
import type { Status } from '../routing/decision.ts';
import { errorCode } from './call-line.ts';

/** What is asked when somebody reads the metrics, and costs nothing until then. */
export interface Sources {
  /** Connections of Asterisk that are open. */
  readonly sessions: () => number;
  readonly pool: () => PoolStats;
  /** undefined from a directory without breaker and snapshot. */
  readonly resilience: () => Resilience | undefined;
}

/** From a cached look-up to the longest deadline that is sensible, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5];

/** Who can have called, by what came of it. */
const STATUSES: readonly { readonly status: Status; readonly callers: readonly string[] }[] = [
  { status: 'OK', callers: CALLER_KINDS },
  { status: 'NO_TARGET', callers: CALLER_KINDS },
  { status: 'UNKNOWN', callers: ['none'] },
  { status: 'INVALID', callers: ['none'] },
  { status: 'ERROR', callers: ['none'] },
];

/**
 * So often prom-client looks whether the event loop is late; what it tells has this in it. Each look wakes an idle
 * processor up: with its default of 10 ms, they take 0.8 % of one on a virtual machine.
 */
const LOOP_LOOK_MS = 100;

/** The usual ones. */
const LIVE_ERRORS = ['DIRECTORY_TIMEOUT', 'DIRECTORY_BUSY', 'DIRECTORY_UNAVAILABLE', 'BREAKER_OPEN'];

const OUTCOMES: readonly CallRecord['outcome'][] = ['answered', 'left', 'failed'];

/**
 * The metrics of one server, in a registry of its own. No label holds what a caller chose, a number or a
 * code of the vendor's: the number of time series is fixed.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #calls: Counter<'status' | 'caller' | 'outcome'>;
  readonly #answers: Counter<'source'>;
  readonly #errors: Counter<'error'>;
  readonly #liveErrors: Counter<'error'>;
  readonly #callSeconds: Histogram;
  readonly #lookupSeconds: Histogram;
  readonly #agiSeconds: Histogram;
  readonly #overloaded: Counter;
  readonly #refused: Counter<'reason'>;
  readonly #flushes: Counter;
  readonly #silent: Counter;
  readonly #sessionErrors: Counter;

  constructor(version: string, sources: Sources) {
    const registers = [this.#registry];
    this.#calls = new Counter({
      name: 'courier_agi_calls_total',
      help: 'Calls, by ROUTE_STATUS, who called, and whether the answer reached Asterisk',
      labelNames: ['status', 'caller', 'outcome'],
      registers,
    });
    this.#answers = new Counter({
      name: 'courier_agi_lookups_total',
      help: 'Look-ups that were answered, by source: live or snapshot',
      labelNames: ['source'],
      registers,
    });
    this.#errors = new Counter({
      name: 'courier_agi_call_errors_total',
      help: 'Calls with an error, by its code',
      labelNames: ['error'],
      registers,
    });
    this.#liveErrors = new Counter({
      name: 'courier_agi_live_lookup_errors_total',
      help: 'Calls for which the snapshot had to answer, by why the database did not',
      labelNames: ['error'],
      registers,
    });
    this.#callSeconds = new Histogram({
      name: 'courier_agi_call_duration_seconds',
      help: 'From the accepted connection to the confirmed answer',
      buckets: BUCKETS,
      registers,
    });
    this.#lookupSeconds = new Histogram({
      name: 'courier_agi_lookup_duration_seconds',
      help: 'The look-up in the directory and the decision, the wait for a connection included',
      buckets: BUCKETS,
      registers,
    });
    this.#agiSeconds = new Histogram({
      name: 'courier_agi_agi_duration_seconds',
      help: 'What talking to Asterisk took: the whole call without the look-up',
      buckets: BUCKETS,
      registers,
    });
    this.#overloaded = new Counter({
      name: 'courier_agi_overload_refused_total',
      help: 'Calls beyond listen.maxCalls, answered at once with ERROR',
      registers,
    });
    this.#refused = new Counter({
      name: 'courier_agi_connections_refused_total',
      help: 'Connections dropped unread: not in listen.allow, or far beyond listen.maxCalls',
      labelNames: ['reason'],
      registers,
    });
    this.#flushes = new Counter({
      name: 'courier_agi_flushes_total',
      help: 'Times that the calls which waited to be accepted were reset: more came than can be answered in time',
      registers,
    });
    this.#silent = new Counter({
      name: 'courier_agi_silent_connections_total',
      help: 'Connections that said nothing until the deadline',
      registers,
    });
    this.#sessionErrors = new Counter({
      name: 'courier_agi_session_errors_total',
      help: 'Sessions that ended with an error of their own; the log has it',
      registers,
    });
    // Known label values begin at 0: a rate over a series that appears with its first value would miss it.
    for (const { status, callers } of STATUSES) {
      for (const caller of callers) {
        for (const outcome of OUTCOMES) this.#calls.inc({ status, caller, outcome }, 0);
      }
    }
    for (const source of ['live', 'snapshot']) this.#answers.inc({ source }, 0);
    for (const error of LIVE_ERRORS) this.#liveErrors.inc({ error }, 0);
    for (const reason of ['not_allowed', 'too_many']) this.#refused.inc({ reason }, 0);
    this.#addGauges(version, sources);
    collectDefaultMetrics({
      register: this.#registry,
      eventLoopMonitoringPrecision: LOOP_LOOK_MS,
    });
  }

  /** @param record of a call that is over */
  call(record: CallRecord): void {
    const { decision, outcome, totalMs, routeMs, error } = record;
    this.#calls.inc({ status: decision.status, caller: decision.caller ?? 'none', outcome });
    this.#callSeconds.observe(totalMs / 1000);
    if (routeMs === null) this.#agiSeconds.observe(totalMs / 1000);
    else {
      this.#lookupSeconds.observe(routeMs / 1000);
      this.#agiSeconds.observe((totalMs - routeMs) / 1000);
    }
    if (decision.source !== null) this.#answers.inc({ source: decision.source });
    if (decision.liveError !== null) this.#liveErrors.inc({ error: decision.liveError });
    if (error !== null) this.#errors.inc({ error: errorCode(error) });
  }

  overloaded(): void {
    this.#overloaded.inc();
  }

  refused(why: 'not allowed' | 'too many'): void {
    this.#refused.inc({ reason: why.replace(' ', '_') });
  }

  flushed(): void {
    this.#flushes.inc();
  }

  silent(): void {
    this.#silent.inc();
  }

  sessionFailed(): void {
    this.#sessionErrors.inc();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #addGauges(version: string, { sessions, pool, resilience }: Sources): void {
    new Gauge({
      name: 'courier_agi_info',
      help: 'Always 1; the labels tell what runs',
      labelNames: ['version', 'node'],
      registers: [this.#registry],
    }).set({ version, node: process.versions.node }, 1);
    this.#gauge('courier_agi_sessions', 'Connections of Asterisk that are open', sessions);
    this.#gauge(
      'courier_agi_pool_connections',
      'Connections to the database that are open, or being opened',
      () => pool().size,
    );
    this.#gauge('courier_agi_pool_used', 'Connections to the database at work', () => pool().used);
    this.#gauge('courier_agi_pool_waiting', 'Look-ups that wait for a connection', () => pool().waiting);
    this.#gauge(
      'courier_agi_snapshot_age_seconds',
      'Age of the snapshot; missing while there is none',
      () => resilience()?.snapshot?.ageSeconds,
    );
    this.#gauge(
      'courier_agi_snapshot_numbers',
      'Numbers that the snapshot knows; missing while there is none',
      () => resilience()?.snapshot?.numbers,
    );
    this.#gauge(
      'courier_agi_breaker_open',
      '1 while the database is not asked, since it failed; missing on the demo database',
      () => {
        const state = resilience();
        return state === undefined ? undefined : Number(state.breakerOpen);
      },
    );
  }

  /** A gauge that is read when somebody asks, and is missing while there is nothing to read. */
  #gauge(name: string, help: string, read: () => number | undefined): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        const value = read();
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
    this.#registry.registerMetric(gauge);
  }
}
