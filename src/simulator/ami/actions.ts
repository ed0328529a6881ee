import type { ReadAction } from '../../ami/action-reader.ts';
import type { LiveChannel, LiveChannels } from './live-channels.ts';
import type { PlayedEvent } from './script.ts';
import type { Reply } from './session.ts';

/** An Originate that has been accepted. */
export interface OriginateRequest {
  readonly actionId: string;
  readonly channelId: string | undefined;
  readonly channel: string;
  readonly context: string;
  readonly exten: string;
  /** The number of it. */
  readonly callerId: string;
  /** `NAME=value`, as they came. */
  readonly variables: readonly string[];
}

export interface Exchange {
  readonly live: LiveChannels;
  readonly originate: (request: OriginateRequest) => void;
  readonly hangUp: (channel: LiveChannel) => void;
  /** By device, such as `PJSIP/101`; NOT_INUSE where left out. */
  readonly deviceStates: Readonly<Record<string, string>>;
  /** A channel goes to another extension. */
  readonly redirect: (channel: LiveChannel, exten: string) => void;
  /** Extensions, as `context,exten`, that there are not: an Originate to them is refused. */
  readonly unknownExtensions: ReadonlySet<string>;
  /** Whether the account has originate in its write. */
  readonly mayOriginate: boolean;
}

const error = (text: string): PlayedEvent => ({ Response: 'Error', Message: text });

/** Carries out what the played Asterisk can do, and refuses the rest in Asterisk's words. */
export function act(action: ReadAction, reply: Reply, exchange: Exchange): void {
  const name = action.get('Action');
  const handle = HANDLERS[name.toLowerCase()];
  if (handle === undefined)
    reply(error(`Invalid/unknown command: ${name}. Use Action: ListCommands to show available commands.`));
  else handle(action, reply, exchange);
}

const HANDLERS: Readonly<Record<string, typeof act>> = {
  ping: (_action, reply) => {
    reply({ Response: 'Success', Ping: 'Pong', Timestamp: (Date.now() / 1000).toFixed(6) });
  },
  filter: (_action, reply) => reply({ Response: 'Success', Success: 'Filter added' }),
  listcommands: (_action, reply, { mayOriginate }) => {
    reply({
      Response: 'Success',
      CoreShowChannels: 'List currently active channels.  (Priv: system,reporting,all)',
      Hangup: 'Hangup channel.  (Priv: system,call,all)',
      ...(mayOriginate && { Originate: 'Originate a call.  (Priv: originate,all)' }),
      Ping: 'Keepalive command.  (Priv: <none>)',
    });
  },
  corestatus: (_action, reply, { live }) => {
    reply({ Response: 'Success', CoreCurrentCalls: String(new Set(live.all.map(linkedid)).size) });
  },
  coreshowchannels: (_action, reply, { live }) => {
    const channels = live.all;
    reply({ Response: 'Success', EventList: 'start', Message: 'Channels will follow' });
    for (const channel of channels) reply(listed(channel));
    reply({ Event: 'CoreShowChannelsComplete', EventList: 'Complete', ListItems: String(channels.length) });
  },
  getvar: (action, reply, { deviceStates, unknownExtensions }) => {
    const variable = action.get('Variable');
    const [, name, text = ''] = /^(\w+)\((.*)\)$/.exec(variable) ?? [];
    if (name === 'DEVICE_STATE') {
      const state = deviceStates[text] ?? (text.startsWith('Custom:') ? 'UNKNOWN' : 'NOT_INUSE');
      reply({ Response: 'Success', Variable: variable, Value: state });
    } else if (name === 'DIALPLAN_EXISTS') {
      const exists = !unknownExtensions.has(text.split(',').slice(0, 2).join(','));
      reply({ Response: 'Success', Variable: variable, Value: exists ? '1' : '0' });
    } else reply({ Response: 'Success', Variable: variable, Value: '' });
  },
  setvar: (action, reply, { live }) => {
    if (live.find(action.get('Channel')) === undefined) reply(error('No such channel'));
    else reply({ Response: 'Success', Message: 'Variable Set' });
  },
  redirect: (action, reply, { live, redirect }) => {
    const channel = live.find(action.get('Channel'));
    if (channel === undefined) {
      reply(error('Channel does not exist'));
      return;
    }
    reply({ Response: 'Success', Message: 'Redirect successful' });
    redirect(channel, action.get('Exten'));
  },
  hangup: (action, reply, { live, hangUp }) => {
    const channel = live.find(action.get('Channel'));
    if (channel === undefined) {
      reply(error('No such channel'));
      return;
    }
    reply({ Response: 'Success', Message: 'Channel Hungup' });
    hangUp(channel);
  },
  originate,
};

/** manager.c, action_originate, as far as it looks before it answers. */
function originate(action: ReadAction, reply: Reply, exchange: Exchange): void {
  const channel = action.get('Channel');
  const context = action.get('Context');
  const exten = action.get('Exten');
  if (!exchange.mayOriginate) reply(error('Permission denied'));
  else if (channel === '') reply(error('Channel not specified'));
  else if (!channel.includes('/')) reply(error('Invalid channel'));
  else if (exchange.unknownExtensions.has(`${context},${exten}`)) reply(error('Extension does not exist.'));
  else if (!/^(?:true|yes|1|y|t|on)$/i.test(action.get('Async'))) {
    // It would keep the session deaf until the first leg has answered. Nothing of ours does that.
    reply(error('Originate failed'));
  } else {
    reply({ Response: 'Success', Message: 'Originate successfully queued' });
    const channelId = action.get('ChannelId');
    exchange.originate({
      actionId: action.get('ActionID'),
      channelId: channelId === '' ? undefined : channelId,
      channel,
      context,
      exten,
      callerId:
        /<(\d+)>/.exec(action.get('CallerID'))?.[1] ?? action.get('CallerID').replaceAll(/[^\d+]/g, ''),
      variables: action.all('Variable'),
    });
  }
}

function two(number: number): string {
  return String(Math.floor(number)).padStart(2, '0');
}

function linkedid({ snapshot }: LiveChannel): string {
  return snapshot['Linkedid'] ?? '';
}

function listed({ snapshot, bridge, since }: LiveChannel): PlayedEvent {
  const seconds = Math.floor((Date.now() - since) / 1000);
  return {
    Event: 'CoreShowChannel',
    ...snapshot,
    Application: 'Dial',
    ApplicationData: '',
    Duration: `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`,
    BridgeId: bridge?.['BridgeUniqueid'] ?? '',
  };
}
