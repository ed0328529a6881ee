import type { Config } from '../../config/config.ts';
import type { AskAsterisk } from '../asterisk/console.ts';
import { isLoaded, judgeCalledPort, lookInDialplan, notIncluded } from '../asterisk/sample-context.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import { openAgain, tellClosed, type DeskHealth } from './desk-health.ts';

type Section = NonNullable<Config['survey']>;

const CONTEXT = 'courier-survey';

/**
 * Can callers be asked for marks?
 *
 * @param running what a desk that runs tells of itself
 * @param asteriskCommands see `openConsole`
 */
export async function checkSurvey(
  survey: Section | undefined,
  running: DeskHealth | null,
  asteriskCommands: readonly string[],
): Promise<Finding> {
  if (survey === undefined) {
    return skipped({
      en: 'There is no section survey: nobody is asked.',
      ru: 'Раздела survey нет: опросов нет.',
    });
  }
  const closed = running?.closed.find(({ part }) => part === 'survey');
  if (closed !== undefined) return warn(tellClosed(closed), openAgain(closed));
  return lookInDialplan(CONTEXT, asteriskCommands, (ask) => judgeSurvey(survey.port, ask));
}

/** @param port `survey.port` */
export async function judgeSurvey(port: number, ask: AskAsterisk): Promise<Finding> {
  const shown = await ask(`dialplan show ${CONTEXT}`);
  if (!isLoaded(CONTEXT, shown)) {
    return notIncluded('courier-survey.conf', {
      en: `The dialplan has no context ${CONTEXT}: nobody is asked.`,
      ru: `В диалплане нет контекста ${CONTEXT}: никого не опросят.`,
    });
  }
  const called = {
    context: CONTEXT,
    shown,
    globals: await ask('dialplan show globals'),
    global: 'COURIER_SURVEYOR',
    script: 'survey',
    key: 'survey.port',
    port,
  };
  return (
    judgeCalledPort(called) ??
    ok({ en: `Asterisk has loaded the context ${CONTEXT}.`, ru: `Контекст ${CONTEXT} загружен.` })
  );
}
