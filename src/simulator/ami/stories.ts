import type { Ids, Script } from './script.ts';
import { bridgeSnapshot, NOBODY, type Party, snapshot, Stage, type StageChannel } from './stage.ts';

/** From the INVITE to a telephone until it rings. */
const UNTIL_RINGING_SECONDS = 0.12;

export interface Inbound {
  /** The caller's number, as digits. */
  readonly from: string;
  /** As it stands in an event, escaped. Default: none. */
  readonly name?: string;
  /** The number called, as the dialplan has it. */
  readonly to: string;
  /** Extensions that ring at the same time, such as `101`. */
  readonly rings: readonly string[];
  readonly ringSeconds: number;
  readonly trunk?: string;
}

export interface Answered extends Inbound {
  /** One of `rings`. */
  readonly answeredBy: string;
  readonly talkSeconds: number;
  readonly endedBy: 'caller' | 'callee';
  /** A part of the talk in which the caller waits. */
  readonly hold?: { readonly afterSeconds: number; readonly seconds: number };
}

export interface Missed extends Inbound {
  /** The caller hangs up, or the dialplan's patience is over. */
  readonly because: 'caller gives up' | 'nobody answers';
}

export interface Transferred extends Answered {
  /** An extension, which answers after `ringSeconds` again. */
  readonly transferredTo: string;
  readonly talkSecondsAfter: number;
}

/** An inbound call that is answered. */
export function inbound(ids: Ids, call: Answered): Script {
  const stage = new Stage(ids);
  const { trunk, answered, bridge } = answer(stage, call);
  const { hold = { afterSeconds: 0, seconds: 0 } } = call;
  stage.wait(hold.afterSeconds);
  if (hold.seconds > 0) {
    stage.say('Hold', snapshot(answered));
    stage.wait(hold.seconds);
    stage.say('Unhold', snapshot(answered));
  }
  stage.wait(call.talkSeconds - hold.afterSeconds - hold.seconds);
  const [ender, other] = call.endedBy === 'caller' ? [trunk, answered] : [answered, trunk];
  end(stage, bridge, trunk, ender, other);
  return stage.script;
}

/** An inbound call that nobody answers. */
export function missed(ids: Ids, call: Missed): Script {
  const stage = new Stage(ids);
  const { trunk, legs } = ring(stage, call);
  if (call.because === 'caller gives up') {
    stage.hangupRequest(trunk, 127, '487');
    for (const leg of legs) stage.dialEnd(trunk, leg, 'CANCEL');
    stage.softHangup(trunk, '487');
    for (const leg of legs) stage.hangup(leg, 127, '500');
    stage.hangup(trunk, 127, '487');
  } else {
    for (const leg of legs) {
      stage.dialEnd(trunk, leg, 'NOANSWER');
      stage.hangup(leg, 0);
    }
    stage.softHangup(trunk);
    stage.hangup(trunk, 0);
  }
  return stage.script;
}

/** An inbound call that whoever answers it transfers blindly. */
export function transferred(ids: Ids, call: Transferred): Script {
  const stage = new Stage(ids);
  const { trunk, answered, bridge } = answer(stage, call);
  stage.wait(call.talkSeconds);

  stage.say('Unhold', snapshot(answered));
  stage.say('BridgeLeave', bridgeSnapshot({ ...bridge, channels: 1 }), snapshot(answered));
  stage.say(
    'BlindTransfer',
    { Result: 'Success' },
    snapshot(answered, 'Transferer'),
    snapshot(trunk, 'Transferee'),
    bridgeSnapshot(bridge),
    { IsExternal: 'Yes', Context: answered.context, Extension: call.transferredTo },
  );
  stage.hangup(answered, 16);
  bridge.channels = 1;
  trunk.context = answered.context;
  trunk.exten = call.transferredTo;
  stage.leave(bridge, trunk);

  const [leg] = dial(stage, trunk, [call.transferredTo]);
  stage.wait(call.ringSeconds);
  if (leg === undefined) return stage.script;
  const second = pickUp(stage, trunk, leg, []);
  stage.wait(call.talkSecondsAfter);
  end(stage, second, trunk, trunk, leg);
  return stage.script;
}

