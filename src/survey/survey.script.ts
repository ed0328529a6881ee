import type { AgiSession } from '../agi/session.ts';
import type { Call } from '../calls/call.ts';
import type { Script, ScriptRequest } from '../scripts/script.ts';
import { subjectOf, type Subject } from './subject.ts';
import type { Answer } from './survey.store.ts';

export interface Question {
  /** In answers; short. */
  readonly name: string;
  /** The sound that asks it, as Asterisk names it. */
  readonly prompt: string;
  /** Of whom it is asked: of whoever spoke last, or only when that was a courier or an operator. */
  readonly about: 'anybody' | 'courier' | 'operator';
  /** Keys 1 to this are answers. */
  readonly max: number;
}

/** Whose line it is. */
export interface AskingChannel {
  readonly linkedId: string;
  readonly uniqueId: string;
  /** Sets a variable of the channel. */
  readonly mark: (variable: string, value: string) => Promise<void>;
}

export interface SurveyScriptOptions {
  readonly questions: readonly Question[];
  readonly greeting?: string | undefined;
  readonly thanks?: string | undefined;
  /** Played before a question comes again because another key was pressed. */
  readonly wrongKey?: string | undefined;
  /** For a key after the question, in seconds. */
  readonly answerSeconds: number;
  /** How often a question is asked again when no answer came. */
  readonly repeats: number;
  /** The call of a channel, while it lasts. @throws {SurveyUnboundError} */
  readonly findCall: (channel: AskingChannel) => Promise<Call | undefined>;
  /** Whether this channel, `PJSIP/101-00000001`, is a telephone of our own: who called a colleague is not asked. */
  readonly isInside: (channel: string) => boolean;
  /** Whether they may be asked now; puts down that they are. */
  readonly ask: (subject: Subject) => Promise<boolean>;
  readonly onAnswer: (answer: Answer) => Promise<void>;
  /** A sound that Asterisk does not have. */
  readonly onMissingPrompt: (prompt: string) => void;
}

/** The longest that a survey can take: nobody stays on the line for ever, in ms. */
const DEADLINE_MS = 180_000;
/** A key that is pressed again so soon after it was an answer is none to the next question, in ms. */
const SAME_KEY_MS = 500;
/** Times it may be pressed again. */
const MOST_AGAIN = 5;

/**
 * `agi://host/survey?linkedid=${CHANNEL(linkedid)}`: asks whoever is on the line for marks, by keys. Each answer is
 * written as soon as it is there, so that one who hangs up midway has said what they said.
 */
export class SurveyScript implements Script {
  readonly parameters: readonly string[] = [];
  readonly deadlineMs = DEADLINE_MS;
  readonly #options: SurveyScriptOptions;

  constructor(options: SurveyScriptOptions) {
    this.#options = options;
  }

  async run(session: AgiSession, { environment, linkedId }: ScriptRequest): Promise<void> {
    const { questions, isInside, findCall, ask, onAnswer, greeting, thanks } = this.#options;
    if (isInside(environment.get('agi_channel') ?? '')) return;
    const { uniqueId } = environment;
    const call = await findCall({
      linkedId: linkedId === '' ? uniqueId : linkedId,
      uniqueId,
      mark: async (variable, value) => void (await session.command('setVariable', variable, value)),
    });
    const subject = call === undefined ? undefined : subjectOf(call);
    if (subject === undefined) return;
    const asked = questions.filter(({ about }) => about === 'anybody' || about === subject.about);
    if (asked.length === 0 || !(await ask(subject))) return;

    await this.#play(session, greeting);
    for (const [index, question] of asked.entries()) {
      if (index > 0) await this.#passOverSameKey(session);
      const value = await this.#answerTo(session, question);
      // Who says nothing does not want to be asked any more.
      if (value === undefined) return;
      await onAnswer(toAnswer(subject, question.name, value));
    }
    await this.#play(session, thanks);
  }

  /** @returns undefined when no answer came, however often it was asked */
  async #answerTo(session: AgiSession, { prompt, max }: Question): Promise<number | undefined> {
    const { answerSeconds, repeats, wrongKey, onMissingPrompt } = this.#options;
    for (let attempt = 0; attempt <= repeats; attempt += 1) {
      const { result, value } = await session.command('getData', prompt, answerSeconds * 1000, 1);
      if (result === '-1') {
        // It says so of a sound that is not there as of a line that is gone; the latter ends the session.
        onMissingPrompt(prompt);
        return undefined;
      }
      if (/^[1-9]$/.test(result) && Number(result) <= max) return Number(result);
      if (value !== 'timeout' || result !== '') await this.#play(session, wrongKey);
    }
    return undefined;
  }

  async #passOverSameKey(session: AgiSession): Promise<void> {
    for (let again = 0; again < MOST_AGAIN; again += 1) {
      const { result } = await session.command('waitForDigit', SAME_KEY_MS);
      // No key, or no line any more.
      if (Number(result) <= 0) return;
    }
  }

  async #play(session: AgiSession, sound: string | undefined): Promise<void> {
    if (sound === undefined) return;
    const { result } = await session.command('streamFile', sound, '');
    if (result === '-1') this.#options.onMissingPrompt(sound);
  }
}

function toAnswer(
  { call, shipment, order, courier, operator }: Subject,
  question: string,
  value: number,
): Answer {
  return {
    id: `${call} ${question}`,
    call_id: call,
    question,
    value,
    comment: null,
    at: Date.now(),
    shipment,
    order,
    courier,
    operator,
  };
}
