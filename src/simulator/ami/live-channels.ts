import type { PlayedEvent } from './script.ts';

const SNAPSHOT = [
  'Channel',
  'ChannelState',
  'ChannelStateDesc',
  'CallerIDNum',
  'CallerIDName',
  'ConnectedLineNum',
  'ConnectedLineName',
  'Language',
  'AccountCode',
  'Context',
  'Exten',
  'Priority',
  'Uniqueid',
  'Linkedid',
];

export interface LiveChannel {
  snapshot: PlayedEvent;
  bridge: PlayedEvent | undefined;
  /** Of a leg that rings: its DialBegin. */
  dial: PlayedEvent | undefined;
  /** In ms of Date.now(). */
  readonly since: number;
}

/** What channels there are, as the events tell it. */
export class LiveChannels {
  readonly #byId = new Map<string, LiveChannel>();

  get all(): readonly LiveChannel[] {
    return [...this.#byId.values()];
  }

  /** By its name or its Uniqueid, as in every action (get_by_name falls back). */
  find(nameOrId: string): LiveChannel | undefined {
    return this.#byId.get(nameOrId) ?? this.all.find(({ snapshot }) => snapshot['Channel'] === nameOrId);
  }

  observe(event: PlayedEvent): void {
    const { Event: name = '', Uniqueid: id = '', DestUniqueid: leg = '' } = event;
    if (name === 'Newchannel') {
      this.#byId.set(id, { snapshot: {}, bridge: undefined, dial: undefined, since: Date.now() });
    }
    this.#update(event, '');
    this.#update(event, 'Dest');
    const channel = this.#byId.get(id);
    const called = this.#byId.get(leg);
    if (called !== undefined && name === 'DialBegin') called.dial = event;
    if (called !== undefined && name === 'DialEnd') called.dial = undefined;
    if (channel !== undefined && name === 'BridgeEnter') channel.bridge = event;
    if (channel !== undefined && name === 'BridgeLeave') channel.bridge = undefined;
    if (name === 'Hangup') this.#byId.delete(id);
  }

  #update(event: PlayedEvent, prefix: string): void {
    const channel = this.#byId.get(event[`${prefix}Uniqueid`] ?? '');
    if (channel === undefined || event[`${prefix}ChannelState`] === undefined) return;
    channel.snapshot = Object.fromEntries(SNAPSHOT.map((name) => [name, event[prefix + name] ?? '']));
  }
}
