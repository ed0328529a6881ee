import type { Config } from '../../config/config.ts';
import type { AskAsterisk } from '../asterisk/console.ts';
import { isLoaded, lookInDialplan, notIncluded } from '../asterisk/sample-context.ts';
import { ok, skipped, type Finding } from '../check.ts';

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
  const { context } = calls;
  return lookInDialplan(context, asteriskCommands, (ask) => judgeCalls(context, ask));
}

/** @param context `calls.context` */
export async function judgeCalls(context: string, ask: AskAsterisk): Promise<Finding> {
  for (const name of [context, `${context}-first`]) {
    if (isLoaded(name, await ask(`dialplan show ${name}`))) continue;
    return notIncluded('courier-call.conf', {
      en: `The dialplan has no context ${name}: no call that the desk makes gets anywhere.`,
      ru: `В диалплане нет контекста ${name}: звонки, которые делает desk, никуда не попадут.`,
    });
  }
  return ok({
    en: `Asterisk has loaded the contexts ${context} and ${context}-first.`,
    ru: `Контексты ${context} и ${context}-first загружены.`,
  });
}
