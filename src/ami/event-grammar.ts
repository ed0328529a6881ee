/** A header in the order in which Asterisk writes an event. */
export interface Slot {
  readonly name: string;
  /** Default: there, once. */
  readonly may?: 'miss' | 'repeat';
}

type Part = string | readonly Slot[];

/** What stands before the body of every event (manager.c, __manager_event_sessions_va). */
export const HEAD: readonly Slot[] = [
  { name: 'Event' },
  { name: 'Privilege' },
  { name: 'Timestamp', may: 'miss' },
  { name: 'SequenceNumber', may: 'miss' },
  { name: 'File', may: 'miss' },
  { name: 'Line', may: 'miss' },
  { name: 'Func', may: 'miss' },
  { name: 'SystemName', may: 'miss' },
];

/** A part of a list has no class. */
export const LIST_HEAD: readonly Slot[] = [{ name: 'Event' }, { name: 'ActionID' }];

const CHANNEL_NAMES = [
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

const BRIDGE_NAMES = [
  'BridgeUniqueid',
  'BridgeType',
  'BridgeTechnology',
  'BridgeCreator',
  'BridgeName',
  'BridgeNumChannels',
];

/** The snapshot of a channel (manager_channels.c, ast_manager_build_channel_state_string_prefix). */
export function channel(prefix = ''): readonly Slot[] {
  return [
    ...CHANNEL_NAMES.map((name) => ({ name: prefix + name })),
    { name: `${prefix}Tenantid`, may: 'miss' },
    { name: `${prefix}ChanVariable`, may: 'repeat' },
  ];
}

/** The snapshot of a bridge (manager_bridges.c). */
function bridge(prefix = ''): readonly Slot[] {
  return [
    ...BRIDGE_NAMES.map((name) => ({ name: prefix + name })),
    { name: `${prefix}BridgeVideoSourceMode`, may: 'miss' },
    { name: `${prefix}BridgeVideoSource`, may: 'miss' },
  ];
}

/** `Name?` may miss. */
function shape(...parts: readonly Part[]): readonly Slot[] {
  return parts.flatMap((part) => (typeof part === 'string' ? words(part) : part));
}

function words(text: string): readonly Slot[] {
  return text
    .split(' ')
    .map((name): Slot => (name.endsWith('?') ? { name: name.slice(0, -1), may: 'miss' } : { name }));
}

const ONE_CHANNEL = [shape(channel())];
const QUEUE = [shape(channel(), 'Queue')];
/** A channel that is gone from Asterisk's cache is left out (app_queue.c, queue_multi_channel_to_ami). */
const AGENT = [channel(), []].flatMap((caller) =>
  [channel('Dest'), []].map((agent) => shape(caller, agent, 'Queue Interface MemberName')),
);
const LOCAL = shape(channel('LocalOne'), channel('LocalTwo'));
const TRANSFER_END = 'IsExternal DestType';
const ORIG = shape('Result', channel('OrigTransferer'));
const SECOND = channel('SecondTransferer');

/**
 * The bodies of the events from which calls are made, as both Asterisk 16 and 22 write them. Any of several may
 * fit. Further headers may follow at the end: a newer Asterisk adds some.
 */
export const BODIES: Readonly<Record<string, readonly (readonly Slot[])[]>> = {
  Newchannel: ONE_CHANNEL,
  Newstate: ONE_CHANNEL,
  NewCallerid: [shape(channel(), 'CID-CallingPres')],
  NewConnectedLine: ONE_CHANNEL,
  NewAccountCode: [shape(channel(), 'OldAccountCode')],
  HangupRequest: ONE_CHANNEL,
  SoftHangupRequest: ONE_CHANNEL,
  Hangup: [shape(channel(), 'Cause Cause-txt')],
  Hold: ONE_CHANNEL,
  Unhold: ONE_CHANNEL,
  MusicOnHoldStart: ONE_CHANNEL,
  MusicOnHoldStop: ONE_CHANNEL,
  MixMonitorStart: ONE_CHANNEL,
  MixMonitorStop: ONE_CHANNEL,
  MixMonitorMute: ONE_CHANNEL,
  DTMFBegin: ONE_CHANNEL,
  DTMFEnd: ONE_CHANNEL,
  AGIExecStart: ONE_CHANNEL,
  AGIExecEnd: ONE_CHANNEL,
  Newexten: [shape(channel(), 'Extension Application AppData')],
  VarSet: [shape(channel(), 'Variable Value'), words('Channel Uniqueid Variable Value')],
  DialBegin: [shape(channel(), channel('Dest'), 'DialString'), shape(channel('Dest'), 'DialString')],
  DialState: [
    shape(channel(), channel('Dest'), 'Forward? DialStatus'),
    shape(channel('Dest'), 'Forward? DialStatus'),
  ],
  DialEnd: [
    shape(channel(), channel('Dest'), 'Forward? DialStatus'),
    shape(channel('Dest'), 'Forward? DialStatus'),
  ],
  BridgeCreate: [bridge()],
  BridgeDestroy: [bridge()],
  BridgeEnter: [shape(bridge(), channel(), 'SwapUniqueid?')],
  BridgeLeave: [shape(bridge(), channel())],
  BridgeMerge: [shape(bridge('To'), bridge('From'))],
  LocalBridge: [shape(LOCAL, 'Context Exten LocalOptimization')],
  LocalOptimizationBegin: [
    shape(LOCAL, channel('Source'), 'DestUniqueId Id'),
    shape(LOCAL, 'DestUniqueId Id'),
  ],
  LocalOptimizationEnd: [shape(LOCAL, 'Success Id')],
  BlindTransfer: [channel('Transferee'), []].flatMap((transferee) =>
    [bridge(), []].map((inBridge) =>
      shape('Result', channel('Transferer'), transferee, inBridge, 'IsExternal Context Extension'),
    ),
  ),
  AttendedTransfer: [bridge('Orig'), []].flatMap((first) =>
    [bridge('Second'), []].flatMap((second) =>
      [channel('Transferee'), []].flatMap((transferee) =>
        [channel('TransferTarget'), []].map((target) =>
          shape(ORIG, first, SECOND, second, transferee, target, TRANSFER_END),
        ),
      ),
    ),
  ),
  Pickup: [shape(channel(), channel('Target'))],
  Rename: [words('Channel Newname Uniqueid')],
  OriginateResponse: [
    words('ActionID? Response Channel Context Exten Reason Uniqueid CallerIDNum CallerIDName'),
    words('ActionID? Response Channel Application Data Reason Uniqueid CallerIDNum CallerIDName'),
  ],
  QueueCallerJoin: QUEUE,
  QueueCallerLeave: QUEUE,
  QueueCallerAbandon: QUEUE,
  AgentCalled: AGENT,
  AgentConnect: AGENT,
  AgentComplete: AGENT,
  AgentDump: AGENT,
  AgentRingNoAnswer: AGENT,
  Cdr: [
    words(
      'AccountCode Source Destination DestinationContext CallerID Channel DestinationChannel LastApplication ' +
        'LastData StartTime AnswerTime EndTime Duration BillableSeconds Disposition AMAFlags UniqueID UserField',
    ),
  ],
  DeviceStateChange: [words('Device State')],
  ExtensionStatus: [words('Exten Context Hint Status')],
  CoreShowChannel: [shape(channel(), 'Application ApplicationData Duration BridgeId')],
};
