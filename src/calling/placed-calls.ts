import type { AmiMessage } from '../ami/message.ts';
import type { Call, Link } from '../calls/call.ts';
import { isSameParty } from '../calls/same-party.ts';
import { CHANNEL_ID } from './channel-id.ts';
import type { AskedBy, RequestOnCall } from './request.ts';

/** The ends of a call, and what it is, as it was asked for. */
export type AskedEnds = Pick<Call, 'from' | 'to' | 'direction'>;

/** A call that was asked for, from the moment before Asterisk is told until it has ended. */
export interface PlacedCall {
  /** Uniqueid of its first channel. */
  readonly id: string;
  readonly callId: string;
  readonly asterisk: string;
  readonly requester: string;
  readonly by: AskedBy;
  readonly user: string | null;
  readonly key: string | null;
  readonly links: readonly Link[];
  /** Who was asked for: Asterisk does not tell the second one until the first has answered. */
  readonly asked: AskedEnds;
  readonly createdAt: number;
  /** Until when the first side is rung at the latest, in ms since 1970. */
  readonly ringsUntil: number;
  /** Its newest version. */
  call: Call;
  /** `abandoned`: it must not be made any more, and is ended should Asterisk make it all the same. */
  state: 'placing' | 'placed' | 'abandoned';
  cancelledAt: number | null;
  /** Asterisk has told of a channel that a person hears. */
  isSeen: boolean;
  actionId: string | undefined;
  /** Told of each version. */
  readonly onCall: ((call: Call) => void) | undefined;
}

/** What is remembered of a call that has ended, or of one of before a restart. */
export type RememberedRequest = Pick<
  PlacedCall,
  'id' | 'callId' | 'requester' | 'by' | 'user' | 'key' | 'links' | 'createdAt' | 'cancelledAt' | 'state'
> &
  // The journal does not keep it.
  Partial<Pick<PlacedCall, 'asked'>>;

/** Requests that are remembered at most: of a busy day. */
const MAX_REMEMBERED = 20_000;

/** The calls that were asked for, by everything that leads to them. */
export class PlacedCalls {
  readonly #live = new Map<string, PlacedCall>();
  readonly #remembered = new Map<string, RememberedRequest>();
  readonly #byKey = new Map<string, RememberedRequest>();

  /** Those that have not ended. */
  get live(): Iterable<PlacedCall> {
    return this.#live.values();
  }

  get size(): number {
    return this.#live.size;
  }

  add(placed: PlacedCall): void {
    this.#live.set(placed.id, placed);
    this.remember(placed);
  }

  remember(request: RememberedRequest): void {
    this.#remembered.set(request.id, request);
    if (request.key !== null) this.#byKey.set(keyOf(request.requester, request.key), request);
    const [oldest] = this.#remembered.values();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#forget(oldest);
  }

  /** Nothing of it has reached Asterisk. */
  remove(placed: PlacedCall): void {
    this.#live.delete(placed.id);
    this.#forget(placed);
  }

  /** It has ended. */
  end(placed: PlacedCall): void {
    this.#live.delete(placed.id);
  }

  byKey(requester: string, key: string): RememberedRequest | undefined {
    return this.#byKey.get(keyOf(requester, key));
  }

  /** Another key that turned out to ask for the same call. */
  addKey(requester: string, key: string, call: Call): void {
    const request = this.#remembered.get(ownIdOf(call) ?? '');
    if (request !== undefined) this.#byKey.set(keyOf(requester, key), request);
  }

  byCallId(callId: string): PlacedCall | undefined {
    for (const placed of this.#live.values()) if (placed.callId === callId) return placed;
    return undefined;
  }

  /** Whoever asks twice within a call means that call. */
  twinOf(requester: string, { from, to }: Pick<AskedEnds, 'from' | 'to'>): PlacedCall | undefined {
    for (const placed of this.#live.values()) {
      const { call, state, asked } = placed;
      if (state === 'abandoned' || placed.requester !== requester || call.state !== 'ringing') continue;
      if (isSameParty(asked.from, from) && isSameParty(asked.to, to)) return placed;
    }
    return undefined;
  }

  /** Whose OriginateResponse this is: by the action, and where that is not known by the channel. */
  byResponse(event: AmiMessage): PlacedCall | undefined {
    const action = event.get('ActionID');
    for (const placed of this.#live.values())
      if (action !== undefined && placed.actionId === action) return placed;
    return this.#live.get(event.get('Uniqueid') ?? '');
  }

  of(call: Pick<Call, 'linkedIds'>): PlacedCall | undefined {
    const id = ownIdOf(call);
    return id === undefined ? undefined : this.#live.get(id);
  }

  /** What stands with a call that we made. */
  requestOf(call: Pick<Call, 'linkedIds'>): RequestOnCall | undefined {
    const id = ownIdOf(call);
    const request = id === undefined ? undefined : this.#remembered.get(id);
    if (request === undefined) return undefined;
    const { by, user, key, links, asked, cancelledAt, state } = request;
    return { by, user, key, links, asked, wasCancelled: cancelledAt !== null || state === 'abandoned' };
  }

  #forget(request: RememberedRequest): void {
    this.#remembered.delete(request.id);
    if (request.key !== null) this.#byKey.delete(keyOf(request.requester, request.key));
  }
}

function ownIdOf({ linkedIds }: Pick<Call, 'linkedIds'>): string | undefined {
  return linkedIds.find((id) => CHANNEL_ID.test(id));
}

function keyOf(requester: string, key: string): string {
  return JSON.stringify([requester, key]);
}
