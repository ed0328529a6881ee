import { closest, distance } from 'fastest-levenshtein';
import { join } from 'node:path';
import type { Text } from '../../util/language.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import { look, may, READ, userByName, type ServiceUser } from '../service-user.ts';
import type { AskAsterisk } from './console.ts';
import { DEFAULT_PORT, isLoaded, judgeCalledPort, RELOAD } from './sample-context.ts';

const SAMPLE = 'courier-route.conf';
const CONTEXT = 'courier-route';

/** A name that differs by no more is a slip of the pen. */
const MAX_SLIPS = 3;

/**
 * Is the sample dialplan loaded, will it be after a restart, does anything call it, and does it call our port?
 *
 * @param port `listen.port`
 * @param hasDeskAlone see `DialplanView`
 */
export async function checkDialplan(ask: AskAsterisk, port: number, hasDeskAlone: boolean): Promise<Finding> {
  const settings = await ask('core show settings');
  return judgeDialplan({
    context: await ask(`dialplan show ${CONTEXT}`),
    dialplan: await ask('dialplan show'),
    globals: await ask('dialplan show globals'),
    file: examineFile(settings),
    port,
    hasDeskAlone,
  });
}

/** The file with the sample, where Asterisk looks for it. */
export interface SampleFile {
  readonly path: string;
  readonly exists: boolean;
  /** Whom Asterisk runs as. */
  readonly user: string;
  readonly mayBeRead: boolean;
}

/** @param settings what `core show settings` printed */
export function examineFile(
  settings: string,
  findUser: (name: string) => ServiceUser | null = userByName,
): SampleFile {
  const get = (name: string): string => new RegExp(`^ *${name}: +(\\S+)`, 'm').exec(settings)?.[1] ?? '';
  const path = join(get('Configuration directory') || '/etc/asterisk', SAMPLE);
  // `asterisk/asterisk`; a slash alone when it runs as whoever started it.
  const name = get('User name and group').split('/')[0] || 'root';
  const stats = look(path);
  const user = findUser(name);
  return {
    path,
    exists: stats !== undefined,
    user: name,
    mayBeRead: stats !== undefined && (user === null || may(user, READ, stats)),
  };
}

export interface DialplanView {
  /** What `dialplan show courier-route` printed. */
  readonly context: string;
  /** What `dialplan show` printed. */
  readonly dialplan: string;
  /** What `dialplan show globals` printed. */
  readonly globals: string;
  readonly file: SampleFile;
  /** `listen.port` */
  readonly port: number;
  /** This machine may be there for the desk alone: it has one, and no router runs here. */
  readonly hasDeskAlone: boolean;
}

export function judgeDialplan(view: DialplanView): Finding {
  const { context, dialplan, file, hasDeskAlone } = view;
  if (!isLoaded(CONTEXT, context)) {
    // A dialplan of one's own may do without the sample.
    if (asksUs(view)) return ok(OWN_DIALPLAN);
    return hasDeskAlone && !file.exists ? NOT_NEEDED : notLoaded(file);
  }
  // What is loaded stays until the next restart, whatever became of its file.
  const fromFile = context.includes(`[${SAMPLE}:`);
  return (
    (fromFile && !file.mayBeRead ? goneAfterRestart(file) : null) ??
    judgeUrl(view) ??
    judgeCalls(dialplan) ??
    ok({
      en: `Asterisk has loaded the context ${CONTEXT}, and the dialplan calls it.`,
      ru: `Контекст ${CONTEXT} загружен, диалплан его вызывает.`,
    })
  );
}

/** Other programs are asked over FastAGI as well, such as Superfecta for names. */
function asksUs({ dialplan, port }: DialplanView): boolean {
  const urls = dialplan.matchAll(/AGI\((h?)agi:\/\/(?:\[[^\]]*\]|[^/:?,)]*)(?::(\d+))?([^,)]*)/gi);
  return [...urls].some(([, searched = '', its, path = '']) => {
    if (/^\/route\b/.test(path)) return true;
    // Without a name it is the router's only at its own port; hagi finds that by itself.
    const isOurs = searched !== '' || Number(its ?? DEFAULT_PORT) === port;
    return isOurs && /^\/?(?:\?|$)/.test(path);
  });
}

const OWN_DIALPLAN: Text = {
  en: `The dialplan calls AGI() without the context ${CONTEXT}.`,
  ru: `Диалплан вызывает AGI() без контекста ${CONTEXT}.`,
};

const NOT_NEEDED = skipped(
  {
    en: `The dialplan has no context ${CONTEXT}, and no router runs here.`,
    ru: `В диалплане нет контекста ${CONTEXT}, и маршрутизатор здесь не запущен.`,
  },
  {
    en: `Good if nobody routes the calls. Otherwise copy dialplan-examples/${SAMPLE}: README.md.`,
    ru: `Так и должно быть, если звонки никто не распределяет. Иначе скопируйте dialplan-examples/${SAMPLE}: README.ru.md.`,
  },
);

