import type { AmiMessage } from '../ami/message.ts';
import type { Call } from '../calls/call.ts';
import { journalTooLate } from '../journal/errors.ts';
import type { RequestStore } from '../journal/requests.store.ts';
import type { Dialer } from '../routing/dialer.ts';
import { parseHours, type Hours } from '../util/hours.ts';
import { asteriskAway, type CallingAsterisk } from './asterisk.ts';
import { chooseAsterisk } from './choose-asterisk.ts';
import { connectCall, type ConnectTo } from './connect.ts';
import { CallingCounters } from './counters.ts';
import { Deadline } from './deadline.ts';
import { hangUp, hangUpPlaced } from './hang-up.ts';
import { LostCalls } from './lost-calls.ts';
import type { CallsConfig } from './options.ts';
import { Originator } from './originator.ts';
import { partiesOf, type PeopleSource } from './parties.ts';
import { PlacedCalls, type RememberedRequest } from './placed-calls.ts';
import { partyOf } from './provisional-call.ts';
import { MinuteRate } from './rate.ts';
import { CallRefusedError } from './refusals.ts';
import { RequestJournal } from './request-journal.ts';
import type { CallRequest, RequestOnCall } from './request.ts';
import type { TemplateOptions } from './template.ts';

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

/**
 * Makes every call that the desk makes: checks it, puts it to Asterisk in our own words, and follows it to its end.
 *
 * A call is never asked for twice. When Asterisk does not say in time whether it makes one, that is refused, and ended
 * should it come about all the same: whoever asked has called by other means by then.
 */
export class CallEngine {
  readonly counters = new CallingCounters();
  readonly #options: CallEngineOptions;
  readonly #placed = new PlacedCalls();
  readonly #lost: LostCalls;
  readonly #requests: RequestJournal;
  readonly #originator: Originator;
  readonly #rate: MinuteRate;
  readonly #isWithinHours: Hours;
  /** By who asked for what: the second click waits for the first one. */
  readonly #placing = new Map<string, Promise<Call>>();

