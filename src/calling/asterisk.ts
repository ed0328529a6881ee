import type { AmiClient } from '../ami/client.ts';
import { AmiActionError, AmiRightsError } from '../ami/errors.ts';
import { CallRefusedError } from './refusals.ts';

/** An Asterisk that calls are made on. */
export interface CallingAsterisk {
  readonly name: string;
  readonly client: Pick<AmiClient, 'ready' | 'action' | 'list'>;
}

/** Whoever waits for a call falls back to another way after 2 s: what is asked and what is done share them. In ms. */
const ASK_MS = 900;

/**
 * Waits no longer than that for Asterisk: one that stands still keeps its connection.
 *
 * @throws {CallRefusedError} asterisk_away
 */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CallRefusedError('asterisk_away')), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What dialplan functions give, such as `DEVICE_STATE(PJSIP/101)`; undefined where Asterisk does not know the function.
 * The names are ours, with digits in them.
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
      throw new CallRefusedError('asterisk_away', '', { cause: error });
    }
  });
  return answers.length === 0 ? [] : within(ASK_MS, Promise.all(answers));
}
