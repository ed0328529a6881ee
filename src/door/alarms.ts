import type { Refusal, RefusalReason } from './options.ts';

/** No program that is set up rightly ever does that: the first time is enough. */
const AT_ONCE: ReadonlySet<RefusalReason> = new Set([
  'form',
  'dangerous-action',
  'courier-limit',
  'account-limit',
  'country',
]);
/** These happen: somebody dials wrongly, an app asks too late. Many of them within the hour do not. */
const IF_MANY: ReadonlySet<RefusalReason> = new Set([
  'login',
  'login-address',
  'not-a-courier',
  'courier-left',
  'not-in-hand',
  'not-a-recipient',
  'not-an-operator',
  'hours',
  'at-once',
  'number',
  'unreadable',
  'action',
]);
const MANY = 20;
const HOUR_MS = 3_600_000;

/** What looks like fraud. */
export interface Alarm {
  readonly account: string | null;
  readonly reason: RefusalReason;
  readonly address: string;
  /** Refusals of that reason within the hour. */
  readonly refusals: number;
}

interface Suspicion {
  since: number;
  counts: Map<RefusalReason, number>;
  alarmedAt: number | undefined;
}

/**
 * Decides what looks like fraud: one alarm an account and hour, however many tries there are. What happens before a
 * login counts together, whoever it claims to be.
 */
export class Alarms {
  readonly #onAlarm: (alarm: Alarm) => void;
  readonly #now: () => number;
  readonly #byAccount = new Map<string | null, Suspicion>();

  constructor(onAlarm: (alarm: Alarm) => void, now: () => number = () => performance.now()) {
    this.#onAlarm = onAlarm;
    this.#now = now;
  }

  /** Whether there was one within the last hour. */
  get isAlarmed(): boolean {
    return [...this.#byAccount.values()].some(({ alarmedAt }) => this.#isRecent(alarmedAt));
  }

  add({ account, reason, address }: Refusal): void {
    if (!AT_ONCE.has(reason) && !IF_MANY.has(reason)) return;
    const suspicion = this.#of(account);
    const refusals = (suspicion.counts.get(reason) ?? 0) + 1;
    suspicion.counts.set(reason, refusals);
    // Before a login anybody may say anything: a scanner, a program for real AMI.
    const least = AT_ONCE.has(reason) && account !== null ? 1 : MANY;
    if (refusals < least || this.#isRecent(suspicion.alarmedAt)) return;
    suspicion.alarmedAt = this.#now();
    this.#onAlarm({ account, reason, address, refusals });
  }

  #of(account: string | null): Suspicion {
    const now = this.#now();
    const known = this.#byAccount.get(account);
    if (known !== undefined && now - known.since < HOUR_MS) return known;
    const fresh = { since: now, counts: new Map(), alarmedAt: known?.alarmedAt };
    this.#byAccount.set(account, fresh);
    return fresh;
  }

  #isRecent(at: number | undefined): boolean {
    return at !== undefined && this.#now() - at < HOUR_MS;
  }
}
