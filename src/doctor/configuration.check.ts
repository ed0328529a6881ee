import { faultyAddresses } from '../config/addresses.ts';
import type { LoadedConfig } from '../config/load.ts';
import { joined, verbatim } from '../util/language.ts';
import { configurationRemarks } from '../monitoring/configuration-status.ts';
import type { RunningServer } from './running-server.ts';
import { checkAreaCode } from './area-code.check.ts';
import { fail, ok, warn, type Finding } from './check.ts';

/** The configuration was read; is it one for real calls? */
export function checkConfiguration(loaded: LoadedConfig, running: RunningServer | null = null): Finding {
  const { config, file, databasePassword } = loaded;
  const { url, passwordFile } = config.database;
  if (file === null && url === undefined) {
    return warn(
      {
        en: 'There is no configuration: the demo database would be served, whose couriers do not exist.',
        ru: 'Файла настроек нет: сервер будет отвечать по демо-базе, курьеров которой не существует.',
      },
      {
        en: 'Copy deploy/courier-agi.yaml to /etc/courier-agi/courier-agi.yaml and set database.url.',
        ru: 'Скопируйте deploy/courier-agi.yaml в /etc/courier-agi/courier-agi.yaml и укажите database.url.',
      },
    );
  }
  const faults = faultyAddresses(loaded);
  if (faults.length > 0) {
    return fail(verbatim(faults.join('\n')), {
      en: 'Write mysql://user@host:3306/database, and the password apart.',
      ru: 'Пишите mysql://user@host:3306/database, а пароль — отдельно.',
    });
  }
  return (
    (passwordFile !== undefined && databasePassword === '' ? emptyPassword(passwordFile) : null) ??
    (running === null ? null : isNotInUse(running, file)) ??
    checkAreaCode(config.numbers) ??
    ok(
      file === null
        ? { en: 'Defaults, and $COURIER_AGI_DATABASE_URL.', ru: 'По умолчанию, и $COURIER_AGI_DATABASE_URL.' }
        : { en: `Read from ${file}.`, ru: `Прочитано из ${file}.` },
    )
  );
}

/** What the running server works with is not what this file says. */
function isNotInUse({ status }: RunningServer, file: string | null): Finding | null {
  const remarks = configurationRemarks(status.configuration, file);
  if (remarks.length === 0) return null;
  return warn(joined(remarks, '. '), {
    en: 'systemctl reload courier-agi, which says what is wrong; for listen, http and routing.deadlineMs: restart.',
    ru: 'systemctl reload courier-agi: команда назовёт ошибки; для listen, http и routing.deadlineMs нужен restart.',
  });
}

/** README has it made before it is filled. */
function emptyPassword(path: string): Finding {
  return warn(
    { en: `${path} is empty: there is no password.`, ru: `Файл ${path} пуст: пароля нет.` },
    {
      en: `Write the password of the database user into it: sudo tee ${path} >/dev/null, then the password, Enter, Ctrl-D.`,
      ru: `Впишите в него пароль пользователя базы: sudo tee ${path} >/dev/null, затем пароль, Enter, Ctrl-D.`,
    },
  );
}
