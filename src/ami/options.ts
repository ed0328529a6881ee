import type { CodedError } from '../util/errors.ts';
import type { Flaw } from './event-shape.ts';
import type { AmiMessage } from './message.ts';

/** manager.c: perms. A name that Asterisk does not know would silently turn all events off. */
export type AmiClass =
  | 'agent'
  | 'agi'
  | 'all'
  | 'call'
  | 'cdr'
  | 'command'
  | 'config'
  | 'dialplan'
  | 'dtmf'
  | 'log'
  | 'originate'
  | 'reporting'
  | 'security'
  | 'system'
  | 'user'
  | 'verbose';

export interface AmiTls {
  /** PEM of the authority that signed Asterisk's certificate, or of the certificate itself. Default: Node's. */
  readonly ca?: string | Buffer;
  /** The name in the certificate. Default: the host. */
  readonly serverName?: string;
}

/** In ms. */
export interface AmiTiming {
  /** Until the connection stands, with TLS. Default 5000. */
  readonly connectMs: number;
  /** From then until the banner. Default 5000. */
  readonly greetingMs: number;
  /** Each answer while logging in; Asterisk takes 1 s to refuse. Default 10,000. */
  readonly loginMs: number;
  /** From login until FullyBooted; then Asterisk is taken to be ready all the same. Default 5000. */
  readonly bootMs: number;
  /** The same when the class `system` is not asked for, so that FullyBooted cannot come. Default 2000. */
  readonly settleMs: number;
  /** Default 5000. */
  readonly actionMs: number;
  /** A whole list. Default 15,000. */
  readonly listMs: number;
  /** Between two pings. Default 10,000. */
  readonly pingMs: number;
  /** A connection from which nothing comes for so long after a ping is dead. Default 5000. */
  readonly deadMs: number;
  /**
   * How far we may be behind what Asterisk sends, while it comes. Whoever drops the connection loses what has been sent and
   * not read, so it is long; Asterisk itself drops a reader that leaves it no room to write. Default 60,000.
   */
  readonly behindMs: number;
  /** The first pause before connecting anew; each is twice as long as the one before, less a random part. Default 250. */
  readonly firstPauseMs: number;
  /** The longest pause while Asterisk is away: a connection that is refused costs nothing. Default 4000. */
  readonly longestPauseMs: number;
  /** The longest pause when a person must mend something, such as the secret. Default 30,000. */
  readonly mendPauseMs: number;
}

export const AMI_TIMING: AmiTiming = {
  connectMs: 5000,
  greetingMs: 5000,
  loginMs: 10_000,
  bootMs: 5000,
  settleMs: 2000,
  actionMs: 5000,
  listMs: 15_000,
  pingMs: 10_000,
  deadMs: 5000,
  behindMs: 60_000,
  firstPauseMs: 250,
  longestPauseMs: 4000,
  mendPauseMs: 30_000,
};

/** Where Asterisk is, and as whom to log in. */
export interface AmiAccount {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** A function is asked at each login: the secret may have been changed since. */
  readonly secret: string | (() => string);
  /** Default: none, a plain connection. */
  readonly tls?: AmiTls | undefined;
  /** `plain` sends the secret as it is. Default `md5`, which hides it but neither encrypts nor signs the rest. */
  readonly login?: 'md5' | 'plain';
}

export interface AmiReady {
  /** Such as `11.0.0` of Asterisk 22, `5.0.4` of Asterisk 16. */
  readonly protocol: string;
  /** Whether Asterisk said FullyBooted; if not, a list may still be empty. */
  readonly booted: boolean;
}

export interface AmiClientOptions extends AmiAccount {
  /** Classes of events. None: a connection that only acts. */
  readonly events: readonly AmiClass[];
  /** Set by the action Filter at each login, which needs the class `system` in `write`. Default: none. */
  readonly filters?: readonly string[];
  readonly timing?: Partial<AmiTiming>;
  /** Events that wait while the consumer is busy; one more, and the connection is dropped. Default 10,000. */
  readonly maxWaiting?: number;
  /** Connected, logged in, booted: events follow, actions are taken. What was before must be asked for. */
  readonly onReady: (ready: AmiReady) => void;
  /** While a returned promise is pending the next events wait. A consumer that throws is told to `onProblem`. */
  readonly onEvent: (event: AmiMessage) => void | Promise<void>;
  /** No longer ready. @param since when something last came, or this process stood still: the gap cannot have begun before */
  readonly onDown: (reason: CodedError, since: Date) => void;
  /** A message was not believed. After `torn`, what channels there are must be asked for. */
  readonly onFlaw?: (flaw: Flaw) => void;
  /** An attempt to connect failed (the next one follows), a right is missing, or `onEvent` threw. */
  readonly onProblem: (problem: unknown) => void;
}

/** So far. */
export interface AmiCounters {
  /** Times that it was ready. */
  readonly connects: number;
  /** Handed on. */
  readonly events: number;
  /** Not believed. */
  readonly malformed: number;
  /** Thrown away because the consumer was behind. */
  readonly dropped: number;
  /** Answers that nobody waited for (any more). */
  readonly unexpected: number;
}
