import { dirname } from 'node:path';
import type { Config } from '../config/config.ts';
import { isDemo } from '../config/load.ts';
import { joined, verbatim } from '../util/language.ts';
import { plural, pluralRu } from '../util/plural.ts';
import { ok, skipped, warn, type Finding } from './check.ts';
import { freeBytesOf, megabytes } from '../util/disk.ts';
import type { RunningServer } from './running-server.ts';
import { ENTER, look, may, READ, WRITE, type ServiceUser } from './service-user.ts';
import { closedAbove } from './way.ts';

/** Failed refreshes in a row that are not worth a word. */
const TOLERATED_REFRESHES = 3;

/** A snapshot of a small company, in bytes; one that is there tells better. */
const LEAST_SPACE = 1_000_000;

const SEE_LOG = {
  en: 'Look for "snapshot" in the log: journalctl -u courier-agi',
  ru: 'Ищите «snapshot» в логе: journalctl -u courier-agi',
};

/**
 * Would there be answers without the database, and how old? Only the running server knows. And can they be
 * kept over a restart?
 */
export function checkSnapshot(config: Config, running: RunningServer | null, user: ServiceUser): Finding {
  const { snapshot } = config;
  if (!snapshot.enabled) {
    return skipped({
      en: 'snapshot.enabled is false: nothing is remembered.',
      ru: 'Снимок выключен, snapshot.enabled — false: ничего не запоминается.',
    });
  }
  const state = checkAge(snapshot, running);
  const file =
    isDemo({ config }) || snapshot.file === undefined ? null : checkSnapshotFile(snapshot.file, user);
  if (file === null) return state;
  return warn(
    joined([file.message, state.message]),
    joined([file.remedy, state.remedy].filter((remedy) => remedy !== null)),
  );
}

function checkAge(snapshot: Config['snapshot'], running: RunningServer | null): Finding {
  if (running === null) {
    return skipped({
      en: 'The server does not run, or http.enabled is false: it has the snapshot.',
      ru: 'Сервер не запущен или http.enabled — false, а снимок знает только он.',
    });
  }
  const { directory } = running.status;
  if (directory === null) {
    return skipped({ en: 'The demo database needs no snapshot.', ru: 'Демо-базе снимок не нужен.' });
  }
  if (directory.snapshot === null && directory.taking !== null) {
    const { matches, seconds } = directory.taking;
    return skipped(
      {
        en: `The server is taking its first snapshot: ${plural(matches, 'match', 'matches')} in ${seconds} s.`,
        ru: `Сервер делает первый снимок: ${pluralRu(matches, 'запись', 'записи', 'записей')} за ${seconds} с.`,
      },
      { en: 'Ask again in a minute.', ru: 'Повторите через минуту.' },
    );
  }
  if (directory.snapshot === null) {
    return warn(
      {
        en: 'The server has no snapshot that is new enough: without the database every call goes to the operators.',
        ru: 'У сервера нет достаточно свежего снимка: без базы все звонки уйдут операторам.',
      },
      SEE_LOG,
    );
  }
  const { numbers, ageSeconds } = directory.snapshot;
  const age = Math.round(ageSeconds);
  const message = {
    en: `The snapshot knows ${plural(numbers, 'number')} and is ${age} s old.`,
    ru: `В снимке ${pluralRu(numbers, 'номер', 'номера', 'номеров')}, ему ${age} с.`,
  };
  if (directory.snapshot.isPartial) {
    const damaged = {
      en: 'A part of it is lost, since its file was damaged: without the database, whom it does not know goes to the operators. A whole one replaces it as soon as the database answers.',
      ru: 'Часть снимка потеряна: его файл повреждён. Пока базы нет, звонки тех, кого в нём нет, уходят операторам. Полный снимок появится, как только база ответит.',
    };
    return warn(joined([message, damaged]), SEE_LOG);
  }
  if (ageSeconds <= snapshot.refreshSeconds * TOLERATED_REFRESHES) return ok(message);
  const due = {
    en: `It is due every ${snapshot.refreshSeconds} s.`,
    ru: `Он должен обновляться каждые ${snapshot.refreshSeconds} с.`,
  };
  return warn(joined([message, due]), SEE_LOG);
}

