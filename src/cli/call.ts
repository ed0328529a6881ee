import type { LoadedConfig } from '../config/load.ts';
import { openLoneCaller } from '../desk/lone-caller.ts';
import { openTestCall } from '../desk/test-calls.ts';
import type { NamedStep, Step, StepName } from '../doctor/test-call/step.ts';
import { paint, wantsColour, type Colour } from '../util/colour.ts';
import type { Language, Text } from '../util/language.ts';
import { EXIT } from './exit.ts';

const COLOURS: Readonly<Record<Step['state'], Colour>> = { ok: 'green', fail: 'red', skipped: 'grey' };

const NAMES: Readonly<Record<StepName, Text>> = {
  name: { en: 'host', ru: 'хост' },
  port: { en: 'port', ru: 'порт' },
  banner: { en: 'AMI', ru: 'AMI' },
  login: { en: 'login', ru: 'вход' },
  right: { en: 'right to call', ru: 'право звонить' },
  context: { en: 'dialplan', ru: 'диалплан' },
  trunk: { en: 'line', ru: 'линия' },
  'first rings': { en: 'first rings', ru: 'первый звонит' },
  'first answers': { en: 'first answers', ru: 'первый ответил' },
  'second rings': { en: 'second rings', ru: 'второй звонит' },
  'second answers': { en: 'second answers', ru: 'второй ответил' },
};

const STATE_WIDTH = 8;
const NAME_WIDTH = 16;

/**
 * Rings two telephones and prints a line for each rung, as soon as it is known. At the top the two talk, until they hang
 * up: the command ends.
 *
 * @returns the exit status: good when both have answered
 * @throws {CallRefusedError} one of them is no number
 * @throws {ConfigError} there is no Asterisk in it
 */
export async function call(
  { config }: LoadedConfig,
  from: string,
  to: string,
  { json, language }: { readonly json: boolean; readonly language: Language },
): Promise<number> {
  const caller = openLoneCaller(config);
  const steps: NamedStep[] = [];
  const colour = wantsColour(process.stdout, process.env['NO_COLOR']);
  try {
    for await (const step of openTestCall(config, { from, to }, caller)) {
      steps.push(step);
      if (!json) process.stdout.write(formatStep(step, language, colour));
    }
  } finally {
    await caller.stop();
  }
  const isGood = steps.every(({ state }) => state === 'ok');
  if (json) {
    const texts = steps.map(({ message, remedy, ...step }) => ({
      ...step,
      message: message[language],
      remedy: remedy?.[language] ?? null,
    }));
    process.stdout.write(`${JSON.stringify({ good: isGood, steps: texts }, null, 2)}\n`);
  }
  return isGood ? EXIT.good : EXIT.failed;
}

function formatStep({ name, state, message, remedy }: Step, language: Language, colour: boolean): string {
  const head = `${paint(state.padEnd(STATE_WIDTH), COLOURS[state], colour)}  ${NAMES[name][language].padEnd(NAME_WIDTH)}`;
  const indent = ' '.repeat(STATE_WIDTH + 2);
  const what = remedy === null ? '' : `${indent}→ ${remedy[language]}\n`;
  return `${head}  ${message[language]}\n${what}`;
}
