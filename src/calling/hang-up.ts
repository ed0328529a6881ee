import { setTimeout as sleep } from 'node:timers/promises';
import { AmiActionError } from '../ami/errors.ts';
import { asteriskAway, type CallingAsterisk } from './asterisk.ts';
import { Deadline } from './deadline.ts';
import type { PlacedCall } from './placed-calls.ts';
import { CallRefusedError } from './refusals.ts';

const ANSWER_MS = 1500;
/** A channel that was asked for is there after some ms; a busy Asterisk takes longer. */
const PATIENCE_MS = 3000;
const AGAIN_MS = 50;

/**
 * Hangs up a channel.
 *
 * @param channel its Uniqueid, which every action takes in place of the name
 * @param mayStillCome a channel that is not there now may come yet
 * @throws {CallRefusedError} asterisk_away; call_over: there is no such channel
 */
export async function hangUp(
  { client }: CallingAsterisk,
  channel: string,
  mayStillCome: () => boolean,
): Promise<void> {
  const patience = new Deadline(PATIENCE_MS);
  for (;;) {
    try {
      await new Deadline(ANSWER_MS).within(client.action('Hangup', [['Channel', channel]]), asteriskAway);
      return;
    } catch (error) {
      if (error instanceof CallRefusedError) throw error;
      if (!(error instanceof AmiActionError)) throw asteriskAway(error);
    }
    if (!mayStillCome() || patience.leftMs === 0) throw new CallRefusedError('call_over');
    await sleep(AGAIN_MS);
  }
}

/**
 * Hangs up a call of ours.
 *
 * @throws {CallRefusedError} asterisk_away, call_over
 */
export async function hangUpPlaced(asterisk: CallingAsterisk, placed: PlacedCall): Promise<void> {
  // It may have been asked for so lately that its channel is not there yet.
  const mayStillCome = (): boolean => !placed.isSeen && placed.call.state !== 'ended';
  try {
    await hangUp(asterisk, placed.id, mayStillCome);
  } catch (error) {
    if (!(error instanceof CallRefusedError) || error.code !== 'call_over') throw error;
    // After a transfer the call goes on without the channel that it began with.
    const channel = asterisk.channelOf(placed.call.linkedIds);
    if (channel === undefined) throw error;
    await hangUp(asterisk, channel, () => false);
  }
}