/**
 * Can the server keep its snapshot there?
 *
 * @param path `snapshot.file`
 * @param freeBytes of the file system that a folder is on
 * @returns null when it can
 */
export function checkSnapshotFile(
  path: string,
  user: ServiceUser,
  freeBytes: (folder: string) => number = freeBytesOf,
): Finding | null {
  const folder = dirname(path);
  return checkFolder(path, folder, user) ?? checkFile(path, user) ?? checkSpace(path, freeBytes(folder));
}

function checkFolder(path: string, folder: string, user: ServiceUser): Finding | null {
  const closed = closedAbove(folder, user);
  if (closed !== undefined) {
    return warn(
      {
        en: `User ${user.name} may not enter ${describe(closed)}, and snapshot.file is below it.`,
        ru: `Пользователь ${user.name} не может войти в ${describe(closed)}, где лежит snapshot.file.`,
      },
      {
        en: `chmod o+x ${closed}, or set snapshot.file to a path below /var/lib/courier-agi.`,
        ru: `chmod o+x ${closed} или укажите в snapshot.file путь внутри /var/lib/courier-agi.`,
      },
    );
  }
  const stats = look(folder);
  if (stats === undefined) {
    return warn(
      {
        en: `The folder ${folder} of snapshot.file does not exist. The server will create it if it is allowed to. Check the path.`,
        ru: `Каталога ${folder} для snapshot.file нет. Сервер создаст его, если хватит прав. Проверьте путь.`,
      },
      verbatim(`install -d -m 750 -o ${user.name} ${folder}`),
    );
  }
  if (!stats.isDirectory()) {
    return warn(
      {
        en: `${folder} is no folder, and snapshot.file is below it.`,
        ru: `${folder} — не каталог, а snapshot.file указывает внутрь него.`,
      },
      { en: 'Set snapshot.file to another path.', ru: 'Укажите в snapshot.file другой путь.' },
    );
  }
  if (!may(user, WRITE | ENTER, stats)) {
    return warn(
      {
        en: `User ${user.name} may not write into ${describe(folder)}: the snapshot does not outlive a restart.`,
        ru: `Пользователь ${user.name} не может писать в ${describe(folder)}: снимок не переживёт перезапуска.`,
      },
      {
        en: `chown ${user.name} ${folder}; the systemd service does so for /var/lib/courier-agi when it starts.`,
        ru: `chown ${user.name} ${folder}; для /var/lib/courier-agi служба systemd делает это сама при запуске.`,
      },
    );
  }
  const file = look(path);
  if (file?.isDirectory() !== true) return null;
  return warn(
    { en: `snapshot.file ${path} is a folder.`, ru: `snapshot.file ${path} — каталог, а не файл.` },
    { en: `Name a file in it: ${path}/snapshot`, ru: `Укажите файл в нём: ${path}/snapshot` },
  );
}

function checkFile(path: string, user: ServiceUser): Finding | null {
  const file = look(path);
  if (file === undefined || may(user, READ, file)) return null;
  return warn(
    {
      en: `User ${user.name} may not read ${describe(path)}: after a restart there is no snapshot until one is taken.`,
      ru: `Пользователь ${user.name} не может прочитать ${describe(path)}: после перезапуска снимка не будет, пока не сделан новый.`,
    },
    verbatim(`chown ${user.name} ${path}`),
  );
}

/** A new one is written beside the old one, which it then replaces. */
function checkSpace(path: string, free: number): Finding | null {
  const needed = Math.max(look(path)?.size ?? 0, LEAST_SPACE);
  if (free >= needed) return null;
  const folder = dirname(path);
  return warn(
    {
      en: `The disk is full: ${folder} has ${megabytes(free)} MB left, and a snapshot needs ${megabytes(needed)} MB.`,
      ru: `Диск заполнен: в ${folder} осталось ${megabytes(free)} МБ, а снимку нужно ${megabytes(needed)} МБ.`,
    },
    {
      en: `Make room there (df -h ${folder}); until then the snapshot does not outlive a restart.`,
      ru: `Освободите место (df -h ${folder}); до тех пор снимок не переживёт перезапуска.`,
    },
  );
}

function describe(path: string): string {
  const stats = look(path);
  if (stats === undefined) return path;
  return `${path} (owner ${stats.uid}, group ${stats.gid}, mode ${(stats.mode & 0o7777).toString(8)})`;
}
