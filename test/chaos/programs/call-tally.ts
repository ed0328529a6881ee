import type { CallResult } from '../../../src/simulator/asterisk.ts';

/** What came of calls. Each started call is in exactly one of answered, closed, refused and unended. */
export interface CallCounts {
  started: number;
  /** The server set ROUTE_STATUS. */
  answered: number;
  /** Of these: somebody is to be rung, or the caller is known, or not; but not ERROR. */
  good: number;
  /** ROUTE_STATUS=OK */
  routed: number;
  /** Of these: decided by the snapshot. */
  fromSnapshot: number;
  /** ROUTE_STATUS=ERROR, said by the server. */
  errors: number;
  /** The connection stood, and the server closed it without an answer: the dialplan's preset reads as ERROR. */
  closed: number;
  /** No connection. */
  refused: number;
  /** Still open when the simulator gave up. */
  unended: number;
  /** Of all, however they ended: over the deadline. */
  late: number;
  /** The longest call, in ms. */
  slowestMs: number;
  /** What Asterisk would have stumbled over, apart from what is counted above. */
  problems: Record<string, number>;
}

/** Time on the wire and in a busy simulator that is not the server's, in ms. */
const WIRE_MS = 500;

export class CallTally {
  readonly #deadlineMs: number;
  readonly counts: CallCounts = {
    started: 0,
    answered: 0,
    good: 0,
    routed: 0,
    fromSnapshot: 0,
    errors: 0,
    closed: 0,
    refused: 0,
    unended: 0,
    late: 0,
    slowestMs: 0,
    problems: {},
  };

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  add({ variables, commands, connectMs, durationMs, problems }: CallResult): void {
    const { counts } = this;
    counts.started += 1;
    counts.slowestMs = Math.max(counts.slowestMs, Math.round(durationMs));
    if (durationMs > this.#deadlineMs + WIRE_MS) counts.late += 1;
    const status = variables.get('ROUTE_STATUS') ?? '';
    if (commands.some((command) => command.includes('ROUTE_STATUS'))) {
      counts.answered += 1;
      if (status === 'ERROR') counts.errors += 1;
      else counts.good += 1;
      if (status === 'OK') counts.routed += 1;
      if (status === 'OK' && variables.get('ROUTE_SOURCE') === 'snapshot') counts.fromSnapshot += 1;
    } else if (connectMs === null) counts.refused += 1;
    else if (problems.some((problem) => problem.startsWith('no end'))) counts.unended += 1;
    else counts.closed += 1;
    for (const problem of problems) {
      const kind = problem.replace(/«.*»/s, '«…»');
      counts.problems[kind] = (counts.problems[kind] ?? 0) + 1;
    }
  }
}