function notLoaded(file: SampleFile): Finding {
  const { path, user, exists, mayBeRead } = file;
  const message = {
    en: `The dialplan has no context ${CONTEXT}`,
    ru: `В диалплане нет контекста ${CONTEXT}`,
  };
  if (!exists) {
    return warn(
      { en: `${message.en}, and there is no ${path}.`, ru: `${message.ru}, и нет файла ${path}.` },
      {
        en: `Copy dialplan-examples/${SAMPLE} there, include it in extensions.conf, then: ${RELOAD}`,
        ru: `Скопируйте туда dialplan-examples/${SAMPLE}, подключите его в extensions.conf, затем: ${RELOAD}`,
      },
    );
  }
  if (!mayBeRead) {
    return warn(
      {
        en: `${message.en}: ${path} is there, but the user ${user} may not read it.`,
        ru: `${message.ru}: файл ${path} есть, но пользователь ${user} не может его прочитать.`,
      },
      readable(file),
    );
  }
  return warn(
    {
      en: `${message.en}, although ${path} is there.`,
      ru: `${message.ru}, хотя файл ${path} есть.`,
    },
    {
      en: `Include it in extensions.conf: #tryinclude "${SAMPLE}", then: ${RELOAD}`,
      ru: `Подключите его в extensions.conf: #tryinclude "${SAMPLE}", затем: ${RELOAD}`,
    },
  );
}

function readable({ path, user }: SampleFile): Text {
  const commands = `chown ${user}: ${path}; chmod 640 ${path}; ${RELOAD}`;
  return { en: commands, ru: commands };
}

/** The trap of #include: nobody notices until Asterisk is restarted, and then no call gets anywhere. */
function goneAfterRestart(file: SampleFile): Finding {
  const { path, user, exists } = file;
  return warn(
    exists
      ? {
          en: `The context ${CONTEXT} is loaded, but the user ${user} may not read ${path} any more: after a restart of Asterisk it is gone, and with #include the whole dialplan.`,
          ru: `Контекст ${CONTEXT} загружен, но пользователь ${user} больше не может прочитать ${path}: после перезапуска Asterisk его не будет, а с #include — и всего диалплана.`,
        }
      : {
          en: `The context ${CONTEXT} is loaded, but ${path} is not there any more: after a restart of Asterisk it is gone, and with #include the whole dialplan.`,
          ru: `Контекст ${CONTEXT} загружен, но файла ${path} больше нет: после перезапуска Asterisk контекста не будет, а с #include — и всего диалплана.`,
        },
    exists
      ? readable(file)
      : {
          en: `Copy dialplan-examples/${SAMPLE} there again, and include it with #tryinclude.`,
          ru: `Скопируйте туда dialplan-examples/${SAMPLE} снова и подключите его через #tryinclude.`,
        },
  );
}

function judgeUrl({ context: shown, globals, port }: DialplanView): Finding | null {
  const script = { context: CONTEXT, global: 'COURIER_ROUTER', script: 'route', key: 'listen.port' };
  return judgeCalledPort({ ...script, shown, globals, port });
}

/** A subroutine that nothing calls routes nobody, and all looks well. */
function judgeCalls(dialplan: string): Finding | null {
  const calls = [...dialplan.matchAll(/Gosub(?:If)?\((.*)\)/gi)].map(([, target = '']) => target);
  if (calls.some((target) => new RegExp(`(^|[?,:(])${CONTEXT},`).test(target))) return null;
  const names = calls.flatMap((target) => [...target.matchAll(/[\w-]+(?=,)/g)].map(([name]) => name));
  const nearest = names.length === 0 ? '' : closest(CONTEXT, names);
  const slip = distance(CONTEXT, nearest) <= MAX_SLIPS ? nearest : null;
  const remedy = {
    en: `In the context of incoming calls, before the operators: Gosub(${CONTEXT},s,1), then: ${RELOAD}`,
    ru: `В контексте входящих звонков, перед операторами: Gosub(${CONTEXT},s,1), затем: ${RELOAD}`,
  };
  if (slip === null) {
    return warn(
      {
        en: `Nothing in the dialplan calls ${CONTEXT}: every call goes to the operators.`,
        ru: `Диалплан нигде не вызывает ${CONTEXT}: все звонки идут операторам.`,
      },
      remedy,
    );
  }
  return warn(
    {
      en: `The dialplan calls ${slip}, and never ${CONTEXT}: is that a slip of the pen?`,
      ru: `Диалплан вызывает ${slip}, а ${CONTEXT} — ни разу: не опечатка ли?`,
    },
    remedy,
  );
}
