import { setTimeout as sleep } from 'node:timers/promises';
import { AmiActionError, AmiAwayError, AmiEncodingError, AmiRightsError } from '../ami/errors.ts';
import type { AmiMessage } from '../ami/message.ts';
import type { Call } from '../calls/call.ts';
import type { RequestStore } from '../journal/requests.store.ts';
import type { Dialer } from '../routing/dialer.ts';
import { messageOf } from '../util/errors.ts';
import { parseHours, type Hours } from '../util/hours.ts';
import { within, type CallingAsterisk } from './asterisk.ts';
import { newChannelId } from './channel-id.ts';
import { checkCall } from './checks.ts';
import { connectCall, type ConnectTo } from './connect.ts';
import { hangUp } from './hang-up.ts';
import type { CallsConfig } from './options.ts';
import { partiesOf, type Parties, type PeopleSource } from './parties.ts';
import { PlacedCalls, type PlacedCall, type RememberedRequest } from './placed-calls.ts';
import { partyOf, provisionalCall } from './provisional-call.ts';
import { LostCalls } from './lost-calls.ts';
import { MinuteRate } from './rate.ts';
import { CallRefusedError } from './refusals.ts';
import type { CallRequest, RequestOnCall } from './request.ts';
import { fromRow, toRow } from './request.row.ts';
import { originate } from './template.ts';

export interface CallEngineOptions {
  /** The section `calls`; undefined: no calls are made. */
  readonly calls: CallsConfig | undefined;
  /** `desk.timeZone` */
  readonly timeZone: string;
  readonly dialer: Dialer;
  /** `dial.courierPrefix` */
  readonly courierPrefix: string;
  readonly people: PeopleSource;
  /** Those that this desk follows; none while another one does. */
  readonly asterisks: () => readonly CallingAsterisk[];
  /** @throws while the journal is away: calls are made all the same */
  readonly requests: () => RequestStore;
  /** @returns a call of the journal; undefined when it has none of this id */
  readonly findCall: (id: string) => Promise<Call | undefined>;
  /** Gets what the engine knows of a call, and nobody else yet: for the journal and for those who follow. */
  readonly tell: (call: Call) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** The answer to Originate comes at once; together with the checks it keeps a refusal within 2 s. In ms. */
const ORIGINATE_MS = 800;
/** The journal's part in placing a call, in ms: one that is slow or away keeps nobody from calling. */
const STORE_MS = 250;
/** A key, and what a call was asked for, is known so long. In ms. */
const REMEMBERED_MS = 7 * 86_400_000;

/**
 * Makes every call that the desk makes: checks it, puts it to Asterisk in our own words, and follows it to its end.
 *
 * A call is never asked for twice. When Asterisk does not say in time whether it makes one, that is refused, and ended
 * should it come about all the same: whoever asked has called by other means by then.
 */
export class CallEngine {
  readonly #options: CallEngineOptions;
  readonly #placed = new PlacedCalls();
  readonly #lost: LostCalls;
  readonly #rate: MinuteRate;
  readonly #isWithinHours: Hours;
  /** By who asked for what: the second click waits for the first one. */
  readonly #placing = new Map<string, Promise<Call>>();

  constructor(options: CallEngineOptions) {
    this.#options = options;
    const { calls, timeZone } = options;
    this.#lost = new LostCalls({ ...options, placed: this.#placed });
    this.#rate = new MinuteRate(calls?.perMinute ?? 0);
    this.#isWithinHours = parseHours(calls?.hours ?? '00:00-24:00', timeZone);
  }

  /** The company's number, which an app falls back to; null where there is none. */
  get fallbackNumber(): string | null {
    return this.#options.calls?.callerId ?? null;
  }

  /** Calls that have not ended, and those of which nobody knows whether they will be made. */
  get waiting(): number {
    return this.#placed.size;
  }

  /** Reads what was asked for before a restart. To be called before calls are followed. @throws as the journal does */
  async load(): Promise<void> {
    const rows = await this.#options.requests().since(Date.now() - REMEMBERED_MS);
    for (const row of rows) {
      try {
        this.#placed.remember(fromRow(row));
      } catch (error) {
        // Damaged, or of a newer version: its call goes without a request, and all others are followed.
        const problem = `The request ${row.id} of the journal cannot be read: ${messageOf(error)}`;
        this.#options.onProblem(new Error(problem, { cause: error }));
      }
    }
  }

  start(): void {
    this.#lost.start();
  }

