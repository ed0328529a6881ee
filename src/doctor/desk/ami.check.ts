import { AmiLoginError, AmiTlsError, excerpt } from '../../ami/errors.ts';
import type { Config } from '../../config/config.ts';
import { messageOf, systemCodeOf } from '../../util/errors.ts';
import { verbatim, type Text } from '../../util/language.ts';
import { fail, ok, warn, type Finding } from '../check.ts';
import { probeAmi, type AmiProbe } from './ami-probe.ts';
import { lookAtAmi, type AmiView } from './ami-view.ts';
import type { ManagerSettings } from './manager-settings.ts';
import { isThisMachine } from './this-machine.ts';

/** One Asterisk of the configuration. */
export type AsteriskSection = Config['asterisk'][number];

/** What was found out about AMI, and what a session of ours saw; null when there was none. */
export interface AmiFinding extends Finding {
  readonly view: AmiView | null;
}

const PROBE_MS = 3_000;

const RELOAD = 'asterisk -rx "manager reload"';

/**
 * Can the desk log in?
 *
 * @param secret as it stands in `secretFile`
 * @param settings what the console of this Asterisk tells; null when it cannot be asked
 * @param probe looks at the address before anybody logs in
 */
export async function checkAmi(
  section: AsteriskSection,
  secret: string,
  settings: ManagerSettings | null,
  probe = probeAmi,
): Promise<AmiFinding> {
  const { host, port, username, secretFile, tls } = section;
  if (secret === '') return none(emptySecret(secretFile));
  // A port of TLS says nothing before it is spoken to.
  if (!tls) {
    const found = await probe(host, port, PROBE_MS);
    if (found.state !== 'ami') return none(notAmi(section, found, await isThisMachine(host)));
  }
  try {
    const view = await lookAtAmi({ host, port, username, secret, ...(tls && { tls: {} }) });
    const message = {
      en: `${username} logs in on ${whereOf(section)}.`,
      ru: `${username} входит в AMI на ${whereOf(section)}.`,
    };
    return { ...ok(message), view };
  } catch (error) {
    if (error instanceof AmiLoginError) return none(refused(section, settings, error));
    if (error instanceof AmiTlsError) return none(withoutTls(section, error));
    return none(broken(section, error));
  }
}

const none = (finding: Finding): AmiFinding => ({ ...finding, view: null });

export function whereOf({ host, port }: Pick<AsteriskSection, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function emptySecret(path: string): Finding {
  return fail(
    { en: `${path} is empty: there is no secret.`, ru: `Файл ${path} пуст: секрета нет.` },
    {
      en: `Write the secret of manager.conf into it: sudo tee ${path} >/dev/null, then the secret, Enter, Ctrl-D.`,
      ru: `Впишите в него секрет из manager.conf: sudo tee ${path} >/dev/null, затем секрет, Enter, Ctrl-D.`,
    },
  );
}

const WHERE_IT_IS: Text = {
  en: `Does Asterisk run? In [general] of manager.conf: enabled = yes, and port as in asterisk.port; then ${RELOAD}.`,
  ru: `Запущен ли Asterisk? В [general] файла manager.conf: enabled = yes и port, как в asterisk.port; затем ${RELOAD}.`,
};

/** `bindaddr = 127.0.0.1`, as in the sample, lets in nobody from another machine. */
const WHERE_IT_IS_THERE: Text = {
  en: `On that machine: does Asterisk run? In [general] of manager.conf: enabled = yes, port as in asterisk.port, and bindaddr an address of that machine which this one reaches, not 127.0.0.1; then ${RELOAD}. docs/two-servers.md has it step by step.`,
  ru: `На той машине: запущен ли Asterisk? В [general] файла manager.conf: enabled = yes, port, как в asterisk.port, и bindaddr — адрес той машины, доступный отсюда, а не 127.0.0.1; затем ${RELOAD}. По шагам — в docs/two-servers.md.`,
};

function notAmi(
  section: AsteriskSection,
  found: Exclude<AmiProbe, { state: 'ami' }>,
  isHere: boolean | null,
): Finding {
  const where = whereOf(section);
  switch (found.state) {
    case 'error':
      return noConnection(section, found.code, isHere);
    case 'no answer':
      return fail(
        {
          en: `${where} does not answer: what is sent there is dropped on the way.`,
          ru: `${where} не отвечает: пакеты теряются по дороге.`,
        },
        {
          en: 'A firewall is in between: let this machine, and no other, reach that port.',
          ru: 'На пути файрвол: откройте этот порт для этой машины, и только для неё.',
        },
      );
    case 'silent':
      return fail(
        {
          en: `${where} accepts connections and says nothing.`,
          ru: `${where} принимает соединения и молчит.`,
        },
        {
          en: 'Is it the port of tlsbindaddr? Then asterisk.tls: true. Otherwise Asterisk is frozen: does asterisk -rx "core show uptime" answer?',
          ru: 'Это порт из tlsbindaddr? Тогда asterisk.tls: true. Иначе Asterisk завис: отвечает ли asterisk -rx "core show uptime"?',
        },
      );
    case 'closed':
      return fail(
        {
          en: `${where} closes the connection without a word.`,
          ru: `${where} закрывает соединение, ничего не сказав.`,
        },
        {
          en: 'Too many connections wait for their login (authlimit in manager.conf), or another program has the port.',
          ru: 'Слишком много соединений ждут входа (authlimit в manager.conf), или порт занят другой программой.',
        },
      );
    case 'other': {
      const begins = excerpt(found.begins.trim());
      return fail(
        { en: `${where} is no AMI: it says ${begins}.`, ru: `На ${where} не AMI: в ответ пришло ${begins}.` },
        {
          en: 'Set asterisk.port to the port of manager.conf, 5038.',
          ru: 'Укажите в asterisk.port порт из manager.conf, обычно 5038.',
        },
      );
    }
  }
}

function noConnection(section: AsteriskSection, code: string, isHere: boolean | null): Finding {
  const where = whereOf(section);
  const { host } = section;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return fail(
      { en: `There is no host ${host} (${code}).`, ru: `Хост ${host} не найден (${code}).` },
      {
        en: `Write asterisk.host right, or as an address; getent hosts ${host} shows what this machine knows.`,
        ru: `Исправьте asterisk.host или укажите адрес; что знает эта машина, покажет getent hosts ${host}.`,
      },
    );
  }
  if (code === 'ECONNREFUSED') {
    return fail(
      { en: `Nobody listens on ${where}.`, ru: `На ${where} никто не принимает соединения.` },
      isHere === false ? WHERE_IT_IS_THERE : WHERE_IT_IS,
    );
  }
  return fail(
    { en: `${where} cannot be reached (${code}).`, ru: `До ${where} не добраться (${code}).` },
    {
      en: `Is the machine on, and in the same network? ip route get ${host} shows the way.`,
      ru: `Включена ли та машина, в той же ли она сети? Путь покажет ip route get ${host}.`,
    },
  );
}

