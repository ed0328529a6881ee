import { AmiClient } from '../ami/client.ts';
import type { AmiMessage } from '../ami/message.ts';
import type { AmiAccount, AmiCounters } from '../ami/options.ts';
import type { Call } from '../calls/call.ts';
import { OWED_MS } from '../calls/patience.ts';
import { Tracker, type TrackerOptions } from '../calls/tracker.ts';
import type { Gap } from '../journal/journal.store.ts';
import type { NumberHabits } from '../phone/reading.ts';
import { AmiRightsError } from '../ami/errors.ts';
import { messageOf } from '../util/errors.ts';
import { plural } from '../util/plural.ts';
import { RestoredCalls } from './restored-calls.ts';

export interface FollowerOptions {
  /** The name of the Asterisk in the configuration. */
  readonly name: string;
  readonly account: AmiAccount;
  /** Names of endpoints that are trunks. */
  readonly trunks: readonly string[];
  /** `numbers` of the configuration. */
  readonly numbers: NumberHabits;
  /** A call at each change. */
  readonly onCall: (call: Call) => void;
  /** A call turned out to be a part of another. */
  readonly onJoin: (gone: string, into: string) => void;
  /** Channels that people speak on; see `TrackerOptions`. */
  readonly onSpoken?: TrackerOptions['onSpoken'] | undefined;
  /** From now on calls go unseen. When that ends is not known yet: its end is its beginning, and `onGap` will follow. */
  readonly onGapBegan: (gap: Gap) => void;
  /** For a time that is over now, calls may have gone unseen. */
  readonly onGap: (gap: Gap) => void;
  /** It is followed, or is not any more. */
  readonly onStatus: (status: FollowerStatus) => void;
  /** Any event, for those who wait for what no call tells. */
  readonly onEvent: (event: AmiMessage) => void;
  /** The list of channels has been compared: after each interruption, and now and then. */
  readonly onCompared: () => void;
  /** What is worth a line in the log. */
  readonly onProblem: (problem: unknown) => void;
  /** Between two comparisons with what Asterisk says, in ms: an event never tells that another one was lost. Default 5 min. */
  readonly compareMs?: number;
}

export interface FollowerStatus {
  readonly asterisk: string;
  readonly state: 'followed' | 'away';
  /** Why it is away; null while it is followed. */
  readonly problem: string | null;
  /** When it was heard last, in ISO 8601; null while it is followed, and when it never was. */
  readonly since: string | null;
}

/** What the journal knows of the time before. */
export interface Before {
  /** Those that had not ended. */
  readonly calls: readonly Call[];
  /** Since when it has not been followed, in ms since 1970, and why; undefined when it never was. */
  readonly gap: { readonly from: number; readonly reason: string } | undefined;
}

/** Between two ticks of the tracker: what ends without a word is told so late at most. In ms. */
const TICK_MS = 50;
const COMPARE_MS = 5 * 60_000;
/** After a list that was not whole, in ms. */
const AGAIN_MS = 2000;
/** After a list that was refused, in ms: somebody has to change a configuration. */
const REFUSED_MS = 5_000;

/** Follows one Asterisk over AMI: its events, and after each interruption what channels there are. */
export class AsteriskFollower {
  readonly #options: FollowerOptions;
  readonly #client: AmiClient;
  readonly #tracker: Tracker;
  readonly #restored: RestoredCalls;
  #gap: { readonly from: number; readonly reason: string } | undefined;
  #timers: NodeJS.Timeout[] = [];
  #again: NodeJS.Timeout | undefined;
  #problem: string | null = 'It has not been reached yet.';
  #comparing = false;
  /** Since the connection stands, what there was has been listed. */
  #isComplete = false;
  #isStopping = false;

  constructor(options: FollowerOptions, before: Before) {
    const { name, account, trunks, numbers } = options;
    this.#options = options;
    this.#restored = new RestoredCalls(before.calls);
    this.#gap = before.gap;
    this.#tracker = new Tracker({
      asterisk: name,
      trunks,
      numbers,
      onCall: (call) => options.onCall(this.#restored.complete(call)),
      onSpoken: (channels) =>
        options.onSpoken?.(
          channels.map((channel) => ({ ...channel, call: this.#restored.nameOf(channel.call) })),
        ),
      onJoin: (gone, into) => {
        const joined = this.#restored.join(gone, into);
        if (joined !== undefined) options.onJoin(joined.gone, joined.into);
      },
    });
    this.#client = new AmiClient({
      ...account,
      events: ['system', 'call', 'user', 'agent'],
      onReady: () => {
        this.#isComplete = false;
        void this.#compare();
      },
      onEvent: (event) => this.#onEvent(event),
      onDown: (reason, since) => this.#onDown(reason.message, since.getTime()),
      onFlaw: (flaw) => {
        options.onProblem(new Error(`An event of ${name} was not believed: ${flaw.what}.`));
        if (flaw.kind === 'torn') void this.#compare();
      },
      onProblem: (problem) => this.#onProblem(problem),
    });
  }

