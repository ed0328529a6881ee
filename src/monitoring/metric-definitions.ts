import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PoolStats, Resilience } from '../directory/directory.ts';
import { CALLER_KINDS } from '../directory/match.ts';
import type { Status } from '../routing/decision.ts';
import type { OutboundRoute } from '../routing/outbound.ts';
import type { CallOutcome } from './call-record.ts';

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

const OUTGOING_STATUSES: readonly OutboundRoute['status'][] = ['OK', 'INVALID', 'ERROR'];

const OUTCOMES: readonly CallOutcome[] = ['delivered', 'left', 'failed'];

/** Why the database does not answer: the usual ones. */
const DIRECTORY_ERRORS = ['DIRECTORY_TIMEOUT', 'DIRECTORY_BUSY', 'DIRECTORY_UNAVAILABLE'];

/** What a call can end with (docs/errors.md). */
const ERRORS = [
  ...DIRECTORY_ERRORS,
  'AGI_CLOSED',
  'AGI_TIMEOUT',
  'AGI_PROTOCOL',
  'AGI_ENVIRONMENT',
  'AGI_ENCODING',
  'AGI_COMMAND',
  'AGI_DEAD_CHANNEL',
  'SCRIPT_REQUEST',
  'DEFECT',
];

/**
 * What is counted and timed. No label holds what a caller chose, a number or a code of the vendor's: the number of
 * time series is fixed.
 */
export function defineCounters(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string = never>(
    name: string,
    help: string,
    ...labelNames: Label[]
  ): Counter<Label> => new Counter<Label>({ name: `courier_agi_${name}`, help, labelNames, registers });
  const seconds = (name: string, help: string): Histogram =>
    new Histogram({ name: `courier_agi_${name}_seconds`, help, buckets: BUCKETS, registers });
  const counters = {
    calls: counter(
      'calls_total',
      'Calls, by ROUTE_STATUS, who called, and whether the answer reached the dialplan',
      'status',
      'caller',
      'outcome',
    ),
    checks: counter('check_calls_total', 'Calls of courier-agi doctor, which count nowhere else'),
    outgoing: counter(
      'outgoing_calls_total',
      'Outgoing calls whose trunk was asked for, by ROUTE_STATUS and whether the answer reached the dialplan',
      'status',
      'outcome',
    ),
    answers: counter('lookups_total', 'Look-ups that were answered, by source: live or snapshot', 'source'),
    errors: counter('call_errors_total', 'Calls with an error, outgoing ones included, by its code', 'error'),
    liveErrors: counter(
      'live_lookup_errors_total',
      'Calls for which the snapshot had to answer, by why the database did not',
      'error',
    ),
    callSeconds: seconds('call_duration', 'From the accepted connection to the confirmed answer'),
    lookupSeconds: seconds(
      'lookup_duration',
      'The look-up in the directory and the decision, the wait for a connection included',
    ),
    agiSeconds: seconds('agi_duration', 'What talking to Asterisk took: the whole call without the look-up'),
    overloaded: counter(
      'overload_refused_total',
      'Calls beyond listen.maxCalls, answered at once with ERROR',
    ),
    refused: counter(
      'connections_refused_total',
      'Connections dropped unread: not in listen.allow, or far beyond listen.maxCalls',
      'reason',
    ),
    acceptQueueResets: counter(
      'accept_queue_resets_total',
      'Times that the calls which waited to be accepted were reset: more came than can be answered in time',
    ),
    listenerErrors: counter(
      'listener_errors_total',
      'Times that the listener could not accept a call, or not take its port back; the log says why',
    ),
    silent: counter('silent_connections_total', 'Connections that said nothing until the deadline'),
    sessionErrors: counter(
      'session_errors_total',
      'Sessions that ended with an error of their own; the log has it',
    ),
  };
  beginAtZero(counters);
  return counters;
}

/** A rate over a series that appears with its first value would miss it. */
function beginAtZero({
  calls,
  outgoing,
  answers,
  errors,
  liveErrors,
  refused,
}: Pick<
  ReturnType<typeof defineCounters>,
  'calls' | 'outgoing' | 'answers' | 'errors' | 'liveErrors' | 'refused'
>): void {
  for (const { status, callers } of STATUSES) {
    for (const caller of callers) {
      for (const outcome of OUTCOMES) calls.inc({ status, caller, outcome }, 0);
    }
  }
  for (const status of OUTGOING_STATUSES) {
    for (const outcome of OUTCOMES) outgoing.inc({ status, outcome }, 0);
  }
  for (const source of ['live', 'snapshot']) answers.inc({ source }, 0);
  for (const error of ERRORS) errors.inc({ error }, 0);
  for (const error of [...DIRECTORY_ERRORS, 'BREAKER_OPEN']) liveErrors.inc({ error }, 0);
  for (const reason of ['not_allowed', 'too_many']) refused.inc({ reason }, 0);
}

/** What is read when somebody asks. */
export function defineGauges(registry: Registry, { sessions, pool, resilience }: Sources): void {
  /** It is missing while there is nothing to read. */
  const gauge = (name: string, help: string, read: () => number | undefined): void => {
    registry.registerMetric(
      new Gauge({
        name: `courier_agi_${name}`,
        help,
        registers: [],
        collect() {
          const value = read();
          if (value === undefined) this.remove();
          else this.set(value);
        },
      }),
    );
  };
  gauge('sessions', 'Connections of Asterisk that are open', sessions);
  gauge('pool_connections', 'Connections to the database that are open, or being opened', () => pool().size);
  gauge('pool_used', 'Connections to the database at work', () => pool().used);
  gauge('pool_waiting', 'Look-ups that wait for a connection', () => pool().waiting);
  gauge(
    'snapshot_age_seconds',
    'Age of the snapshot; missing while there is none',
    () => resilience()?.snapshot?.ageSeconds,
  );
  gauge(
    'snapshot_numbers',
    'Numbers that the snapshot knows; missing while there is none',
    () => resilience()?.snapshot?.numbers,
  );
  gauge(
    'breaker_open',
    '1 while the database is not asked, since it failed; missing on the demo database',
    () => {
      const state = resilience();
      return state === undefined ? undefined : Number(state.breakerOpen);
    },
  );
}

/** Always 1; the labels tell what runs. */
export function defineInfo(registry: Registry, version: string): void {
  new Gauge({
    name: 'courier_agi_info',
    help: 'Always 1; the labels tell what runs',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1);
}
