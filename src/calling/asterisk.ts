import type { AmiClient } from '../ami/client.ts';
import { AmiActionError, AmiRightsError } from '../ami/errors.ts';
import { CallRefusedError } from './refusals.ts';

/** An Asterisk that calls are made on. */
export interface CallingAsterisk {
  readonly name: string;
  readonly client: Pick<AmiClient, 'ready' | 'action' | 'list'>;
  /** Uniqueid of the channel of whoever has called from outside, while it lives. */
  readonly callerOf: (linkedIds: readonly string[]) => string | undefined;
  /** Uniqueid of a channel whose end ends a call; undefined where none lives. */
  readonly channelOf: (linkedIds: readonly string[]) => string | undefined;
}

/** It cannot be asked, or stands still and keeps its connection. */
export function asteriskAway(cause?: unknown): CallRefusedError {
  return new CallRefusedError('asterisk_away', '', cause === undefined ? undefined : { cause });
}

/**
 * What dialplan functions give, such as `DEVICE_STATE(PJSIP/101)`; undefined where Asterisk does not know the function.
 * The names are ours, with digits in them. One that stands still never answers.
 *
 * @throws {CallRefusedError} asterisk_away; asterisk_refused: the account lacks the class call or reporting
 */
export async function readFunctions(
  { client }: CallingAsterisk,
  functions: readonly string[],
): Promise<(string | undefined)[]> {
  const answers = functions.map(async (variable) => {
    try {
      const answer = await client.action('Getvar', [['Variable', variable]]);
      return answer.get('Value') ?? '';
    } catch (error) {
      if (error instanceof AmiRightsError)
        throw new CallRefusedError('asterisk_refused', '', { cause: error });
      if (error instanceof AmiActionError) return undefined;
      throw asteriskAway(error);
    }
  });
  return Promise.all(answers);
}
