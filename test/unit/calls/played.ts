import { event, type Received } from './streams.ts';

export const START = Date.parse('2026-11-26T08:00:00.000Z');

export interface PlayedChannel {
  /** `PJSIP/101-00000001` */
  readonly name: string;
  readonly id: string;
  readonly linkedId?: string;
  readonly number?: string;
  readonly exten?: string;
  state?: string;
}

/** Headers of a channel as Asterisk prints them, with a prefix such as `Dest`. */
export function snapshot(channel: PlayedChannel, prefix = ''): Record<string, string> {
  const { name, id, linkedId = id, number = '<unknown>', exten = 's', state = '4' } = channel;
  return {
    [`${prefix}Channel`]: name,
    [`${prefix}ChannelState`]: state,
    [`${prefix}CallerIDNum`]: number,
    [`${prefix}Exten`]: exten,
    [`${prefix}Uniqueid`]: id,
    [`${prefix}Linkedid`]: linkedId,
  };
}

/** Plays events of Asterisk by hand; times in seconds from `START`. */
export class Played {
  readonly events: Received[] = [];

  say(at: number, name: string, ...headers: readonly Record<string, string>[]): this {
    const stamped = { Event: name, Timestamp: (START / 1000 + at).toFixed(6) };
    this.events.push(event(Object.assign(stamped, ...headers), START + at * 1000));
    return this;
  }

  begin(at: number, channel: PlayedChannel): this {
    return this.say(at, 'Newchannel', snapshot(channel));
  }

  up(at: number, channel: PlayedChannel): this {
    channel.state = '6';
    return this.say(at, 'Newstate', snapshot(channel));
  }

  dial(at: number, from: PlayedChannel, to: PlayedChannel, target = to.name): this {
    return this.say(at, 'DialBegin', snapshot(from), snapshot(to, 'Dest'), { DialString: target });
  }

  rings(at: number, from: PlayedChannel, to: PlayedChannel): this {
    return this.say(at, 'DialState', snapshot(from), snapshot(to, 'Dest'), { DialStatus: 'RINGING' });
  }

  dialEnd(at: number, from: PlayedChannel, to: PlayedChannel, status: string): this {
    return this.say(at, 'DialEnd', snapshot(from), snapshot(to, 'Dest'), { DialStatus: status });
  }

  enter(at: number, bridge: string, ...channels: readonly PlayedChannel[]): this {
    for (const one of channels) this.say(at, 'BridgeEnter', snapshot(one), { BridgeUniqueid: bridge });
    return this;
  }

  leave(at: number, bridge: string, ...channels: readonly PlayedChannel[]): this {
    for (const one of channels) this.say(at, 'BridgeLeave', snapshot(one), { BridgeUniqueid: bridge });
    return this;
  }

  hangUp(at: number, channel: PlayedChannel, cause = '16'): this {
    return this.say(at, 'Hangup', snapshot(channel), { Cause: cause });
  }

  /** Asterisk ends, and so do its channels. */
  shutDown(at: number, ...channels: readonly PlayedChannel[]): this {
    for (const one of channels) this.say(at, 'SoftHangupRequest', snapshot(one), { Cause: '4' });
    return this;
  }

  asksToHangUp(at: number, channel: PlayedChannel): this {
    return this.say(at, 'HangupRequest', snapshot(channel));
  }
}

/** A caller of the trunk and the telephone 101, which answers after 3 s; talking from there on. */
export function talkingCall(id = '1.1'): { played: Played; caller: PlayedChannel; phone: PlayedChannel } {
  const caller = { name: 'PJSIP/trunk-1', id, number: '79162000001', exten: '74950000000' };
  const phone: PlayedChannel = { name: 'PJSIP/101-1', id: `${id}1`, linkedId: id, state: '0' };
  const played = new Played().begin(0, caller).begin(0.1, phone).dial(0.1, caller, phone, '101');
  played.rings(0.2, caller, phone).up(3, phone).dialEnd(3, caller, phone, 'ANSWER').up(3, caller);
  played.enter(3, `bridge-${id}`, phone, caller);
  return { played, caller, phone };
}

/** The row of a channel in CoreShowChannels. */
export function row(channel: PlayedChannel, more: Record<string, string> = {}): Received {
  return event({ Event: 'CoreShowChannel', ...snapshot(channel), ...more }, START);
}
