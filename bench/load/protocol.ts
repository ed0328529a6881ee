import type { Caller } from '../traffic.ts';

/** How calls come. */
export type Pace =
  /** A closed loop: so many callers, each calling again as soon as he is through. */
  | { readonly kind: 'closed'; readonly connections: number }
  /** An open loop: calls come at that rate, however slow the server is. */
  | { readonly kind: 'open'; readonly ratePerSecond: number };

export interface LoadOrder {
  /** On 127.0.0.1, of a FastAGI server or of Asterisk's SIP. */
  readonly port: number;
  readonly pace: Pace;
  readonly durationMs: number;
}

/** What the parent sends to the generator's process. */
export type ToGenerator =
  | { readonly kind: 'callers'; readonly callers: readonly Caller[] }
  | { readonly kind: 'run'; readonly order: LoadOrder };

/** What became of the calls. */
export interface Calls {
  readonly started: number;
  /** ROUTE_STATUS was set and the session closed; by SIP: the call was refused as `dialplan.ts` does it. */
  readonly answered: number;
  /** Of these, with somebody to be dialled: ROUTE_STATUS=OK. */
  readonly routed: number;
  /** Answered with somebody where nobody can be dialled, or the other way round. */
  readonly wrong: number;
  /** Started, and not answered. */
  readonly lost: number;
  /** Due, and not started: see `open-loop.ts`. */
  readonly skipped: number;
}

export interface LoadResult {
  readonly calls: Calls;
  readonly durationMs: number;
  /** From the moment a call was due to its end, by SIP from the INVITE to the final answer; in ms. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Of the generator's own process. */
  readonly generatorCpuMs: number;
}
