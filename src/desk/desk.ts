import type { Call } from '../calls/call.ts';
import type { Journal } from '../journal/journal.ts';
import type { Lease } from '../journal/lease.ts';
import { AsteriskFollower, type FollowerOptions, type FollowerStatus } from './asterisk-follower.ts';
import { Bindings, type BindingsOptions } from './bindings.ts';
import { CallEvents } from './call-events.ts';

export interface DeskOptions {
  readonly asterisks: readonly Pick<FollowerOptions, 'name' | 'account' | 'trunks' | 'country'>[];
  readonly journal: Journal;
  readonly bindings: Pick<BindingsOptions, 'findMatches' | 'userOf'>;
  /** Tells this desk from others on the same journal. */
  readonly holder: string;
  readonly onStatus: (status: FollowerStatus) => void;
  /** This desk follows now, or leaves that to another one. */
  readonly onRole: (isFollowing: boolean) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** Between two renewals of the lease, in ms. */
const RENEW_MS = 2000;
/** After that long without a renewal another desk takes over, in ms. */
const LEASE_MS = 7000;

const LEASE_NAME = 'follow';

/**
 * Follows every Asterisk and writes the journal. Of several desks on one journal one does so; another one takes over
 * within 10 s when it is gone.
 */
export class Desk {
  readonly events = new CallEvents();
  readonly #options: DeskOptions;
  readonly #bindings: Bindings;
  #followers: readonly AsteriskFollower[] = [];
  #lease: Lease | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isFollowing = false;
  #isStopping = false;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#bindings = new Bindings({
      ...options.bindings,
      onBound: (call) => this.#write(call),
      onProblem: options.onProblem,
    });
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  get followers(): readonly AsteriskFollower[] {
    return this.#followers;
  }

  /** Begins; comes back at once. A journal that is away is waited for. */
  start(): void {
    void this.#keepLease();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#unfollow();
    await this.#lease?.release().catch(() => undefined);
  }

  #write(call: Call): void {
    this.#options.journal.add(call);
    this.events.publish('call', call);
  }

  /** Never rejects. */
  async #keepLease(): Promise<void> {
    const { journal, holder, onProblem } = this.#options;
    try {
      await journal.start();
      this.#lease ??= journal.store.lease(LEASE_NAME, holder, LEASE_MS);
      const followedUntil = this.#isFollowing ? null : await this.#lease.lastHeldAt();
      const isOurs = await this.#lease.take();
      if (isOurs && !this.#isFollowing) await this.#follow(followedUntil);
      if (!isOurs && this.#isFollowing) await this.#unfollow();
    } catch (error) {
      onProblem(error);
    }
    if (!this.#isStopping) this.#timer = setTimeout(() => void this.#keepLease(), RENEW_MS);
  }

  async #follow(followedUntil: number | null): Promise<void> {
    const { asterisks, journal, onStatus, onProblem, onRole } = this.#options;
    const calls = await journal.store.live();
    this.#followers = asterisks.map(
      (asterisk) =>
        new AsteriskFollower(
          {
            ...asterisk,
            onCall: (call) => this.#bindings.add(call),
            onJoin: (gone, into) => this.#onJoin(gone, into),
            onGap: (gap) => {
              journal.addGap(gap);
              this.events.publish('gap', gap);
            },
            onStatus: (status) => {
              this.events.publish('status', status);
              onStatus(status);
            },
            onProblem,
          },
          { calls: calls.filter((call) => call.asterisk === asterisk.name), followedUntil },
        ),
    );
    for (const follower of this.#followers) follower.start();
    this.#isFollowing = true;
    onRole(true);
  }

  async #unfollow(): Promise<void> {
    if (!this.#isFollowing) return;
    this.#isFollowing = false;
    await Promise.all(this.#followers.map((follower) => follower.stop()));
    this.#followers = [];
    if (!this.#isStopping) this.#options.onRole(false);
  }

  #onJoin(gone: string, into: string): void {
    this.#bindings.remove(gone);
    this.#options.journal.remove(gone);
    this.events.publish('call', { id: gone, joined: into });
  }
}
