import { type Channel, type Dial, isLocal, type TrackedCall } from './channel.ts';
import { type ChannelEvent, textOf } from './event.ts';

/** Anything may stand in DialStatus of a forged event; Asterisk has nine. */
const MAX_ENDINGS = 12;

export function noteDialBegin(
  called: Channel,
  caller: Channel | undefined,
  event: ChannelEvent,
  at: number,
): void {
  const dial = dialOf(called);
  // The dial may have moved to another caller since: who began it counts.
  dial.caller = caller?.id ?? '';
  if (caller === undefined) called.originated = true;
  dial.target = textOf(event, 'DialString');
  dial.beganAt = Math.min(dial.beganAt ?? Infinity, at);
}

export function noteDialState(
  called: Channel,
  caller: Channel | undefined,
  event: ChannelEvent,
  at: number,
): void {
  noteCaller(dialOf(called), caller);
  const status = event.get('DialStatus');
  if (status === 'RINGING' || status === 'PROGRESS') {
    called.ringingAt = Math.min(called.ringingAt ?? Infinity, at);
  }
}

export function noteDialEnd(
  called: Channel,
  caller: Channel | undefined,
  event: ChannelEvent,
  at: number,
): void {
  const dial = dialOf(called);
  noteCaller(dial, caller);
  const status = textOf(event, 'DialStatus');
  const known = dial.endings.get(status);
  if (known === undefined ? dial.endings.size < MAX_ENDINGS : at < known) dial.endings.set(status, at);
  const forwardedTo = textOf(event, 'Forward');
  if (forwardedTo !== '') dial.forwardedTo = forwardedTo;
}

/** It was called, and nobody saw when, by whom and how. */
export function noteCalled(channel: Channel): void {
  dialOf(channel);
}

function dialOf(called: Channel): Dial {
  called.dial ??= { caller: '', target: '', beganAt: undefined, endings: new Map(), forwardedTo: '' };
  return called.dial;
}

function noteCaller(dial: Dial, caller: Channel | undefined): void {
  if (dial.beganAt === undefined && caller !== undefined && dial.caller === '') dial.caller = caller.id;
}

/** An attempt to reach a telephone: Local channels lead to one, they are none. */
export interface Leg {
  readonly channel: Channel;
  readonly dial: Dial;
  readonly beganAt: number;
  readonly answeredAt: number | undefined;
  readonly endedAt: number | undefined;
}

/** The attempts of a call in the order in which they began. */
export function legsOf(call: TrackedCall): Leg[] {
  const legs: Leg[] = [];
  for (const channel of call.channels.values()) {
    const { dial } = channel;
    if (dial === undefined || isLocal(channel)) continue;
    const answeredAt = answerOf(channel, dial);
    const endings = [...dial.endings.values()];
    legs.push({
      channel,
      dial,
      beganAt: dial.beganAt ?? channel.startedAt,
      answeredAt,
      endedAt: answeredAt === undefined ? earliest(channel.endedAt, ...endings) : channel.endedAt,
    });
  }
  return legs.toSorted((a, b) => a.beganAt - b.beganAt || a.channel.startedAt - b.channel.startedAt);
}

function answerOf(channel: Channel, dial: Dial): number | undefined {
  const told = dial.endings.get('ANSWER');
  if (told !== undefined) return told;
  // A leg that was taken by another telephone may be up for a moment.
  return channel.pickedUp || dial.endings.size > 0 ? undefined : channel.upAt;
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}
