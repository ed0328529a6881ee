import { dirname } from 'node:path';
import type { LoadedConfig } from '../config/load.ts';
import { DatabaseUrlError, parseDatabaseUrl } from '../directory/mysql/database-url.ts';
import { joined, verbatim } from '../util/language.ts';
import { configurationRemarks } from '../monitoring/configuration-status.ts';
import type { RunningServer } from './running-server.ts';
import { hasUrlPassword } from '../util/url-password.ts';
import { checkAreaCode } from './area-code.check.ts';
import { fail, ok, warn, type Finding } from './check.ts';
import { ENTER, look, may, READ, type ServiceUser } from './service-user.ts';

const OTHERS_MAY_READ = 0o004;

/** The configuration was read; is it one for real calls, and does it keep its secrets? */
export function checkConfiguration(
  { config, file, databasePassword }: LoadedConfig,
  user: ServiceUser | null = null,
  running: RunningServer | null = null,
): Finding {
  const { url, passwordFile } = config.database;
  const secretFiles = secretFilesOf(config);
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
  const problem = url === undefined || url === 'demo:' ? null : problemOfUrl(url, databasePassword);
  if (problem !== null) {
    return fail(verbatim(problem), {
      en: 'Write mysql://user@host:3306/database, and the password apart.',
      ru: 'Пишите mysql://user@host:3306/database, а пароль — отдельно.',
    });
  }
  const secrets = [
    ...(file !== null && url !== undefined && hasUrlPassword(url) ? [file] : []),
    ...secretFiles,
  ];
  const read = [...(file === null ? [] : [file]), ...secretFiles];
  return (
    (passwordFile !== undefined && databasePassword === '' ? emptyPassword(passwordFile) : null) ??
    (user === null ? null : unreadable(read, user)) ??
    openToOthers(secrets) ??
    (running === null ? null : isNotInUse(running, file)) ??
    checkAreaCode(config.numbers) ??
    ok(
      file === null
        ? { en: 'Defaults, and $COURIER_AGI_DATABASE_URL.', ru: 'По умолчанию, и $COURIER_AGI_DATABASE_URL.' }
        : { en: `Read from ${file}.`, ru: `Прочитано из ${file}.` },
    )
  );
}

/** Every file with a password or secret that any section names, such as `asterisk.secretFile`. */
function secretFilesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const found = Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' && /(?:password|secret|key)File$/i.test(key) ? [inner] : secretFilesOf(inner),
  );
  return [...new Set(found)];
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

/** The folder counts as well: README makes /etc/courier-agi before there is a user to own it. */
function unreadable(paths: readonly string[], user: ServiceUser): Finding | null {
  const isClosed = (path: string, what: number): boolean => {
    const stats = look(path);
    return stats !== undefined && !may(user, what, stats);
  };
  const folders = [...new Set(paths.map((path) => dirname(path)))].filter((path) => isClosed(path, ENTER));
  const files = paths.filter((path) => isClosed(path, READ));
  const closed = [...folders, ...files];
  if (closed.length === 0) return null;
  const names = closed.join(' ');
  const remedies = [
    `chgrp ${user.name} ${names}`,
    ...(folders.length > 0 ? [`chmod 750 ${folders.join(' ')}`] : []),
    ...(files.length > 0 ? [`chmod 640 ${files.join(' ')}`] : []),
  ];
  return warn(
    {
      en: `User ${user.name}, whom the server runs as, may not read ${names}.`,
      ru: `Пользователь ${user.name}, от имени которого работает сервер, не может прочитать ${names}.`,
    },
    verbatim(remedies.join('; ')),
  );
}

function openToOthers(secrets: readonly string[]): Finding | null {
  const open = secrets.filter((path) => ((look(path)?.mode ?? 0) & OTHERS_MAY_READ) !== 0);
  if (open.length === 0) return null;
  const names = open.join(' ');
  return warn(
    {
      en: `Every user of this machine may read the password in ${names}.`,
      ru: `Пароль в ${names} может прочитать любой пользователь этой машины.`,
    },
    verbatim(`chgrp courier-agi ${names}; chmod 640 ${names}`),
  );
}

function problemOfUrl(url: string, password: string | undefined): string | null {
  try {
    parseDatabaseUrl(url, password);
    return null;
  } catch (error) {
    if (error instanceof DatabaseUrlError) return error.message;
    throw error;
  }
}
