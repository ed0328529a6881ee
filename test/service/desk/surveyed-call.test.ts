import { describe, expect, test } from '@jest/globals';
import type { Header } from '../../../src/ami/action.ts';
import { AmiActionError, AmiRightsError } from '../../../src/ami/errors.ts';
import { AmiMessage } from '../../../src/ami/message.ts';
import type { Call } from '../../../src/calls/call.ts';
import { surveyedCall } from '../../../src/desk/surveyed-call.ts';
import { answeredCall } from '../../lab/journal/sample-calls.ts';

/*
 * Asterisks are stand-ins that know variables of channels. Two real ones whose calls have the same id are in
 * test/asterisk/several.test.ts.
 */

const ID = '1764230000.7';
const callOf = (asterisk: string, id = ID): Call => ({
  ...answeredCall(1, '79162000001'),
  id: `${asterisk}-${id}`,
  asterisk,
  linkedIds: [id],
});

/** @param knows the channels that it has. Default: the one that is asked about */
function asteriskOf(name: string, knows: readonly string[] = [ID], refusal?: Error) {
  const variables = new Map<string, string>();
  const action = async (what: string, headers: readonly Header[] = []): Promise<AmiMessage> => {
    const { Channel = '', Variable = '' } = Object.fromEntries(headers);
    if (refusal !== undefined) throw refusal;
    if (what !== 'Getvar' || !knows.includes(Channel)) throw new AmiActionError('No such channel');
    const answer = { Response: 'Success', Variable, Value: variables.get(Variable) ?? '' };
    return new AmiMessage(Object.keys(answer), Object.values(answer));
  };
  const client = { ready: true, action, list: () => Promise.reject(new Error('It is not asked.')) };
  const mark = async (variable: string, value: string): Promise<void> => {
    variables.set(variable, value);
  };
  return { name, client, mark };
}

const one = asteriskOf('one');
const two = asteriskOf('two');
/** What comes of a survey on a channel of an Asterisk. */
const find = async (
  { mark }: Pick<typeof one, 'mark'>,
  calls: readonly Call[],
  asterisks: readonly (typeof one)[],
): Promise<unknown> =>
  surveyedCall({ linkedId: ID, uniqueId: ID, mark }, { calls, asterisks }).then(
    (call) => call?.id,
    (error: unknown) => Reflect.get(Object(error), 'code'),
  );
const noMark = { mark: () => Promise.reject(new Error('Nothing needs a mark.')) };

describe('the call of a survey', () => {
  test('of one Asterisk is found by its id alone', async () => {
    expect(await find(noMark, [callOf('one')], [one])).toBe(`one-${ID}`);
    expect(await find(noMark, [callOf('one', '9.9')], [one])).toBeUndefined();
    expect(await find(noMark, [], [one, two])).toBeUndefined();
  });

  test.each([one, two])('of two with the same id is that of the one that asks', async (asking) => {
    const calls = [callOf('one'), callOf('two')];
    expect(await find(asking, calls, [one, two])).toBe(`${asking.name}-${ID}`);
    expect(await find(asking, calls.toReversed(), [one, two])).toBe(`${asking.name}-${ID}`);
  });

  test('is none where the one that asks has no call that is known, and another one has its id', async () => {
    expect(await find(two, [callOf('one')], [one, two])).toBe('SURVEY_UNBOUND');
    expect(await find(two, [callOf('one')], [asteriskOf('one', []), two])).toBe('SURVEY_UNBOUND');
  });

  test('is found though another one cannot be asked, and is none where its own cannot', async () => {
    const mute = asteriskOf('one', [ID], new AmiRightsError('It may not.'));
    const calls = [callOf('one'), callOf('two')];
    expect(await find(two, calls, [mute, two])).toBe(`two-${ID}`);
    expect(await find(mute, calls, [mute, two])).toBe('SURVEY_UNBOUND');
  });
});
