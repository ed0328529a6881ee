import { randomUUID } from 'node:crypto';
import { AmiActionError } from '../ami/errors.ts';
import { asteriskAway, type CallingAsterisk } from '../calling/asterisk.ts';
import { Deadline } from '../calling/deadline.ts';
import type { Call } from '../calls/call.ts';
import { SurveyUnboundError } from '../survey/errors.ts';
import type { AskingChannel } from '../survey/survey.script.ts';

/** The caller hears nothing meanwhile. In ms. */
const PROOF_MS = 1500;
const MARK = 'COURIER_SURVEY_MARK';

interface Followed {
  /** The calls that last, of every Asterisk. */
  readonly calls: readonly Call[];
  readonly asterisks: readonly Pick<CallingAsterisk, 'name' | 'client'>[];
}

/**
 * The call that a channel over AGI belongs to. Ids are unique within one Asterisk, and AGI does not say which one asks:
 * of several, it is the one where the channel has the mark that it was just given.
 *
 * @returns undefined: no such call is known
 * @throws {SurveyUnboundError} calls have this id, and none is known to be the one
 */
export async function surveyedCall(
  { linkedId, uniqueId, mark }: AskingChannel,
  { calls, asterisks }: Followed,
): Promise<Call | undefined> {
  const candidates = calls.filter(({ linkedIds }) => linkedIds.includes(linkedId));
  if (asterisks.length < 2 || candidates.length === 0) return candidates[0];
  const value = randomUUID();
  await mark(MARK, value);
  const deadline = new Deadline(PROOF_MS);
  let problem: unknown;
  for (const call of candidates) {
    const asterisk = asterisks.find(({ name }) => name === call.asterisk);
    try {
      if (asterisk === undefined) throw asteriskAway();
      const headers = [
        ['Channel', uniqueId],
        ['Variable', MARK],
      ] as const;
      const answer = await deadline.within(asterisk.client.action('Getvar', headers), asteriskAway);
      if (answer.get('Value') === value) return call;
    } catch (error) {
      // It has no such channel: the call is none of its own.
      if (!(error instanceof AmiActionError)) problem = error;
    }
  }
  throw new SurveyUnboundError(
    'A caller was not asked: which Asterisk they are on is not known, and a call of another one has the same id.',
    { cause: problem },
  );
}
