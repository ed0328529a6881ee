import { dirname } from 'node:path';
import { readSecret } from '../../config/load.ts';
import type { Config } from '../../config/config.ts';
import { lookAtJournal, type JournalLook } from '../../journal/look.ts';
import { sqlitePath } from '../../journal/open.ts';
import { maskText } from '../../phone/mask.ts';
import { messageOf } from '../../util/errors.ts';
import { verbatim } from '../../util/language.ts';
import { fail, ok, warn, type Finding } from '../check.ts';
import { freeBytesOf, megabytes } from '../../util/disk.ts';
import { ENTER, look, may, READ, WRITE, type ServiceUser } from '../service-user.ts';
import { checkWay } from '../way.ts';

/** A company of 1,000 calls a day writes some MB a week. In bytes. */
const LEAST_SPACE = 200_000_000;

/**
 * Can calls be kept? Nothing is made or changed by looking.
 *
 * @param user whom the desk runs as
 * @param freeBytes of the file system that a folder is on
 */
export async function checkJournal(
  { url, passwordFile }: Config['journal'],
  user: ServiceUser,
  freeBytes: (folder: string) => number = freeBytesOf,
): Promise<Finding> {
  const path = sqlitePath(url);
  const unusable = path === undefined ? null : (checkFolder(path, user) ?? checkOwner(path, user));
  if (unusable !== null) return unusable;
  if (path !== undefined && look(path) === undefined) return checkSpace(path, freeBytes) ?? notMade(path);
  let found: JournalLook;
  try {
    found = await lookAtJournal(url, passwordFile === undefined ? undefined : readSecret(passwordFile));
  } catch (error) {
    return path === undefined ? unreachable(error) : unreadable(path, error);
  }
  return (
    damaged(path, found) ??
    otherVersion(found) ??
    (path === undefined ? null : checkSpace(path, freeBytes)) ??
    followed(found)
  );
}

function checkFolder(path: string, user: ServiceUser): Finding | null {
  const folder = dirname(path);
  const closed = checkWay(folder, 'journal.url', user);
  if (closed !== null) return closed;
  const stats = look(folder);
  if (stats === undefined) {
    return fail(
      {
        en: `The folder ${folder} of journal.url does not exist.`,
        ru: `Каталога ${folder} для journal.url нет.`,
      },
      verbatim(`install -d -m 700 -o ${user.name} ${folder}`),
    );
  }
  if (may(user, READ | WRITE | ENTER, stats)) return null;
  return fail(
    {
      en: `User ${user.name} may not write into ${folder}, where the journal is to be.`,
      ru: `Пользователь ${user.name} не может писать в ${folder}, где должен лежать журнал.`,
    },
    verbatim(`chown ${user.name} ${folder}`),
  );
}

/** SQLite keeps a log beside the file. Whoever ran the desk as root once has left files of root's. */
function checkOwner(path: string, user: ServiceUser): Finding | null {
  const closed = [path, `${path}-wal`, `${path}-shm`].filter((file) => {
    const stats = look(file);
    return stats !== undefined && !may(user, READ | WRITE, stats);
  });
  if (closed.length === 0) return null;
  const names = closed.join(' ');
  return fail(
    {
      en: `User ${user.name}, whom the desk runs as, may not write ${names}.`,
      ru: `Пользователь ${user.name}, от имени которого работает desk, не может писать в ${names}.`,
    },
    verbatim(`chown ${user.name} ${names}`),
  );
}

function notMade(path: string): Finding {
  return ok({
    en: `There is no journal at ${path} yet: the desk makes it when it starts.`,
    ru: `Журнала ${path} ещё нет: desk создаст его при запуске.`,
  });
}