  stop(): void {
    this.#lost.stop();
  }

  /**
   * Makes a call.
   *
   * @param onCall told of each version of it, until it has ended
   * @returns the call as it is now
   * @throws {CallRefusedError} it is not made; or whatever the courier database says
   */
  async place(request: CallRequest, onCall?: (call: Call) => void): Promise<Call> {
    const { requester, key } = request;
    if (this.#options.calls === undefined) throw new CallRefusedError('calls_off');
    const known = key === null ? undefined : this.#placed.byKey(requester.name, key);
    if (known !== undefined) return this.#again(known);
    const call = await this.#once([requester.name, request.from, request.to], () =>
      this.#place(request, onCall),
    );
    if (key !== null) this.#placed.addKey(requester.name, key, call);
    return call;
  }

  /**
   * Hangs up a call that lasts, ours or another one.
   *
   * @throws {CallRefusedError} asterisk_away, call_over
   */
  async cancel(call: Pick<Call, 'id' | 'asterisk' | 'linkedIds' | 'state'>): Promise<void> {
    const placed = this.#placed.byCallId(call.id) ?? this.#placed.of(call);
    if (placed === undefined && call.state === 'ended') throw new CallRefusedError('call_over');
    const asterisk = this.#asteriskOf(call.asterisk);
    if (placed === undefined) {
      await hangUp(asterisk, call.id.slice(call.asterisk.length + 1), () => false);
      return;
    }
    placed.cancelledAt ??= Date.now();
    this.#write((store) => store.update(placed.id, { cancelled_at: placed.cancelledAt }));
    // It may have been asked for so lately that its channel is not there yet.
    await hangUp(asterisk, placed.id, () => placed.call.state !== 'ended');
  }

  /**
   * Puts the caller of a live inbound call through to somebody else.
   *
   * @throws {CallRefusedError}
   */
  async connect(call: Call, to: ConnectTo): Promise<void> {
    const { calls, people } = this.#options;
    if (calls === undefined) throw new CallRefusedError('calls_off');
    await connectCall(this.#asteriskOf(call.asterisk), call, to, { calls, ...this.#dialling, people });
  }

  /** A call that we make and that has not ended, as it is now: the journal may not have it yet. */
  placed(callId: string): Call | undefined {
    return this.#placed.byCallId(callId)?.call;
  }

  /** What stands with a call that we made; undefined for every other. */
  requestOf(call: Pick<Call, 'linkedIds'>): RequestOnCall | undefined {
    return this.#placed.requestOf(call);
  }

  /** What an Asterisk tells of any call. */
  onSeen(call: Call): void {
    const placed = this.#placed.of(call);
    if (placed === undefined) return;
    if (!placed.isSeen && placed.state === 'abandoned') this.#lost.endAbandoned(placed);
    placed.isSeen = true;
  }

  /** A new version of any call, with what it is bound to. */
  onCall(call: Call): void {
    const placed = this.#placed.of(call);
    if (placed === undefined) return;
    placed.call = call;
    if (call.state === 'ended') this.#placed.end(placed);
    placed.onCall?.(call);
  }

  /** Any event of an Asterisk. */
  onEvent(event: AmiMessage): void {
    if (event.event !== 'OriginateResponse') return;
    const placed = this.#placed.byResponse(event);
    if (placed === undefined || event.get('Response') !== 'Failure') return;
    this.#lost.onFailure(placed);
  }

  /** An Asterisk is followed again, and has said which channels there are. */
  onFollowed(asterisk: string): void {
    this.#lost.onFollowed(asterisk);
  }

  get #dialling(): Pick<CallEngineOptions, 'dialer' | 'courierPrefix'> {
    const { dialer, courierPrefix } = this.#options;
    return { dialer, courierPrefix };
  }

  /** @returns the call of an earlier request with the same key */
  async #again(known: RememberedRequest): Promise<Call> {
    if (known.state === 'abandoned') throw new CallRefusedError('asterisk_away');
    const live = this.#placed.byCallId(known.callId);
    const call = live?.call ?? (await this.#options.findCall(known.callId));
    if (call === undefined) throw new CallRefusedError('call_over');
    return call;
  }

  /** Of several at the same time the first is carried out, for all of them. */
  #once(key: unknown, place: () => Promise<Call>): Promise<Call> {
    const text = JSON.stringify(key);
    const placing =
      this.#placing.get(text) ??
      place().finally(() => {
        this.#placing.delete(text);
      });
    this.#placing.set(text, placing);
    return placing;
  }