/** A call that Asterisk was asked for: it rings the first party, and when that answers the second one. */
export interface Originated {
  /** Of the action. */
  readonly actionId?: string;
  /** ChannelId of the action. Default: the next id. */
  readonly channelId?: string | undefined;
  /** Such as `PJSIP/101`, or `PJSIP/79161000011@trunk` for a courier's telephone. */
  readonly channel: string;
  readonly context: string;
  readonly exten: string;
  /** Shown to the first party. */
  readonly callerId: string;
  /** How the second party is dialled. Default: `PJSIP/EXTEN@trunk`. */
  readonly second?: string;
  readonly ringSeconds: number;
  /** What becomes of the first leg, and then of the second. */
  readonly outcome:
    | 'both answer'
    | 'first is busy'
    | 'first refuses'
    | 'first does not answer'
    | 'second is busy';
  readonly talkSeconds: number;
}

export function originated(ids: Ids, call: Originated): Script {
  const stage = new Stage(ids);
  const shown: Party = { number: call.callerId, name: '<unknown>' };
  const first = stage.newChannel({
    device: deviceOf(call.channel),
    context: contextOf(call.channel),
    exten: 's',
    state: 0,
    uniqueid: call.channelId,
  });
  first.caller = shown;
  stage.say('NewCallerid', snapshot(first), { 'CID-CallingPres': '0 (Presentation Allowed, Not Screened)' });
  stage.connectedLine(first, shown);
  stage.dialBegin(undefined, first, call.channel.slice(call.channel.indexOf('/') + 1));
  stage.wait(UNTIL_RINGING_SECONDS);
  stage.ringing(undefined, first);
  stage.wait(call.ringSeconds);

  const refusal = REFUSALS[call.outcome];
  if (refusal !== undefined) {
    if (refusal.status !== '') {
      stage.hangupRequest(first, refusal.cause, refusal.techCause);
      stage.dialEnd(undefined, first, refusal.status);
    }
    respond(stage, call, first, refusal.reason);
    stage.hangup(first, refusal.cause, refusal.techCause);
    return stage.script;
  }
  stage.state(first, 6);
  respond(stage, call, first, '4');
  stage.dialEnd(undefined, first, 'ANSWER');
  first.context = call.context;
  first.exten = call.exten;

  const second = call.second ?? `PJSIP/${call.exten}@trunk`;
  const leg = stage.invite(first, deviceOf(second), contextOf(second));
  stage.dialBegin(first, leg, second.slice(second.indexOf('/') + 1));
  stage.connectedLine(first, leg.caller);
  stage.wait(UNTIL_RINGING_SECONDS);
  stage.ringing(first, leg);
  stage.wait(call.ringSeconds);
  if (call.outcome === 'second is busy') {
    stage.hangupRequest(leg, 17, '486');
    stage.dialEnd(first, leg, 'BUSY');
    stage.hangup(leg, 17, '486');
    stage.softHangup(first);
    stage.hangup(first, 17, '486');
    return stage.script;
  }
  const bridge = pickUp(stage, first, leg, []);
  stage.wait(call.talkSeconds);
  end(stage, bridge, first, leg, first);
  return stage.script;
}

export interface CourierCallback extends Omit<Originated, 'channel' | 'exten' | 'second'> {
  /** Numbers, as digits. */
  readonly courier: string;
  readonly recipient: string;
}

/** A courier asked to be connected: their telephone rings, and then that of the recipient. */
export function courierCallback(ids: Ids, { courier, recipient, ...call }: CourierCallback): Script {
  return originated(ids, { ...call, channel: `PJSIP/${courier}@trunk`, exten: recipient });
}

/** With PJSIP every refusal has the reason 0, and a telephone that does not answer in time has no DialEnd. */
const REFUSALS: Partial<
  Record<Originated['outcome'], { cause: number; techCause: string; status: string; reason: string }>