function unreachable(error: unknown): Finding {
  const problem = maskText(messageOf(error));
  if (/doesn't exist/.test(problem) && problem.includes('journal_migrations')) {
    return ok({
      en: 'The database of the journal is empty: the desk makes its tables when it starts.',
      ru: 'База журнала пуста: desk создаст таблицы при запуске.',
    });
  }
  return fail(
    { en: `The journal cannot be reached: ${problem}`, ru: `Журнал недоступен: ${problem}` },
    {
      en: 'It needs a database of its own, CREATE DATABASE courier_desk, and a user with GRANT ALL ON courier_desk.*: see journal.url and journal.passwordFile.',
      ru: 'Журналу нужна своя база, CREATE DATABASE courier_desk, и пользователь с GRANT ALL ON courier_desk.*: см. journal.url и journal.passwordFile.',
    },
  );
}

function unreadable(path: string, error: unknown): Finding {
  const problem = messageOf(error);
  return fail(
    { en: `${path} cannot be read: ${problem}`, ru: `${path} не читается: ${problem}` },
    BACK_TO_BACKUP,
  );
}

const BACK_TO_BACKUP = {
  en: 'Stop the desk, keep that file, and put the last backup in its place: docs/desk.md, "Backup".',
  ru: 'Остановите desk, сохраните этот файл и верните последнюю копию: docs/desk.md, раздел "Backup".',
};

function damaged(path: string | undefined, { damage }: JournalLook): Finding | null {
  if (damage === null) return null;
  const problem = damage.replaceAll('\n', ' ');
  return fail({ en: `${path} is damaged: ${problem}`, ru: `${path} повреждён: ${problem}` }, BACK_TO_BACKUP);
}

function otherVersion({ schema }: JournalLook): Finding | null {
  const unknown = schema.unknown.join(', ');
  if (unknown !== '') {
    return fail(
      {
        en: `The journal is of a newer version of courier-agi: it has ${unknown}.`,
        ru: `Журнал создан более новой версией courier-agi: в нём есть ${unknown}.`,
      },
      {
        en: 'Install that version again, or go back as docs/desk.md tells: "Back to an older version".',
        ru: 'Поставьте ту версию снова или вернитесь, как сказано в docs/desk.md: "Back to an older version".',
      },
    );
  }
  const missing = schema.missing.join(', ');
  if (missing === '') return null;
  return warn(
    {
      en: `The journal is of an older version: it lacks ${missing}.`,
      ru: `Журнал создан более старой версией: в нём нет ${missing}.`,
    },
    {
      en: 'Make a backup (docs/desk.md), then systemctl restart courier-agi-desk brings it up to date.',
      ru: 'Сделайте копию (docs/desk.md); systemctl restart courier-agi-desk обновит журнал.',
    },
  );
}

function checkSpace(path: string, freeBytes: (folder: string) => number): Finding | null {
  const folder = dirname(path);
  const free = freeBytes(folder);
  if (free >= LEAST_SPACE) return null;
  return warn(
    {
      en: `The disk is nearly full: ${folder} has ${megabytes(free)} MB left. A full one makes calls wait in memory, and then be lost.`,
      ru: `Диск почти заполнен: в ${folder} осталось ${megabytes(free)} МБ. На полном диске звонки ждут в памяти, а потом теряются.`,
    },
    {
      en: `Make room there (df -h ${folder}), or lower journal.keepDays.`,
      ru: `Освободите место (df -h ${folder}) или уменьшите journal.keepDays.`,
    },
  );
}

function followed({ followedBy }: JournalLook): Finding {
  if (followedBy !== null) {
    return ok({
      en: `The journal is in order; the desk on ${followedBy} writes it.`,
      ru: `Журнал в порядке; его ведёт desk на ${followedBy}.`,
    });
  }
  return warn(
    {
      en: 'The journal is in order, but no desk follows the calls.',
      ru: 'Журнал в порядке, но за звонками никто не следит.',
    },
    {
      en: 'systemctl start courier-agi-desk; its log says why it does not follow: journalctl -u courier-agi-desk',
      ru: 'systemctl start courier-agi-desk; причину покажет лог: journalctl -u courier-agi-desk',
    },
  );
}
