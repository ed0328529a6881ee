import { z } from 'zod';
import { addressList, host, hours, listOf, oneOf, text, wholeNumber } from './fields.ts';

/** A sound of Asterisk's, such as `custom/courier`, or its path; it goes into an AGI command. */
const prompt = text(
  'must be the name of a sound, without its ending, such as custom/courier',
  (value) => /^\/?[\w-]+(\/[\w-]+){0,9}$/.test(value) && value.length <= 100,
);

const question = z.strictObject({
  name: text('must be a name of 1 to 20 small letters, digits, _ and -', (value) =>
    /^[a-z0-9_-]{1,20}$/.test(value),
  ),
  prompt,
  about: oneOf('anybody', 'courier', 'operator').default('anybody'),
  max: wholeNumber(1, 9).default(5),
});

const questions = listOf(question, 'questions').refine(
  (all) => new Set(all.map(({ name }) => name)).size === all.length,
  { error: 'must give each question another name' },
);

/** Of `lowMark`, where nothing is said. */
const LOW_MARK = 2;

/** Without the section nobody is asked. */
export const surveySection = z
  .strictObject({
    host: host.default('127.0.0.1'),
    port: wholeNumber(0, 65_535).default(4574),
    allow: addressList.default(['127.0.0.1', '::1']),
    questions: questions.default([
      { name: 'courier', prompt: 'custom/survey-courier', about: 'courier', max: 5 },
      { name: 'operator', prompt: 'custom/survey-operator', about: 'operator', max: 5 },
    ]),
    greeting: prompt.optional(),
    thanks: prompt.optional(),
    wrongKey: prompt.optional(),
    answerSeconds: wholeNumber(1, 30).default(5),
    repeats: wholeNumber(0, 5).default(1),
    lowMark: wholeNumber(0, 9).default(LOW_MARK),
    hours: hours.default('09:00-21:00'),
  })
  .superRefine(({ lowMark, questions: all }, context) => {
    const most = Math.max(...all.map(({ max }) => max));
    // The default is low enough for questions with fewer keys, too.
    if (lowMark <= Math.max(most, LOW_MARK)) return;
    const message = `must be at most ${most}, the most that a question takes`;
    context.addIssue({ code: 'custom', message, path: ['lowMark'] });
  })
  .optional();
