import type { CallTracker } from './call-tracker.ts';
import type { ChannelBook, Prefix } from './channel-book.ts';
import { addMark, type Channel, endChannel, staysOf } from './channel.ts';
import { noteDialBegin, noteDialEnd, noteDialState } from './dial-legs.ts';
import { type ChannelEvent, idOf, numberOf, textOf } from './event.ts';

/** What the rules write to. */
interface Books {
  readonly book: ChannelBook;
  readonly calls: CallTracker;
  /** Our own clock, ms since 1970. */
  readonly now: number;
}

/** What one kind of event adds to the facts. Applied twice, or after its neighbour, it makes no difference. */
type Rule = (books: Books, event: ChannelEvent, at: number) => void;

/** Everything else in class call tells nothing that a call consists of. */
export const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Newchannel', ({ book }, event, at) => void book.seen(event, at, '', 'created')],
  ['Newstate', ({ book }, event, at) => void book.seen(event, at)],
  ['NewCallerid', ({ book }, event, at) => void book.known(event, at)],
  ['NewConnectedLine', ({ book }, event, at) => void book.known(event, at)],
  ['Rename', rename],
  ['DialBegin', dial(noteDialBegin)],
  ['DialState', dial(noteDialState)],
  ['DialEnd', dial(noteDialEnd)],
  ['OriginateResponse', originateResponse],
  ['HangupRequest', hangupRequest],
  ['SoftHangupRequest', softHangupRequest],
  ['Hangup', hangup],
  ['BridgeEnter', bridgeEnter],
  ['BridgeLeave', bridgeLeave],
  ['BridgeDestroy', ({ calls }, event) => calls.forgetBridge(idOf(event, 'BridgeUniqueid'))],
  ['LocalBridge', localBridge],
  ['LocalOptimizationBegin', together('LocalOne', 'LocalTwo', 'Source')],
  ['LocalOptimizationEnd', together('LocalOne', 'LocalTwo')],
  ['BlindTransfer', together('Transferer', 'Transferee')],
  ['AttendedTransfer', attendedTransfer],
  ['Pickup', pickup],
  ['Hold', hold(true)],
  ['Unhold', hold(false)],
  ['QueueCallerJoin', queueJoin],
  ['QueueCallerLeave', queueLeave],
  ['AgentCalled', together('', 'Dest')],
  ['AgentConnect', together('', 'Dest')],
  ['MixMonitorStart', recordingStart],
  ['MixMonitorStop', recordingStop],
]);

/** A dial with its caller, which an Originate has none of; the called channel is the key to the attempt. */
function dial(
  note: (called: Channel, caller: Channel | undefined, event: ChannelEvent, at: number) => void,
): Rule {
  return ({ book, calls }, event, at) => {
    const caller = book.seen(event, at);
    const called = book.seen(event, at, 'Dest');
    if (called === undefined) return;
    note(called, caller, event, at);
    if (caller !== undefined) calls.join(caller.call, called.call);
  };
}

/** Every channel that the event names is in one call. */
function together(...prefixes: readonly Prefix[]): Rule {
  return ({ book, calls }, event, at) => {
    let first: Channel | undefined;
    for (const prefix of prefixes) {
      const channel = book.seen(event, at, prefix);
      if (channel !== undefined && first !== undefined) calls.join(first.call, channel.call);
      first ??= channel;
    }
  };
}

const ALL_OF_A_TRANSFER = together(
  'OrigTransferer',
  'SecondTransferer',
  'Transferee',
  'TransferTarget',
  'LocalOne',
  'LocalTwo',
);

function attendedTransfer(books: Books, event: ChannelEvent, at: number): void {
  ALL_OF_A_TRANSFER(books, event, at);
  const { book } = books;
  const second = book.find(idOf(event, 'SecondTransfererUniqueid'));
  if (second === undefined || textOf(event, 'DestType') !== 'App') return;
  second.heir = book.find(idOf(event, 'TransfereeUniqueid'));
  inherit(books, second);
}

/**
 * Put through in the moment of the answer, the second line still comes to its bridge, and no event tells that the
 * caller is there in its place: it ends without having left.
 */
function inherit({ calls }: Books, { heir, bridges, endedAt }: Channel): void {
  if (heir === undefined || endedAt === undefined) return;
  for (const { what, until } of staysOf(bridges, undefined)) {
    if (until !== undefined) continue;
    addMark(heir.bridges, { what, at: endedAt, on: true });
    calls.meet(heir, what);
  }
}

/** `Channel` is the old name; the unique id stays. */
function rename({ book }: Books, event: ChannelEvent): void {
  const channel = book.find(idOf(event, 'Uniqueid'));
  const name = textOf(event, 'Newname');
  if (channel !== undefined && name !== '' && !/<(?:MASQ|ZOMBIE)>$/.test(name)) channel.name = name;
}