function refused(
  { username, secretFile }: AsteriskSection,
  settings: ManagerSettings | null,
  error: AmiLoginError,
): Finding {
  const user = settings?.users.find(({ name }) => name === username);
  if (user?.isInUse === true || error.message.includes('Login Already In Use')) {
    // Mostly it is the desk that is logged in; a session that hangs would keep it out as well.
    return warn(
      {
        en: `${username} is logged in already, and Asterisk allows that once (allowmultiplelogin = no): no more can be seen.`,
        ru: `${username} уже вошёл, а второй раз Asterisk не пускает (allowmultiplelogin = no): больше ничего не видно.`,
      },
      {
        en: `Set allowmultiplelogin = yes in manager.conf, or give the desk a user of its own; then ${RELOAD}.`,
        ru: `Укажите в manager.conf allowmultiplelogin = yes или заведите отдельного пользователя; затем ${RELOAD}.`,
      },
    );
  }
  const message: Text = {
    en: `Asterisk refuses the login of ${username}.`,
    ru: `Asterisk не принимает вход ${username}.`,
  };
  if (settings !== null && user === undefined) {
    return fail(message, {
      en: `It has no such user: write [${username}] into manager.conf as dialplan-examples/manager.conf has it, then ${RELOAD}.`,
      ru: `Такого пользователя нет: добавьте в manager.conf раздел [${username}], как в dialplan-examples/manager.conf, затем ${RELOAD}.`,
    });
  }
  return fail(message, {
    en: `Is the secret of [${username}] in manager.conf that of ${secretFile}, and does its permit let this machine in? Asterisk's log says which. After a change: ${RELOAD}.`,
    ru: `Совпадает ли secret в [${username}] файла manager.conf с ${secretFile}, пускает ли permit эту машину? Причина — в логе Asterisk. После правки: ${RELOAD}.`,
  });
}

function withoutTls(section: AsteriskSection, error: AmiTlsError): Finding {
  const where = whereOf(section);
  const why = systemCodeOf(error.cause) ?? 'closed';
  return fail(
    { en: `No TLS with ${where} (${why}).`, ru: `Нет TLS с ${where} (${why}).` },
    {
      en: 'Is it the port of tlsbindaddr, and the certificate made out to asterisk.host? NODE_EXTRA_CA_CERTS names a file with the authority of your own.',
      ru: 'Порт из tlsbindaddr? Сертификат выписан на asterisk.host? Файл со своим центром сертификации называет NODE_EXTRA_CA_CERTS.',
    },
  );
}

function broken(section: AsteriskSection, error: unknown): Finding {
  return fail(verbatim(messageOf(error)), {
    en: `Does Asterisk work (asterisk -rx "core show uptime"), and is ${whereOf(section)} its AMI?`,
    ru: `Работает ли Asterisk (asterisk -rx "core show uptime") и на ${whereOf(section)} ли его AMI?`,
  });
}
