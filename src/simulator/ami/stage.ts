import { eventOf, type Ids, type PlayedEvent, type Script, type ScriptedEvent } from './script.ts';

const STATES = { 0: 'Down', 4: 'Ring', 5: 'Ringing', 6: 'Up' } as const;
type State = keyof typeof STATES;

const CAUSES: Readonly<Record<number, string>> = {
  0: 'Unknown',
  3: 'No route to destination',
  16: 'Normal Clearing',
  17: 'User busy',
  19: 'User alerting, no answer',
  21: 'Call Rejected',
  26: 'Answered elsewhere',
  127: 'Interworking, unspecified',
};

const UNKNOWN = '<unknown>';

export interface Party {
  readonly number: string;
  readonly name: string;
}

/** A channel of a script, as Asterisk would show it at this moment. */
export interface StageChannel {
  readonly channel: string;
  readonly uniqueid: string;
  readonly linkedid: string;
  state: State;
  caller: Party;
  connected: Party;
  context: string;
  exten: string;
  priority: number;
}

export interface StageBridge {
  readonly id: string;
  channels: number;
}

export const NOBODY: Party = { number: UNKNOWN, name: UNKNOWN };

export interface NewChannel {
  /** Such as `PJSIP/101`. */
  readonly device: string;
  readonly context: string;
  readonly exten: string;
  readonly state: State;
  readonly caller?: Party;
  /** Default: the next one. */
  readonly uniqueid?: string | undefined;
  /** Of the call that it belongs to. Default: its own. */
  readonly linkedid?: string | undefined;
}

/** Writes a script, step by step, in the words of Asterisk: each step is the events that it sends for it. */
export class Stage {
  readonly #ids: Ids;
  readonly #events: ScriptedEvent[] = [];
  #nowMs = 0;

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  get script(): Script {
    return this.#events;
  }

  wait(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }

  say(name: string, ...parts: readonly PlayedEvent[]): void {
    this.#events.push({ atMs: Math.round(this.#nowMs), event: eventOf(name, 'call', ...parts) });
  }

  newChannel(options: NewChannel): StageChannel {
    const uniqueid = options.uniqueid ?? this.#ids.uniqueid();
    const made: StageChannel = {
      channel: `${options.device}-${this.#ids.channelSuffix()}`,
      uniqueid,
      linkedid: options.linkedid ?? uniqueid,
      state: options.state,
      caller: options.caller ?? NOBODY,
      connected: NOBODY,
      context: options.context,
      exten: options.exten,
      priority: 1,
    };
    this.say('Newchannel', snapshot(made));
    return made;
  }

  /** A leg that a Dial calls: it shows the number that was dialled as its own, and the caller as connected. */
  invite(caller: StageChannel, device: string, context: string): StageChannel {
    const leg = this.newChannel({ device, context, exten: 's', state: 0, linkedid: caller.linkedid });
    leg.caller = { number: caller.exten, name: UNKNOWN };
    leg.connected = caller.caller;
    leg.exten = caller.exten;
    this.say('NewCallerid', snapshot(leg), { 'CID-CallingPres': '0 (Presentation Allowed, Not Screened)' });
    this.say('NewConnectedLine', snapshot(leg));
    return leg;
  }

  /** @param caller undefined for the first leg of an Originate */
  dialBegin(caller: StageChannel | undefined, leg: StageChannel, dialString: string): void {
    this.say('DialBegin', caller === undefined ? {} : snapshot(caller), snapshot(leg, 'Dest'), {
      DialString: dialString,
    });
  }

  ringing(caller: StageChannel | undefined, leg: StageChannel): void {
    this.state(leg, 5);
    this.#dialStatus('DialState', caller, leg, 'RINGING');
  }

  dialEnd(caller: StageChannel | undefined, leg: StageChannel, status: string): void {
    if (status === 'ANSWER' && caller !== undefined) leg.exten = '';
    this.#dialStatus('DialEnd', caller, leg, status);
  }

  state(channel: StageChannel, state: State): void {
    channel.state = state;
    this.say('Newstate', snapshot(channel));
  }

  connectedLine(channel: StageChannel, connected: Party): void {
    channel.connected = connected;
    this.say('NewConnectedLine', snapshot(channel));
  }

  bridge(...channels: readonly StageChannel[]): StageBridge {
    const bridge = { id: this.#ids.bridge(), channels: 0 };
    this.say('BridgeCreate', bridgeSnapshot(bridge));
    for (const channel of channels) {
      bridge.channels += 1;
      this.say('BridgeEnter', bridgeSnapshot(bridge), snapshot(channel));
    }
    return bridge;
  }

  leave(bridge: StageBridge, channel: StageChannel): void {
    bridge.channels -= 1;
    this.say('BridgeLeave', bridgeSnapshot(bridge), snapshot(channel));
    if (bridge.channels === 0) this.say('BridgeDestroy', bridgeSnapshot(bridge));
  }

  /** The far side of a channel has ended it. */
  hangupRequest(channel: StageChannel, cause: number, techCause = ''): void {
    this.say('HangupRequest', snapshot(channel), { Cause: String(cause), ...tech(techCause) });
  }

  softHangup(channel: StageChannel, techCause = ''): void {
    this.say('SoftHangupRequest', snapshot(channel), { Cause: '16', ...tech(techCause) });
  }

  hangup(channel: StageChannel, cause: number, techCause = ''): void {
    const text = CAUSES[cause] ?? 'Unknown';
    this.say('Hangup', snapshot(channel), { Cause: String(cause), 'Cause-txt': text, ...tech(techCause) });
  }

  #dialStatus(name: string, caller: StageChannel | undefined, leg: StageChannel, status: string): void {
    this.say(name, caller === undefined ? {} : snapshot(caller), snapshot(leg, 'Dest'), {
      DialStatus: status,
    });
  }
}

/** SIP's code, which Asterisk 22 shows and 16 does not. */
function tech(code: string): PlayedEvent {
  return code === '' ? {} : { TechCause: code };
}

export function snapshot(channel: StageChannel, prefix = ''): PlayedEvent {
  const { caller, connected, state } = channel;
  const headers = {
    Channel: channel.channel,
    ChannelState: String(state),
    ChannelStateDesc: STATES[state],
    CallerIDNum: caller.number,
    CallerIDName: caller.name,
    ConnectedLineNum: connected.number,
    ConnectedLineName: connected.name,
    Language: 'en',
    AccountCode: '',
    Context: channel.context,
    Exten: channel.exten,
    Priority: String(channel.priority),
    Uniqueid: channel.uniqueid,
    Linkedid: channel.linkedid,
  };
  if (prefix === '') return headers;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [prefix + name, value]));
}

export function bridgeSnapshot({ id, channels }: StageBridge): PlayedEvent {
  return {
    BridgeUniqueid: id,
    BridgeType: 'basic',
    BridgeTechnology: 'simple_bridge',
    BridgeCreator: UNKNOWN,
    BridgeName: UNKNOWN,
    BridgeNumChannels: String(channels),
    BridgeVideoSourceMode: 'none',
  };
}
