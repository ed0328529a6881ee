import type { Channel, TrackedCall } from './channel.ts';

export interface Limits {
  /** At a time; the oldest call is given up for a new one. */
  readonly calls: number;
  /** At a time, in all calls. */
  readonly channels: number;
  /** Channels of one call, those that have ended included. */
  readonly channelsPerCall: number;
}

/** Which call a channel belongs to. */
export class CallTracker {
  readonly calls = new Set<TrackedCall>();
  /** Calls that may look different from what was told of them. */
  readonly changed = new Set<TrackedCall>();
  readonly #byLinkedId = new Map<string, TrackedCall>();
  readonly #byBridge = new Map<string, TrackedCall>();
  readonly #limits: Limits;
  readonly #isTakenOver: (older: TrackedCall, newer: TrackedCall) => boolean;
  readonly #onJoin: (gone: TrackedCall, into: TrackedCall) => void;

  /** @param isTakenOver whether of two calls that turn out to be one the newer stays */
  constructor(
    limits: Limits,
    isTakenOver: (older: TrackedCall, newer: TrackedCall) => boolean,
    onJoin: (gone: TrackedCall, into: TrackedCall) => void,
  ) {
    this.#limits = limits;
    this.#isTakenOver = isTakenOver;
    this.#onJoin = onJoin;
  }

  /** The call with this Linkedid; a new one when there is none. */
  callOf(linkedId: string, id: string): TrackedCall {
    const known = this.#byLinkedId.get(linkedId);
    if (known !== undefined) return known;
    const call: TrackedCall = {
      id,
      linkedIds: new Set(),
      channels: new Map(),
      bridges: new Set(),
      emptySince: undefined,
      gap: false,
      told: '',
      toldTalks: 0,
    };
    this.calls.add(call);
    this.#alias(call, linkedId);
    return call;
  }

  /** The call that has one of these Linkedids, if it lasts. */
  find(linkedIds: readonly string[]): TrackedCall | undefined {
    for (const id of linkedIds) {
      const call = this.#byLinkedId.get(id);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  /** A channel's Linkedid changes when it meets an older call, without an event of its own. */
  relink(channel: Channel, linkedId: string): void {
    channel.linkedId = linkedId;
    const other = this.#byLinkedId.get(linkedId);
    if (other === undefined) this.#alias(channel.call, linkedId);
    else this.join(other, channel.call);
  }

  /** Two that turn out to be one call: the older one stays, mostly. */
  join(one: TrackedCall, other: TrackedCall): void {
    if (one === other || one.channels.size + other.channels.size > this.#limits.channelsPerCall) return;
    const [older, newer] = startOf(one) <= startOf(other) ? [one, other] : [other, one];
    const [stays, goes] = this.#isTakenOver(older, newer) ? [newer, older] : [older, newer];
    for (const channel of goes.channels.values()) {
      channel.call = stays;
      stays.channels.set(channel.id, channel);
    }
    for (const linkedId of goes.linkedIds) this.#alias(stays, linkedId);
    for (const bridge of goes.bridges) this.#host(stays, bridge);
    stays.gap ||= goes.gap;
    this.calls.delete(goes);
    this.changed.delete(goes);
    this.changed.add(stays);
    this.#onJoin(goes, stays);
  }

  /** Whoever is in one bridge is in one call. */
  meet(channel: Channel, bridge: string): void {
    const host = this.#byBridge.get(bridge);
    if (host === undefined) this.#host(channel.call, bridge);
    else this.join(host, channel.call);
  }

  forgetBridge(bridge: string): void {
    this.#byBridge.get(bridge)?.bridges.delete(bridge);
    this.#byBridge.delete(bridge);
  }

  forget(call: TrackedCall): void {
    this.calls.delete(call);
    this.changed.delete(call);
    for (const id of call.linkedIds) if (this.#byLinkedId.get(id) === call) this.#byLinkedId.delete(id);
    for (const id of call.bridges) if (this.#byBridge.get(id) === call) this.#byBridge.delete(id);
  }

  #alias(call: TrackedCall, linkedId: string): void {
    if (call.linkedIds.size >= this.#limits.channelsPerCall) return;
    call.linkedIds.add(linkedId);
    this.#byLinkedId.set(linkedId, call);
  }

  #host(call: TrackedCall, bridge: string): void {
    if (call.bridges.size >= this.#limits.channelsPerCall) return;
    call.bridges.add(bridge);
    this.#byBridge.set(bridge, call);
  }
}

/** When the first channel of a call was there. */
export function startOf(call: TrackedCall): number {
  let start = Infinity;
  for (const { startedAt } of call.channels.values()) start = Math.min(start, startedAt);
  return start;
}
