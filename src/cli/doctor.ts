import { paint, wantsColour, type Colour } from '../util/colour.ts';
import { ConfigError, requireDatabase, type LoadedConfig } from '../config/load.ts';
import {
  CHECK_NAMES,
  checkNames,
  type CheckName,
  type CheckResult,
  type CheckState,
} from '../doctor/check.ts';
import { diagnose } from '../doctor/doctor.ts';
import { verbatim, type Language, type Text } from '../util/language.ts';
import { plural } from '../util/plural.ts';
import { EXIT } from './exit.ts';

const COLOURS: Readonly<Record<CheckState, Colour>> = {
  ok: 'green',
  warn: 'yellow',
  fail: 'red',
  skipped: 'grey',
};

/** Of what stands in the cursor's line. */
const ERASE_LINE = '\r\u001B[K';

/** What fails here is mended in the configuration: neither server nor desk would start. */
const OF_CONFIGURATION: readonly CheckName[] = ['configuration', 'files'];

const NAME_WIDTH = 14;
const STATE_WIDTH = 8;

/**
 * Checks everything a call depends on, and prints a line and a remedy each, as soon as it is known.
 *
 * @param load reads the configuration, which is the first thing to check
 * @returns the exit status: good when nothing failed, usage when the configuration cannot be used
 */
export async function doctor(
  load: () => LoadedConfig,
  { json, language }: { readonly json: boolean; readonly language: Language },
): Promise<number> {
  const results: CheckResult[] = [];
  const colour = wantsColour(process.stdout, process.env['NO_COLOR']);
  const isLive = process.stdout.isTTY && !json;
  const tell = (result: CheckResult): void => {
    results.push(result);
    if (isLive) process.stdout.write(ERASE_LINE);
    if (!json) process.stdout.write(formatCheck(result, language, colour));
    if (isLive) announce();
  };
  // Some checks take seconds: who waits at a terminal sees for what.
  let names: readonly CheckName[] = CHECK_NAMES;
  const announce = (): void => {
    const next = names[results.length];
    if (next !== undefined) process.stdout.write(`${'...'.padEnd(STATE_WIDTH)}  ${next}`);
  };

  let status: number = EXIT.good;
  try {
    const loaded = load();
    requireDatabase(loaded);
    names = checkNames(loaded.config);
    if (isLive) announce();
    for await (const result of diagnose(loaded)) tell(result);
    const failed = results.filter(({ state }) => state === 'fail');
    if (failed.length > 0)
      status = failed.some(({ name }) => OF_CONFIGURATION.includes(name)) ? EXIT.usage : EXIT.failed;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    tell({
      name: 'configuration',
      state: 'fail',
      message: verbatim(error.message),
      remedy: {
        en: 'Fix this first; all other checks depend on it.',
        ru: 'Сначала исправьте это: от него зависят все остальные проверки.',
      },
    });
    status = EXIT.usage;
  }
  if (isLive) process.stdout.write(ERASE_LINE);
  if (json) {
    const checks = results.map((result) => toJson(result, language));
    process.stdout.write(`${JSON.stringify({ ok: status === EXIT.good, checks }, null, 2)}\n`);
  } else process.stdout.write(`\n${summary(results)[language]}\n`);
  return status;
}

function toJson({ message, remedy, ...rest }: CheckResult, language: Language): object {
  return { ...rest, message: message[language], remedy: remedy?.[language] ?? null };
}

const STATES_RU: Readonly<Record<CheckState, string>> = {
  ok: 'ok',
  warn: 'внимание',
  fail: 'ошибка',
  skipped: 'пропуск',
};

/** One line, and below it what to do. */
export function formatCheck(
  { name, state, message, remedy }: CheckResult,
  language: Language,
  colour: boolean,
): string {
  const word = language === 'ru' ? STATES_RU[state] : state;
  const label = paint(word.padEnd(STATE_WIDTH), COLOURS[state], colour);
  const indent = ' '.repeat(STATE_WIDTH + NAME_WIDTH + 4);
  const advice = remedy === null || state === 'ok' ? '' : `${indent}> ${remedy[language]}\n`;
  return `${label}  ${name.padEnd(NAME_WIDTH)}  ${message[language].replaceAll('\n', `\n${indent}`)}\n${advice}`;
}

function summary(results: readonly CheckResult[]): Text {
  const count = (state: CheckState): number => results.filter((result) => result.state === state).length;
  const [good, warnings, failed, left] = [count('ok'), count('warn'), count('fail'), count('skipped')];
  return {
    en: `${good} ok, ${plural(warnings, 'warning')}, ${failed} failed, ${left} skipped`,
    ru: `в порядке: ${good}, предупреждений: ${warnings}, ошибок: ${failed}, пропущено: ${left}`,
  };
}
