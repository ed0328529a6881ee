import type { AmiMessage } from '../ami/message.ts';
import type { Call } from '../calls/call.ts';
import type { CallEngine } from '../calling/engine.ts';
import { JournalDamagedError } from '../journal/errors.ts';
import { gapDocument } from '../journal/gap.ts';
import type { Gap } from '../journal/journal.store.ts';
import type { Journal } from '../journal/journal.ts';
import { FOLLOWING, type Lease } from '../journal/lease.ts';
import { AsteriskFollower, type FollowerOptions, type FollowerStatus } from './asterisk-follower.ts';
import { Bindings, type BindingsOptions } from './bindings.ts';
import { CallPublisher } from './call-publisher.ts';
import { plural } from '../util/plural.ts';
import { settledWithin } from '../util/settled-within.ts';
import type { CdrSource } from '../cdr/cdr-row.ts';
import { GapFiller } from './cdr/gap-filler.ts';
import { filled, gapBefore, isFilled } from './gaps.ts';
import { isGone } from './lease-holder.ts';
import { abandoned, endUnseen } from './restored-calls.ts';
import { CallEvents } from '../api/call-events.ts';

export interface FollowedAsterisk extends Pick<FollowerOptions, 'name' | 'account' | 'trunks' | 'numbers'> {
  /** What fills gaps up; without it they stay gaps. */
  readonly cdr?: CdrSource | undefined;
}