  async #place(request: CallRequest, onCall: ((call: Call) => void) | undefined): Promise<Call> {
    const { calls, people } = this.#options;
    const { requester } = request;
    if (calls === undefined) throw new CallRefusedError('calls_off');
    if (!this.#rate.take(requester.name)) throw new CallRefusedError('too_many', String(calls.perMinute));
    if (!this.#isWithinHours(new Date())) throw new CallRefusedError('outside_hours', calls.hours);
    const asterisk = this.#asteriskOf();
    const parties = await partiesOf(request, people);
    const ends = { from: partyOf(parties.from), to: partyOf(parties.to) };
    const twin = this.#placed.twinOf(requester.name, ends);
    if (twin !== undefined) return twin.call;
    await checkCall(asterisk, parties, { calls, ...this.#dialling });
    return this.#originate(request, parties, asterisk, calls, onCall);
  }

  async #originate(
    { requester, by, key }: CallRequest,
    parties: Parties,
    asterisk: CallingAsterisk,
    calls: CallsConfig,
    onCall: ((call: Call) => void) | undefined,
  ): Promise<Call> {
    const id = newChannelId();
    const at = Date.now();
    const { headers, timeoutMs } = originate(parties, id, { calls, ...this.#dialling });
    const call = provisionalCall(parties, { id, asterisk: asterisk.name, at });
    const placed: PlacedCall = {
      id,
      callId: call.id,
      asterisk: asterisk.name,
      requester: requester.name,
      by,
      user: requester.user,
      key,
      links: parties.links,
      createdAt: at,
      ringsUntil: at + timeoutMs,
      call,
      state: 'placing',
      cancelledAt: null,
      isSeen: false,
      actionId: undefined,
      onCall,
    };
    this.#placed.add(placed);
    const same = await this.#store(placed);
    if (same !== undefined) {
      this.#placed.remove(placed);
      this.#placed.remember(same);
      return this.#again(same);
    }
    const answer = asterisk.client.action('Originate', headers);
    try {
      const accepted = await within(ORIGINATE_MS, answer);
      placed.actionId = accepted.get('ActionID');
      placed.state = 'placed';
      this.#options.tell(call);
      return placed.call;
    } catch (error) {
      throw this.#refusalOf(error, placed, answer);
    }
  }

  /** What an Originate failed with: nothing was done, or nobody knows. */
  #refusalOf(error: unknown, placed: PlacedCall, answer: Promise<AmiMessage>): CallRefusedError {
    const isRefused = error instanceof AmiActionError || error instanceof AmiRightsError;
    if (isRefused || error instanceof AmiAwayError || error instanceof AmiEncodingError) {
      this.#placed.remove(placed);
      this.#write((store) => store.remove(placed.id));
      if (!isRefused) return new CallRefusedError('asterisk_away', '', { cause: error });
      this.#options.onProblem(error);
      const isMissing = error.message.includes('Extension does not exist');
      const { calls } = this.#options;
      return isMissing
        ? new CallRefusedError('no_dialplan', calls?.context ?? '', { cause: error })
        : new CallRefusedError('asterisk_refused', '', { cause: error });
    }
    placed.state = 'abandoned';
    this.#write((store) => store.update(placed.id, { state: 'abandoned' }));
    void this.#lost.endWhenAccepted(placed, answer);
    return new CallRefusedError('asterisk_away', '', { cause: error });
  }

  /** @param name of the one that has a call; left out: whichever can make one */
  #asteriskOf(name?: string): CallingAsterisk {
    const found = this.#options
      .asterisks()
      .find((asterisk) => asterisk.client.ready && (name === undefined || asterisk.name === name));
    if (found === undefined) throw new CallRefusedError('asterisk_away');
    return found;
  }

  /** @returns a request that has had this key before. A journal that is away or slow is not waited for. */
  async #store(placed: PlacedCall): Promise<RememberedRequest | undefined> {
    const patience = new AbortController();
    try {
      const adding = this.#options.requests().add(toRow(placed));
      adding.catch(this.#options.onProblem);
      const late = sleep(STORE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
      const row = await Promise.race([adding, late]);
      return row === undefined ? undefined : fromRow(row);
    } catch {
      return undefined;
    } finally {
      patience.abort();
    }
  }

  /** Nobody waits for it. */
  #write(change: (store: RequestStore) => Promise<void>): void {
    Promise.resolve()
      .then(() => change(this.#options.requests()))
      .catch(this.#options.onProblem);
  }
}
