import { paint, wantsColour, type Colour } from '../util/colour.ts';
import { ConfigError, requireDatabase, type LoadedConfig } from '../config/load.ts';
import { CHECK_NAMES, type CheckResult, type CheckState } from '../doctor/check.ts';
import { diagnose } from '../doctor/doctor.ts';
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

const NAME_WIDTH = 14;
const STATE_WIDTH = 7;

/**
 * Checks everything a call depends on, and prints a line and a remedy each, as soon as it is known.
 *
 * @param load reads the configuration, which is the first thing to check
 * @returns the exit status: good when nothing failed, usage when the configuration cannot be used
 */
export async function doctor(load: () => LoadedConfig, json: boolean): Promise<number> {
  const results: CheckResult[] = [];
  const colour = wantsColour(process.stdout, process.env['NO_COLOR']);
  const isLive = process.stdout.isTTY && !json;
  const tell = (result: CheckResult): void => {
    results.push(result);
    if (isLive) process.stdout.write(ERASE_LINE);
    if (!json) process.stdout.write(formatCheck(result, colour));
    if (isLive) announce();
  };
  // Some checks take seconds: who waits at a terminal sees for what.
  const announce = (): void => {
    const next = CHECK_NAMES[results.length];
    if (next !== undefined) process.stdout.write(`${'...'.padEnd(STATE_WIDTH)}  ${next}`);
  };

  let status: number = EXIT.good;
  try {
    const loaded = load();
    requireDatabase(loaded);
    if (isLive) announce();
    for await (const result of diagnose(loaded)) tell(result);
    const failed = results.filter(({ state }) => state === 'fail');
    if (failed.length > 0) status = failed[0]?.name === 'configuration' ? EXIT.usage : EXIT.failed;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    tell({
      name: 'configuration',
      state: 'fail',
      message: error.message,
      remedy: 'Everything else depends on it: mend it and ask again.',
    });
    status = EXIT.usage;
  }
  if (isLive) process.stdout.write(ERASE_LINE);
  if (json)
    process.stdout.write(`${JSON.stringify({ ok: status === EXIT.good, checks: results }, null, 2)}\n`);
  else process.stdout.write(`\n${summary(results)}\n`);
  return status;
}

/** One line, and below it what to do. */
export function formatCheck({ name, state, message, remedy }: CheckResult, colour: boolean): string {
  const label = paint(state.padEnd(STATE_WIDTH), COLOURS[state], colour);
  const indent = ' '.repeat(STATE_WIDTH + NAME_WIDTH + 4);
  const advice = remedy === null || state === 'ok' ? '' : `${indent}> ${remedy}\n`;
  return `${label}  ${name.padEnd(NAME_WIDTH)}  ${message.replaceAll('\n', `\n${indent}`)}\n${advice}`;
}

function summary(results: readonly CheckResult[]): string {
  const count = (state: CheckState): number => results.filter((result) => result.state === state).length;
  return `${count('ok')} ok, ${plural(count('warn'), 'warning')}, ${count('fail')} failed, ${count('skipped')} skipped`;
}
