import type { Config } from '../../config/config.ts';
import { openConsole, type AskAsterisk } from '../asterisk/console.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';

const SAMPLE = 'courier-call.conf';
const RELOAD = 'asterisk -rx "dialplan reload"';

/**
 * Does the dialplan know what to do with the calls that the desk makes?
 *
 * @param asteriskCommands see `openConsole`
 */
export async function checkCalls(
  calls: Config['calls'],
  asteriskCommands: readonly string[],
): Promise<Finding> {
  if (calls === undefined) {
    return skipped({
      en: 'There is no section calls: the desk makes none.',
      ru: 'Раздела calls нет: desk сам не звонит.',
    });
  }
  const access = await openConsole(asteriskCommands);
  if (access.state === 'open') return judgeCalls(calls.context, access.ask);
  return skipped(
    {
      en: `Asterisk cannot be asked for the context ${calls.context} from here.`,
      ru: `Отсюда нельзя спросить Asterisk о контексте ${calls.context}.`,
    },
    {
      en: 'Run doctor on the machine with Asterisk, as root or as the user asterisk.',
      ru: 'Запустите doctor на машине с Asterisk от имени root или asterisk.',
    },
  );
}

/** @param context `calls.context` */
export async function judgeCalls(context: string, ask: AskAsterisk): Promise<Finding> {
  for (const name of [context, `${context}-first`]) {
    const shown = await ask(`dialplan show ${name}`);
    if (shown.includes(`[ Context '${name}'`)) continue;
    return warn(
      {
        en: `The dialplan has no context ${name}: no call that the desk makes gets anywhere.`,
        ru: `В диалплане нет контекста ${name}: звонки, которые делает desk, никуда не попадут.`,
      },
      {
        en: `Copy dialplan-examples/${SAMPLE} beside extensions.conf, include it there: #tryinclude "${SAMPLE}", then: ${RELOAD}`,
        ru: `Скопируйте dialplan-examples/${SAMPLE} к extensions.conf, подключите в нём: #tryinclude "${SAMPLE}", затем: ${RELOAD}`,
      },
    );
  }
  return ok({
    en: `Asterisk has loaded the contexts ${context} and ${context}-first.`,
    ru: `Контексты ${context} и ${context}-first загружены.`,
  });
}