> = {
  'first is busy': { cause: 17, techCause: '486', status: 'BUSY', reason: '0' },
  'first refuses': { cause: 21, techCause: '603', status: 'NOANSWER', reason: '0' },
  'first does not answer': { cause: 19, techCause: '480', status: '', reason: '3' },
};

function respond(stage: Stage, call: Originated, first: StageChannel, reason: string): void {
  stage.say('OriginateResponse', call.actionId === undefined ? {} : { ActionID: call.actionId }, {
    Response: reason === '4' ? 'Success' : 'Failure',
    Channel: reason === '4' ? first.channel : call.channel,
    Context: call.context,
    Exten: call.exten,
    Reason: reason,
    Uniqueid: reason === '4' || call.channelId !== undefined ? first.uniqueid : '<unknown>',
    CallerIDNum: call.callerId,
    CallerIDName: '<unknown>',
  });
}

interface Ringing {
  readonly trunk: StageChannel;
  readonly legs: readonly StageChannel[];
}

function ring(stage: Stage, call: Inbound): Ringing {
  const trunk = stage.newChannel({
    device: `PJSIP/${call.trunk ?? 'trunk'}`,
    context: 'from-trunk',
    exten: call.to,
    state: 4,
    caller: { ...NOBODY, number: call.from, ...(call.name === undefined ? {} : { name: call.name }) },
  });
  const legs = dial(stage, trunk, call.rings);
  stage.wait(call.ringSeconds);
  return { trunk, legs };
}

function answer(stage: Stage, call: Answered) {
  const { trunk, legs } = ring(stage, call);
  const answered = legs[call.rings.indexOf(call.answeredBy)];
  if (answered === undefined) throw new RangeError(`${call.answeredBy} does not ring, so it cannot answer.`);
  const bridge = pickUp(stage, trunk, answered, legs);
  return { trunk, answered, bridge };
}

/** Dial(PJSIP/101&PJSIP/102) on a channel. */
function dial(stage: Stage, caller: StageChannel, extensions: readonly string[]): readonly StageChannel[] {
  const legs = extensions.map((one) => stage.invite(caller, `PJSIP/${one}`, 'from-internal'));
  for (const [index, leg] of legs.entries()) stage.dialBegin(caller, leg, extensions[index] ?? '');
  const [only, ...others] = legs;
  // With a single leg the caller sees at once whom the call goes to.
  if (only !== undefined && others.length === 0) stage.connectedLine(caller, only.caller);
  stage.wait(UNTIL_RINGING_SECONDS);
  for (const leg of legs) stage.ringing(caller, leg);
  return legs;
}

function pickUp(stage: Stage, caller: StageChannel, answered: StageChannel, legs: readonly StageChannel[]) {
  stage.state(answered, 6);
  if (legs.length > 1) stage.connectedLine(caller, answered.caller);
  const others = legs.filter((leg) => leg !== answered);
  for (const other of others) stage.dialEnd(caller, other, 'CANCEL');
  stage.dialEnd(caller, answered, 'ANSWER');
  if (caller.state !== 6) stage.state(caller, 6);
  for (const other of others) stage.hangup(other, 26);
  return stage.bridge(answered, caller);
}

/** @param dialling the channel that runs the dialplan */
function end(
  stage: Stage,
  bridge: ReturnType<typeof pickUp>,
  dialling: StageChannel,
  ender: StageChannel,
  other: StageChannel,
): void {
  stage.hangupRequest(ender, 16);
  stage.leave(bridge, ender);
  stage.leave(bridge, other);
  stage.softHangup(dialling);
  stage.hangup(ender, 16);
  stage.hangup(other, 16);
}

/** `PJSIP/101` is 101, and `PJSIP/79161000011@trunk` a channel of the trunk. */
function deviceOf(channel: string): string {
  const [technology = '', rest = ''] = channel.split(/\/(.*)/s);
  return `${technology}/${rest.includes('@') ? rest.slice(rest.lastIndexOf('@') + 1) : rest}`;
}

function contextOf(channel: string): string {
  return channel.includes('@') ? 'from-trunk' : 'from-internal';
}
