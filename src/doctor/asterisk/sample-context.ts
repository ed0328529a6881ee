import type { Text } from '../../util/language.ts';
import { skipped, warn, type Finding } from '../check.ts';
import { openConsole, type AskAsterisk } from './console.ts';

/** Where a URL of FastAGI names none. res_agi.c: AGI_PORT */
export const DEFAULT_PORT = 4573;

export const RELOAD = 'asterisk -rx "dialplan reload"';

/**
 * A look at a context of the dialplan, where Asterisk can be asked.
 *
 * @param commands see `openConsole`
 */
export async function lookInDialplan(
  context: string,
  commands: readonly string[],
  judge: (ask: AskAsterisk) => Promise<Finding>,
): Promise<Finding> {
  const access = await openConsole(commands);
  if (access.state === 'open') return judge(access.ask);
  return skipped(
    {
      en: `Asterisk cannot be asked for the context ${context} from here.`,
      ru: `Отсюда нельзя спросить Asterisk о контексте ${context}.`,
    },
    {
      en: 'Run doctor on the machine with Asterisk, as root or as the user asterisk.',
      ru: 'Запустите doctor на машине с Asterisk от имени root или asterisk.',
    },
  );
}

/** @param shown what `dialplan show CONTEXT` says */
export function isLoaded(context: string, shown: string): boolean {
  return shown.includes(`[ Context '${context}'`);
}

/** A sample that has to be copied. @param message what its absence means */
export function notIncluded(sample: string, message: Text): Finding {
  return warn(message, {
    en: `Copy dialplan-examples/${sample} beside extensions.conf, include it there: #tryinclude "${sample}", then: ${RELOAD}`,
    ru: `Скопируйте dialplan-examples/${sample} к extensions.conf, подключите в нём: #tryinclude "${sample}", затем: ${RELOAD}`,
  });
}

/** Whom a sample asks. */
interface Called {
  readonly context: string;
  /** What `dialplan show` says of it. */
  readonly shown: string;
  /** What `dialplan show globals` says. */
  readonly globals: string;
  /** Wins over the address in the sample. */
  readonly global: string;
  readonly script: string;
  /** Key of the port, such as `survey.port`. */
  readonly key: string;
  readonly port: number;
}

/** @returns null when it calls our port, or one that SRV records tell */
export function judgeCalledPort({
  context,
  shown,
  globals,
  global,
  script,
  key,
  port,
}: Called): Finding | null {
  const set = new RegExp(`(?<=^\\s*${global}=)\\S+`, 'm').exec(globals);
  const [url = ''] = set ?? /agi:\/\/[^\s)]+/.exec(shown) ?? [];
  const called = Number(/^agi:\/\/(?:\[[^\]]*\]|[^/:]*)(?::(\d+))?/.exec(url)?.[1] ?? DEFAULT_PORT);
  if (!url.startsWith('agi://') || called === port) return null;
  return warn(
    {
      en: `The context ${context} calls ${url}, and ${key} is ${port}.`,
      ru: `Контекст ${context} обращается к ${url}, а ${key} — ${port}.`,
    },
    {
      en: `Set the global ${global}=agi://127.0.0.1:${port}/${script} in extensions.conf.`,
      ru: `Задайте в extensions.conf глобальную переменную ${global}=agi://127.0.0.1:${port}/${script}.`,
    },
  );
}