  constructor(options: CallEngineOptions) {
    this.#options = options;
    const { calls, timeZone } = options;
    const placed = this.#placed;
    this.#lost = new LostCalls({ ...options, placed });
    this.#requests = new RequestJournal(options);
    this.#originator = new Originator({ ...options, placed, lost: this.#lost, requests: this.#requests });
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
    for (const request of await this.#requests.load()) this.#placed.remember(request);
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
    const { requester, key, by, deadline = new Deadline() } = request;
    try {
      if (this.#options.calls === undefined) throw new CallRefusedError('calls_off');
      const known = key === null ? undefined : this.#placed.byKey(requester.name, key);
      if (known !== undefined) return await this.#again(known, deadline);
      const call = await this.#once([requester.name, request.from, request.to], () =>
        this.#place(request, deadline, onCall),
      );
      if (key !== null) this.#placed.addKey(requester.name, key, call);
      return call;
    } catch (error) {
      this.counters.addRefused(by, error);
      throw error;
    }
  }

  /**
   * The name of the Asterisk that would make a call, or that says best why none does.
   *
   * @returns undefined: there are none
   * @throws {CallRefusedError} no Asterisk is asked for such a call; or whatever the courier database says
   */
  async asteriskFor(request: CallRequest): Promise<string | undefined> {
    const { people, asterisks } = this.#options;
    const { deadline = new Deadline() } = request;
    const parties = await partiesOf(request, people, deadline);
    const chosen = await chooseAsterisk(asterisks(), parties, this.#template, deadline);
    return chosen?.asterisk.name;
  }

  /**
   * Hangs up a call that lasts, ours or another one. One of ours that is not there yet is hung up when it comes, should
   * that be after the deadline, too.
   *
   * @throws {CallRefusedError} asterisk_away, call_over
   */
  async cancel(
    call: Pick<Call, 'id' | 'asterisk' | 'linkedIds' | 'state'>,
    deadline = new Deadline(),
  ): Promise<void> {
    const placed = this.#placed.byCallId(call.id) ?? this.#placed.of(call);
    if (placed === undefined && call.state === 'ended') throw new CallRefusedError('call_over');
    const asterisk = this.#asteriskOf(call.asterisk);
    if (placed === undefined) {
      // The channel that the call is named after may be gone, after a transfer.
      const channel = asterisk.channelOf(call.linkedIds) ?? call.id.slice(call.asterisk.length + 1);
      await deadline.within(
        hangUp(asterisk, channel, () => false),
        asteriskAway,
      );
      return;
    }
    placed.cancelledAt ??= Date.now();
    this.#requests.change((store) => store.update(placed.id, { cancelled_at: placed.cancelledAt }));
    await deadline.within(hangUpPlaced(asterisk, placed), asteriskAway);
  }

  /**
   * Puts the caller of a live inbound call through to somebody else.
   *
   * @param telephones of whoever asks: the caller comes back there when they talked with nobody yet
   * @throws {CallRefusedError}
   */
  async connect(
    call: Call,
    to: ConnectTo,
    telephones: readonly string[],
    deadline = new Deadline(),
  ): Promise<void> {
    await connectCall(this.#asteriskOf(call.asterisk), call, to, {
      ...this.#template,
      people: this.#options.people,
      telephones,
      deadline,
    });
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
    if (call.state === 'ended') {
      this.#placed.end(placed);
      this.counters.addEnded(placed.by, call);
    }
    placed.onCall?.(call);
  }

  /** Any event of an Asterisk. */
  onEvent(event: AmiMessage): void {
    if (event.event !== 'OriginateResponse') return;
    const placed = this.#placed.byResponse(event);
    if (placed === undefined || event.get('Response') !== 'Failure') return;
    this.#lost.onFailure(placed);
  }

  /**
   * This desk follows, maybe after another one did: of a call of ours that ended meanwhile nobody else tells.
   *
   * @param lasting calls that have not ended
   */
  onTakenOver(lasting: readonly Call[]): void {
    const live = new Set(lasting.map((call) => this.#placed.of(call)));
    // What was never seen is looked for.
    for (const placed of [...this.#placed.live].filter((one) => one.isSeen && !live.has(one))) {
      this.#placed.end(placed);
      placed.onCall?.({ ...placed.call, state: 'ended', endedAt: new Date().toISOString() });
    }
  }

  /** An Asterisk is followed again, and has said which channels there are. */
  onFollowed(asterisk: string): void {
    this.#lost.onFollowed(asterisk);
  }

  /** @throws {CallRefusedError} calls_off */
  get #template(): TemplateOptions {
    const { calls, dialer, courierPrefix } = this.#options;
    if (calls === undefined) throw new CallRefusedError('calls_off');
    return { calls, dialer, courierPrefix };
  }

  /** @returns the call of an earlier request with the same key */
  async #again(known: RememberedRequest, deadline: Deadline): Promise<Call> {
    if (known.state === 'abandoned') throw asteriskAway();
    const live = this.#placed.byCallId(known.callId);
    const call = live?.call ?? (await this.#written(known.callId, deadline));
    if (call === undefined) throw new CallRefusedError('call_over');
    return call;
  }

  #written(id: string, deadline: Deadline): Promise<Call | undefined> {
    return deadline.within(this.#options.findCall(id), journalTooLate);
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

  async #place(
    request: CallRequest,
    deadline: Deadline,
    onCall: ((call: Call) => void) | undefined,
  ): Promise<Call> {
    const { people, asterisks } = this.#options;
    const template = this.#template;
    const { perMinute, hours } = template.calls;
    const { requester } = request;
    if (!this.#rate.take(requester.name)) throw new CallRefusedError('too_many', String(perMinute));
    if (!this.#isWithinHours(new Date())) throw new CallRefusedError('outside_hours', hours);
    if (!asterisks().some(({ client }) => client.ready)) throw asteriskAway();
    const parties = await partiesOf(request, people, deadline);
    const ends = { from: partyOf(parties.from), to: partyOf(parties.to) };
    const twin = this.#placed.twinOf(requester.name, ends);
    if (twin !== undefined) return twin.call;
    const chosen = await chooseAsterisk(asterisks(), parties, template, deadline);
    if (chosen === undefined) throw asteriskAway();
    const { asterisk, refusal } = chosen;
    if (refusal !== undefined) throw refusal;
    const call = await this.#originator.originate({ request, parties, asterisk, onCall }, template, deadline);
    return 'callId' in call ? this.#again(call, deadline) : call;
  }

  /** @param name of the one that has a call */
  #asteriskOf(name: string): CallingAsterisk {
    const found = this.#options
      .asterisks()
      .find((asterisk) => asterisk.client.ready && asterisk.name === name);
    if (found === undefined) throw asteriskAway();
    return found;
  }
}