/** It shows no whole channel, and may come after its Hangup. */
function originateResponse({ book, calls }: Books, event: ChannelEvent): void {
  const channel = book.find(idOf(event, 'Uniqueid')) ?? failedOriginate(book, textOf(event, 'Channel'));
  if (channel === undefined) return;
  channel.originated = true;
  const exten = textOf(event, 'Exten');
  if (exten !== 's') channel.originateExten = exten;
  calls.changed.add(channel.call);
}

/** A failure without a ChannelId names only what was to be called, `PJSIP/101`: the one channel that it fits. */
function failedOriginate(book: ChannelBook, target: string): Channel | undefined {
  const fitting = [...book.all()].filter(
    (channel) =>
      channel.originated &&
      channel.originateExten === '' &&
      channel.upAt === undefined &&
      target === `${channel.name.slice(0, channel.name.indexOf('/'))}/${channel.dial?.target}`,
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

function hangupRequest({ book }: Books, event: ChannelEvent, at: number): void {
  const channel = book.seen(event, at);
  if (channel === undefined) return;
  channel.hangupRequestedAt = Math.min(channel.hangupRequestedAt ?? Infinity, at);
}

/** AST_SOFTHANGUP_SHUTDOWN: an Asterisk that ends says so of every channel, a second or more before its Shutdown. */
const SHUTDOWN = 4;

function softHangupRequest({ book }: Books, event: ChannelEvent, at: number): void {
  const channel = book.known(event, at);
  if (channel === undefined || numberOf(event, 'Cause') !== SHUTDOWN) return;
  channel.shutDownAt = Math.min(channel.shutDownAt ?? Infinity, at);
}

/**
 * The end of a channel that we never heard of is the end of a call that we know nothing about, or comes before
 * its beginning.
 */
function hangup(books: Books, event: ChannelEvent, at: number): void {
  const { book, now } = books;
  const end = { at, cause: numberOf(event, 'Cause'), techCause: numberOf(event, 'TechCause') };
  const channel = book.known(event, at);
  if (channel === undefined) book.keepEnd(idOf(event, 'Uniqueid'), end, now);
  else {
    endChannel(channel, end);
    inherit(books, channel);
  }
}

/** In a holding bridge (parking) callers wait side by side: they don't hear one another. */
function bridgeEnter(books: Books, event: ChannelEvent, at: number): void {
  const { book, calls } = books;
  const bridge = idOf(event, 'BridgeUniqueid');
  const channel = book.seen(event, at);
  if (channel === undefined || bridge === '' || isHolding(event)) return;
  addMark(channel.bridges, { what: bridge, at, on: true });
  calls.meet(channel, bridge);
  inherit(books, channel);
}

function bridgeLeave({ book, calls }: Books, event: ChannelEvent, at: number): void {
  const bridge = idOf(event, 'BridgeUniqueid');
  const channel = book.seen(event, at);
  if (channel === undefined || bridge === '' || isHolding(event)) return;
  addMark(channel.bridges, { what: bridge, at, on: false });
  calls.meet(channel, bridge);
}

function isHolding(event: ChannelEvent): boolean {
  return event.get('BridgeTechnology') === 'holding_bridge';
}

function localBridge({ book, calls }: Books, event: ChannelEvent, at: number): void {
  const one = book.seen(event, at, 'LocalOne');
  const two = book.seen(event, at, 'LocalTwo');
  if (one === undefined || two === undefined) return;
  one.twin = two.id;
  two.twin = one.id;
  calls.join(one.call, two.call);
}

function pickup({ book, calls }: Books, event: ChannelEvent, at: number): void {
  const taker = book.seen(event, at);
  const target = book.seen(event, at, 'Target');
  if (taker === undefined || target === undefined) return;
  target.pickedUp = true;
  calls.join(taker.call, target.call);
}

/** The channel is the one whose telephone pressed the key. */
function hold(on: boolean): Rule {
  return ({ book }, event, at) => {
    const channel = book.seen(event, at);
    if (channel !== undefined) addMark(channel.holds, { what: '', at, on });
  };
}

function queueJoin({ book }: Books, event: ChannelEvent, at: number): void {
  const channel = book.seen(event, at);
  if (channel !== undefined) channel.queuedAt = Math.min(channel.queuedAt ?? Infinity, at);
}

function queueLeave({ book }: Books, event: ChannelEvent, at: number): void {
  const channel = book.known(event, at);
  if (channel !== undefined) channel.unqueuedAt = Math.max(channel.unqueuedAt ?? 0, at);
}

/** It goes on with the file that it was stopped for; a first or another file is told by its variable. */
function recordingStart({ book }: Books, event: ChannelEvent, at: number): void {
  const channel = book.seen(event, at);
  const file = channel?.variables.get('MIXMONITOR_FILENAME');
  if (channel !== undefined && file !== undefined) addMark(channel.recordings, { what: file, at, on: true });
}

function recordingStop({ book }: Books, event: ChannelEvent, at: number): void {
  const channel = book.known(event, at);
  const file = channel?.variables.get('MIXMONITOR_FILENAME');
  if (channel !== undefined && file !== undefined) addMark(channel.recordings, { what: file, at, on: false });
}
