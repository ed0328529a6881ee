import type { Config } from '../../config/config.ts';
import { openConsole, type AskAsterisk } from '../asterisk/console.ts';
import { calledUrl, portOf } from '../asterisk/dialplan.check.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import { openAgain, tellClosed, type DeskHealth } from './desk-health.ts';

type Section = NonNullable<Config['survey']>;

const CONTEXT = 'courier-survey';
const SAMPLE = 'courier-survey.conf';
const RELOAD = 'asterisk -rx "dialplan reload"';

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
  const access = await openConsole(asteriskCommands);
  if (access.state === 'open') return judgeSurvey(survey.port, access.ask);
  return skipped(
    {
      en: `Asterisk cannot be asked for the context ${CONTEXT} from here.`,
      ru: `Отсюда нельзя спросить Asterisk о контексте ${CONTEXT}.`,
    },
    {
      en: 'Run doctor on the machine with Asterisk, as root or as the user asterisk.',
      ru: 'Запустите doctor на машине с Asterisk от имени root или asterisk.',
    },
  );
}

/** @param port `survey.port` */
export async function judgeSurvey(port: number, ask: AskAsterisk): Promise<Finding> {
  const context = await ask(`dialplan show ${CONTEXT}`);
  if (!context.includes(`[ Context '${CONTEXT}'`)) {
    return warn(
      {
        en: `The dialplan has no context ${CONTEXT}: nobody is asked.`,
        ru: `В диалплане нет контекста ${CONTEXT}: никого не опросят.`,
      },
      {
        en: `Copy dialplan-examples/${SAMPLE} beside extensions.conf, include it there: #tryinclude "${SAMPLE}", then: ${RELOAD}`,
        ru: `Скопируйте dialplan-examples/${SAMPLE} к extensions.conf, подключите в нём: #tryinclude "${SAMPLE}", затем: ${RELOAD}`,
      },
    );
  }
  const url = calledUrl('COURIER_SURVEYOR', context, await ask('dialplan show globals'));
  const called = portOf(url);
  if (called === null || called === port) {
    return ok({
      en: `Asterisk has loaded the context ${CONTEXT}.`,
      ru: `Контекст ${CONTEXT} загружен.`,
    });
  }
  return warn(
    {
      en: `The context ${CONTEXT} calls ${url}, and survey.port is ${port}.`,
      ru: `Контекст ${CONTEXT} обращается к ${url}, а survey.port — ${port}.`,
    },
    {
      en: `Set the global COURIER_SURVEYOR=agi://127.0.0.1:${port}/survey in extensions.conf.`,
      ru: `Задайте в extensions.conf глобальную переменную COURIER_SURVEYOR=agi://127.0.0.1:${port}/survey.`,
    },
  );
}