export interface DeskOptions {
  readonly asterisks: readonly FollowedAsterisk[];
  readonly journal: Journal;
  readonly bindings: Pick<BindingsOptions, 'findMatches' | 'userOf'>;
  /** Makes calls on the Asterisks that are followed. Left out: none are made. */
  readonly engine?: Pick<
    CallEngine,
    'load' | 'requestOf' | 'onTakenOver' | 'onSeen' | 'onCall' | 'onEvent' | 'onFollowed'
  >;
  /** Any event of an Asterisk that is followed. */
  readonly onEvent?: (event: AmiMessage) => void;
  /** A number as `contacts.VALUE` holds it; null when it is none. */
  readonly normalise: (raw: string) => string | null;
  /** What the company shows when it calls, as they are configured. */
  readonly ownNumbers?: readonly string[];
  /** Tells this desk from others on the same journal. */
  readonly holder: string;
  readonly onStatus: (status: FollowerStatus) => void;
  /** Channels that people speak on; see `TrackerOptions`. */
  readonly onSpoken?: FollowerOptions['onSpoken'];
  /** This desk follows now, or leaves that to another one. */
  readonly onRole: (isFollowing: boolean) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** `standby`: another desk on the same journal follows. */
export type DeskRole = 'starting' | 'following' | 'standby';

/** Between two renewals of the lease, in ms. */
const RENEW_MS = 2000;

/** Gaps that are still looked at, ms: records of calls are kept, but a desk without them must not ask for ever. */
const REMEMBERED_MS = 7 * 86_400_000;

/**
 * Follows every Asterisk and writes the journal. Of several desks on one journal one does so; another one takes over
 * within 10 s when it is gone.
 */
export class Desk {
  readonly events: CallEvents;
  readonly #options: DeskOptions;
  readonly #bindings: Bindings;
  readonly #publisher: CallPublisher;
  #followers: readonly AsteriskFollower[] = [];
  #fillers: ReadonlyMap<string, GapFiller> = new Map();
  #lease: Lease | undefined;
  #isHolder = false;
  /** We have held the lease in vain, and nobody else since. */
  #hasFailed = false;
  /** When somebody held the lease before we did, in ms since 1970. */
  #followedUntil: number | null = null;
  #keeping: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #role: DeskRole = 'starting';
  #isStopping = false;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.events = new CallEvents((number) => options.bindings.userOf(number) !== null);
    this.#publisher = new CallPublisher(options.journal, this.events);
    this.#bindings = new Bindings({
      ...options.bindings,
      requestOf: (call) => options.engine?.requestOf(call),
      onBound: (call) => this.#write(call),
      onProblem: options.onProblem,
    });
  }

  get role(): DeskRole {
    return this.#role;
  }

  get isFollowing(): boolean {
    return this.#role === 'following';
  }

  /** Another desk has taken over. This one may have stood still, and not know it yet. */
  async isOvertaken(): Promise<boolean> {
    return (await this.#lease?.isTaken()) ?? false;
  }

  get followers(): readonly AsteriskFollower[] {
    return this.#followers;
  }

  /** The calls that last, of every Asterisk, with what they are bound to. */
  liveCalls(): Call[] {
    return this.#followers.flatMap((follower) => follower.calls().map((call) => this.#bindings.bind(call)));
  }

  /** Begins; comes back at once. A journal that is away is waited for. */
  start(): void {
    this.#keeping = this.#keepLease();
  }

  /** @param graceMs for what the journal has still to write, and to answer */
  async stop(graceMs: number): Promise<void> {
    const until = performance.now() + graceMs;
    const left = (): number => Math.max(0, until - performance.now());
    this.#isStopping = true;
    clearTimeout(this.#timer);
    // What it is about to open or to take must be given back as well.
    await settledWithin(this.#keeping, left());
    const followedUntil = performance.now();
    await settledWithin(this.#unfollow(), left());
    const sources = this.#options.asterisks.map(async ({ cdr }) => cdr?.close());
    await settledWithin(Promise.all(sources), left());
    // Before the lease is given back: the next desk begins with what the journal has.
    await this.#options.journal.flush(left());
    // The gap of the next one begins where we followed last, not where the journal was written.
    await settledWithin(this.#lease?.release(performance.now() - followedUntil), left());
  }

  /** What belongs to a call has changed elsewhere than on the telephone: it is published anew, as a whole. */
  touch(id: string): void {
    this.#publisher.touch(id);
  }

  /** A gap that the journal has: those who follow learn of it, and records fill it up. */
  tellGap(gap: Gap): void {
    this.events.publish('gap', gapDocument(gap));
    this.#fillers.get(gap.asterisk)?.add(gap);
  }

  /** What somebody else than an Asterisk knows of a call. */
  tell(call: Call): void {
    this.#bindings.add(call);
  }

  #write(call: Call): void {
    this.#options.journal.add(call);
    this.#publisher.add(call);
    this.#options.engine?.onCall(call);
  }

  /** Never rejects. */
  async #keepLease(): Promise<void> {
    const { journal, holder, onProblem } = this.#options;
    try {
      await journal.start();
      this.#lease ??= journal.store.lease({ ...FOLLOWING, holder, isGone });
      // Where we took it in vain, the time before is that of before we took it.
      if (!this.#isHolder && !this.#hasFailed) this.#followedUntil = await this.#lease.lastHeldAt();
      this.#isHolder = await this.#lease.take();
      if (!this.#isHolder) this.#hasFailed = false;
      if (this.#isHolder && !this.isFollowing) await this.#follow().catch((error) => this.#giveUp(error));
      if (!this.#isHolder) await this.#standBy();
    } catch (error) {
      onProblem(error);
    }
    if (!this.#isStopping) this.#timer = setTimeout(() => this.start(), RENEW_MS);
  }

  /** We cannot follow: another desk may. @throws the error */
  async #giveUp(error: unknown): Promise<never> {
    this.#isHolder = false;
    this.#hasFailed = true;
    await this.#unfollow();
    await this.#lease?.release();
    throw error;
  }

  async #follow(): Promise<void> {
    const { asterisks, journal, engine, onEvent, onStatus, onProblem, onRole, onSpoken } = this.#options;
    const gaps = await journal.store.gaps(Date.now() - REMEMBERED_MS, Date.now());
    const unseen = new Map(asterisks.map(({ name }) => [name, gapBefore(gaps, name, this.#followedUntil)]));
    // The lease tells whoever follows next when we held it, and not since when nobody has followed.
    for (const [asterisk, gap] of unseen)
      if (gap !== undefined) journal.addGap({ asterisk, ...gap, until: gap.from });
    const calls = await this.#load();
    if (this.#isStopping) return;
    this.#fillers = new Map(asterisks.flatMap((asterisk) => this.#fillerOf(asterisk)));
    this.#followers = asterisks.map(
      (asterisk) =>
        new AsteriskFollower(
          {
            ...asterisk,
            onCall: (call) => {
              engine?.onSeen(call);
              this.#bindings.add(call);
            },
            onSpoken,
            onJoin: (gone, into) => this.#onJoin(gone, into),
            onGapBegan: (gap) => journal.addGap(gap),
            onGap: (gap) => {
              journal.addGap(gap);
              this.tellGap(gap);
            },
            onStatus: (status) => {
              this.events.publish('status', status);
              onStatus(status);
            },
            onEvent: (event) => {
              engine?.onEvent(event);
              onEvent?.(event);
            },
            onCompared: () => engine?.onFollowed(asterisk.name),
            onProblem,
          },
          {
            calls: calls.filter((call) => call.asterisk === asterisk.name),
            gap: unseen.get(asterisk.name),
          },
        ),
    );
    for (const gap of gaps) if (!isFilled(gap)) this.#fillers.get(gap.asterisk)?.add(gap);
    this.#endThoseOfOthers(calls);
    for (const follower of this.#followers) follower.start();
    this.#role = 'following';
    onRole(true);
  }

  /** @returns the calls that lasted when somebody last followed */
  async #load(): Promise<Call[]> {
    await this.#options.engine?.load();
    const { calls, unreadable } = await this.#options.journal.store.live();
    if (unreadable.length > 0) {
      const some = `${unreadable.slice(0, 3).join(', ')}${unreadable.length > 3 ? ', …' : ''}`;
      this.#options.onProblem(
        new JournalDamagedError(
          `${plural(unreadable.length, 'call')} that lasted cannot be read from the journal (${some}): what is still heard of them is written anew.`,
        ),
      );
    }
    this.#options.engine?.onTakenOver(calls);
    return [...calls];
  }

  /** Of an Asterisk that is not configured any more nobody tells the end. */
  #endThoseOfOthers(calls: readonly Call[]): void {
    const names = this.#options.asterisks.map(({ name }) => name);
    const left = calls.filter(({ asterisk }) => !names.includes(asterisk));
    if (left.length === 0) return;
    this.#options.onProblem(abandoned(left));
    for (const call of left) this.#bindings.add(endUnseen(call, this.#followedUntil ?? Date.now()));
  }

  async #standBy(): Promise<void> {
    if (this.#role === 'standby') return;
    await this.#unfollow();
    this.#role = 'standby';
    this.#options.onRole(false);
  }

  async #unfollow(): Promise<void> {
    await Promise.all([...this.#followers, ...this.#fillers.values()].map((part) => part.stop()));
    this.#followers = [];
    this.#fillers = new Map();
    this.#bindings.clear();
  }

  /** By its name; none without call detail records. */
  #fillerOf({ name, trunks, cdr }: FollowedAsterisk): [string, GapFiller][] {
    if (cdr === undefined) return [];
    const { journal, normalise, ownNumbers = [], onProblem, onSpoken } = this.#options;
    const filler = new GapFiller({
      asterisk: name,
      trunks: new Set(trunks),
      normalise,
      ownNumbers: new Set(ownNumbers.map(normalise).filter((number) => number !== null)),
      source: cdr,
      find: (linkedId) => journal.find(name, linkedId),
      onCall: (call) => this.#bindings.add(call),
      onSpoken,
      onFilled: (gap, calls) => {
        journal.addGap(filled(gap, calls));
      },
      onProblem,
    });
    return [[name, filler]];
  }

  #onJoin(gone: string, into: string): void {
    this.#bindings.remove(gone);
    this.#options.journal.join(gone, into);
    this.#publisher.join(gone, into);
  }
}