  get name(): string {
    return this.#options.name;
  }

  get client(): AmiClient {
    return this.#client;
  }

  get counters(): AmiCounters {
    return this.#client.counters;
  }

  get status(): FollowerStatus {
    const asterisk = this.#options.name;
    const problem = this.#problem;
    if (problem === null) return { asterisk, state: 'followed', problem, since: null };
    const since = this.#gap === undefined ? null : new Date(this.#gap.from).toISOString();
    return { asterisk, state: 'away', problem, since };
  }

  /** Calls that last. */
  calls(): Call[] {
    const live = this.#tracker.snapshot().filter(({ state }) => state !== 'ended');
    return live.map((call) => this.#restored.complete(call));
  }

  /** As `Tracker.callerOf`. */
  callerOf(linkedIds: readonly string[]): string | undefined {
    return this.#tracker.callerOf(linkedIds);
  }

  /** As `Tracker.channelOf`. */
  channelOf(linkedIds: readonly string[]): string | undefined {
    return this.#tracker.channelOf(linkedIds);
  }

  start(): void {
    this.#tellGap();
    this.#client.start();
    this.#timers = [
      setInterval(() => this.#tracker.tick(Date.now()), TICK_MS),
      setInterval(() => void this.#compare(), this.#options.compareMs ?? COMPARE_MS),
    ];
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#again);
    await this.#client.stop();
    // Nothing more comes: what has ended is waited for no longer.
    this.#tracker.tick(Date.now() + OWED_MS);
  }

  #onEvent(event: AmiMessage): void {
    const now = Date.now();
    if (event.event === 'Shutdown') this.#onDown('Asterisk was stopped.', now);
    this.#tracker.feed(event, now);
    this.#options.onEvent(event);
  }

  #onDown(reason: string, since: number): void {
    // Until when it was followed then stands in the lease.
    if (this.#isStopping) return;
    this.#gap ??= { from: since, reason };
    this.#tellGap();
    this.#setProblem(reason);
  }

  /** At once: whoever is killed before it is over must not have lost its beginning. */
  #tellGap(): void {
    if (this.#gap === undefined) return;
    const { from, reason } = this.#gap;
    this.#options.onGapBegan({ asterisk: this.#options.name, from, until: from, reason });
  }

  /** While it is away the state tells why, once for each reason. */
  #onProblem(problem: unknown): void {
    if (this.#client.ready) this.#options.onProblem(problem);
    else this.#setProblem(messageOf(problem));
  }

  #setProblem(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onStatus(this.status);
  }

  /** Asks what channels there are. It never rejects: a connection that breaks meanwhile asks again when it is back. */
  async #compare(): Promise<void> {
    if (this.#comparing) return;
    this.#comparing = true;
    try {
      const { items, flaws } = await this.#client.list('CoreShowChannels');
      // On a list that is not whole, calls that last would be taken for ended ones.
      if (flaws > 0) {
        this.#options.onProblem(
          new Error(`The list of channels of ${this.#options.name} was not whole: asked again.`),
        );
        this.#compareAgain(AGAIN_MS);
      } else {
        this.#resync(items);
        this.#setProblem(null);
        this.#options.onCompared();
      }
    } catch (error) {
      if (this.#client.ready) {
        // Nobody knows what is missed without it.
        this.#setProblem(messageOf(error));
        this.#compareAgain(REFUSED_MS);
      }
    } finally {
      this.#comparing = false;
    }
  }

  #compareAgain(afterMs: number): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#compare(), afterMs).unref();
  }

  #resync(rows: Parameters<Tracker['resync']>[0]): void {
    const now = Date.now();
    const gap = this.#gap;
    this.#gap = undefined;
    const { overlooked } = this.#tracker.resync(rows, now, gap);
    if (this.#isComplete && overlooked > 0) this.#options.onProblem(deafness(this.#options, overlooked));
    this.#isComplete = true;
    if (gap !== undefined) {
      // A clock that was set back must not leave it open.
      const until = Math.max(now, gap.from + 1);
      this.#options.onGap({ asterisk: this.#options.name, from: gap.from, until, reason: gap.reason });
    }
    const gone = this.#restored.endAllBut(this.#tracker.snapshot(), gap?.from ?? now);
    for (const call of gone) this.#options.onCall(call);
  }
}

/** Where a right is missing, nothing else is heard: Asterisk does not say which events it keeps back. */
function deafness({ name, account }: FollowerOptions, overlooked: number): AmiRightsError {
  return new AmiRightsError(
    `${name} has ${plural(overlooked, 'channel')} of which no event told: has the user ${JSON.stringify(account.username)} of ` +
      'manager.conf the classes system, call, agent and user in read, without blanks in the list?',
  );
}
