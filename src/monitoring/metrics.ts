import { collectDefaultMetrics, Registry } from 'prom-client';
import { errorCode } from '../util/errors.ts';
import type { CallRecord } from './call-record.ts';
import type { OutboundRecord } from './outbound-log.ts';
import { defineCounters, defineGauges, defineInfo, type Sources } from './metric-definitions.ts';

/**
 * Time between two looks of prom-client whether the event loop is late, in ms; what it tells has this in it. Each
 * look wakes an idle processor up: with its default of 10 ms, they take 0.8 % of one (bench/README.md).
 */
const LOOP_LOOK_MS = 100;

/** The metrics of one server, in a registry of its own. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #counters = defineCounters(this.#registry);

  constructor(version: string, sources: Sources) {
    defineInfo(this.#registry, version);
    defineGauges(this.#registry, sources);
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_LOOK_MS });
  }

  /** @param record of a call that is over */
  call({ decision, outcome, totalMs, routeMs, error }: CallRecord): void {
    const { calls, callSeconds, lookupSeconds, agiSeconds, answers, liveErrors, errors } = this.#counters;
    calls.inc({ status: decision.status, caller: decision.caller ?? 'none', outcome });
    callSeconds.observe(totalMs / 1000);
    agiSeconds.observe((totalMs - (routeMs ?? 0)) / 1000);
    if (routeMs !== null) lookupSeconds.observe(routeMs / 1000);
    if (decision.source !== null) answers.inc({ source: decision.source });
    if (decision.liveError !== null) liveErrors.inc({ error: decision.liveError });
    if (error !== null) errors.inc({ error: errorCode(error) });
  }

  /** @param record of a call whose trunk was asked for */
  outgoingCall({ route, outcome, error }: OutboundRecord): void {
    this.#counters.outgoing.inc({ status: route.status, outcome });
    if (error !== null) this.#counters.errors.inc({ error: errorCode(error) });
  }

  check(): void {
    this.#counters.checks.inc();
  }

  overloaded(): void {
    this.#counters.overloaded.inc();
  }

  refused(why: 'not allowed' | 'too many'): void {
    this.#counters.refused.inc({ reason: why.replace(' ', '_') });
  }

  acceptQueueReset(): void {
    this.#counters.acceptQueueResets.inc();
  }

  listenerFailed(): void {
    this.#counters.listenerErrors.inc();
  }

  silent(): void {
    this.#counters.silent.inc();
  }

  sessionFailed(): void {
    this.#counters.sessionErrors.inc();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
