import { dirname, join } from 'node:path';
import { readSecret } from '../../config/load.ts';
import type { Config } from '../../config/config.ts';
import { maskText } from '../../phone/mask.ts';
import { daysOf, findFiles } from '../../recordings/find-files.ts';
import { localClock } from '../../recordings/link-files.ts';
import { compilePattern, readName } from '../../recordings/pattern.ts';
import { openSource } from '../../recordings/sources/address.ts';
import type { SourceSession } from '../../recordings/sources/source.ts';
import { freeBytesOf, megabytes } from '../../util/disk.ts';
import { messageOf } from '../../util/errors.ts';
import { verbatim, type Text } from '../../util/language.ts';
import { plural, pluralRu } from '../../util/plural.ts';
import { fail, ok, skipped, warn, type Finding } from '../check.ts';
import { ENTER, look, may, READ, WRITE, type ServiceUser } from '../service-user.ts';
import { checkWay } from '../way.ts';

type Section = NonNullable<Config['recordings']>;

/** What the mirror leaves free for others, and a day of talks. In bytes. */
const LEAST_SPACE = 1_000_000_000;
const DAY_MS = 86_400_000;
/** Over a long weekend nobody calls. */
const DAYS = 7;

/**
 * Can recordings be collected? The source is asked as the desk does it, and nothing is changed.
 *
 * @param section undefined when there is none
 * @param user whom the desk runs as
 * @param freeBytes of the file system that a folder is on
 */
export async function checkRecordings(
  section: Section | undefined,
  timeZone: string,
  user: ServiceUser,
  freeBytes: (folder: string) => number = freeBytesOf,
): Promise<Finding> {
  if (section === undefined) {
    return skipped({
      en: 'There is no section recordings: talks are not collected.',
      ru: 'Раздела recordings нет: записи разговоров не собираются.',
    });
  }
  const isFolder = section.source.startsWith('/');
  const unusable = isFolder
    ? checkFolder(section.source, user)
    : checkMirror(section.mirror, user, freeBytes);
  if (unusable?.state === 'fail') return unusable;
  let found: FoundFiles;
  try {
    found = await lookForFiles(section, timeZone);
  } catch (error) {
    return unreachable(error);
  }
  const below = isFolder ? checkFoldersBelow(section.source, found.folders, user) : null;
  const { files, fitting } = found;
  return below ?? unusable ?? checkFitting(files, fitting) ?? checkLine(section) ?? inOrder(fitting);
}

function checkFolder(folder: string, user: ServiceUser): Finding | null {
  const closed = checkWay(folder, 'recordings.source', user);
  if (closed !== null) return closed;
  const stats = look(folder);
  if (stats === undefined) {
    return fail(
      {
        en: `The folder ${folder} of recordings.source does not exist.`,
        ru: `Каталога ${folder} для recordings.source нет.`,
      },
      {
        en: 'Name the folder that Asterisk writes recordings to, on this machine; from another one they come over sftp.',
        ru: 'Укажите каталог, куда Asterisk на этой машине пишет записи; с другой машины их берут по sftp.',
      },
    );
  }
  if (!may(user, READ | ENTER, stats)) return unreadable(folder, user);
  if (may(user, WRITE | ENTER, stats)) return null;
  return unwritable(folder, user, verbatim(`chmod g+w ${folder}`));
}

/** Those that Asterisk makes, mostly one a day: its mask decides on them, whatever the top folder allows. */
function checkFoldersBelow(source: string, folders: ReadonlySet<string>, user: ServiceUser): Finding | null {
  for (const name of folders) {
    if (name === '.') continue;
    const folder = join(source, name);
    const stats = look(folder);
    if (stats === undefined) continue;
    if (!may(user, READ | ENTER, stats)) return unreadable(folder, user);
    if (!may(user, WRITE | ENTER, stats)) return unwritable(folder, user, maskOf(source));
  }
  return null;
}

function unreadable(folder: string, user: ServiceUser): Finding {
  return fail(
    {
      en: `User ${user.name}, whom the desk runs as, may not read ${folder}.`,
      ru: `Пользователь ${user.name}, от имени которого работает desk, не может читать ${folder}.`,
    },
    verbatim(`usermod -aG asterisk ${user.name} && systemctl restart courier-agi-desk`),
  );
}

function unwritable(folder: string, user: ServiceUser, remedy: Text): Finding {
  return warn(
    {
      en: `User ${user.name} may not remove files in ${folder}: recordings older than recordings.keepDays stay there, and erase leaves them.`,
      ru: `Пользователь ${user.name} не может удалять файлы в ${folder}: записи старше recordings.keepDays останутся, и erase их не удалит.`,
    },
    remedy,
  );
}

function maskOf(source: string): Text {
  return {
    en: `systemctl edit asterisk, there [Service] and UMask=0007, then systemctl restart asterisk; for folders that are there: chmod -R g+w ${source}`,
    ru: `systemctl edit asterisk, там [Service] и UMask=0007, затем systemctl restart asterisk; для уже созданных каталогов: chmod -R g+w ${source}`,
  };
}

/** It is made by the desk, in a folder that is there. */
function checkMirror(
  mirror: string,
  user: ServiceUser,
  freeBytes: (folder: string) => number,
): Finding | null {
  const folder = look(mirror) === undefined ? mirror.replace(/\/[^/]+\/?$/, '') || '/' : mirror;
  const closed = checkWay(folder, 'recordings.mirror', user);
  if (closed !== null) return closed;
  const stats = look(folder);
  if (stats === undefined || !may(user, READ | WRITE | ENTER, stats)) {
    return fail(
      {
        en: `User ${user.name}, whom the desk runs as, may not write into ${folder}, where recordings.mirror is to be.`,
        ru: `Пользователь ${user.name}, от имени которого работает desk, не может писать в ${folder}, где должен лежать recordings.mirror.`,
      },
      verbatim(`install -d -m 750 -o ${user.name} ${mirror}`),
    );
  }
  const free = freeBytes(folder);
  if (free >= LEAST_SPACE) return null;
  return warn(
    {
      en: `The disk is nearly full: ${folder} has ${megabytes(free)} MB left, and 500 MB stay free for others.`,
      ru: `Диск почти заполнен: в ${folder} осталось ${megabytes(free)} МБ, а 500 МБ остаются свободными для других.`,
    },
    {
      en: `Make room there (df -h ${folder}), or lower recordings.keepDays.`,
      ru: `Освободите место (df -h ${folder}) или уменьшите recordings.keepDays.`,
    },
  );
}

interface FoundFiles {
  /** Of the last days. */
  readonly files: number;
  /** How many of them bear a name of a call. */
  readonly fitting: number;
  /** Where those lie, below the source. */
  readonly folders: ReadonlySet<string>;
}

async function lookForFiles(section: Section, timeZone: string): Promise<FoundFiles> {
  const { passwordFile, pattern } = section;
  const source = openSource(section, passwordFile === undefined ? undefined : readSecret(passwordFile));
  const patterns = pattern.map(compilePattern);
  const now = localClock(timeZone)(Date.now());
  const days = daysOf(Array.from({ length: DAYS }, (_, index) => now - index * DAY_MS));
  const folders = new Set<string>();
  let session: SourceSession | undefined;
  try {
    session = await source.open();
    let [all, fitting] = [0, 0];
    for await (const files of findFiles(session, patterns, days)) {
      const named = files.filter(({ name }) => patterns.some((one) => readName(one, name) !== undefined));
      for (const { path } of named) folders.add(dirname(path));
      all += files.length;
      fitting += named.length;
    }
    return { files: all, fitting, folders };
  } finally {
    session?.close();
  }
}

function unreachable(error: unknown): Finding {
  const problem = maskText(messageOf(error));
  return fail(
    {
      en: `The source of recordings cannot be used: ${problem}`,
      ru: `Источник записей недоступен: ${problem}`,
    },
    {
      en: 'Check recordings.source, its password or key, and that the server lets this machine in: docs/recordings.md.',
      ru: 'Проверьте recordings.source, пароль или ключ и доступ к серверу с этой машины: docs/recordings.md.',
    },
  );
}

function checkFitting(files: number, fitting: number): Finding | null {
  if (fitting > 0) return null;
  return warn(
    {
      en: `None of ${plural(files, 'file')} of the last ${DAYS} days bears a name as in recordings.pattern.`,
      ru: `Ни одно имя не подходит под recordings.pattern: за последние дни (${DAYS}) найдено ${pluralRu(files, 'файл', 'файла', 'файлов')}.`,
    },
    {
      en: 'Is anything recorded (COURIER_RECORD=yes)? On FreePBX set recordings.pattern to freepbx: docs/recordings.md.',
      ru: 'Включена ли запись (COURIER_RECORD=yes)? Для FreePBX укажите recordings.pattern: freepbx, см. docs/recordings.md.',
    },
  );
}

function checkLine({ source }: Section): Finding | null {
  if (!source.startsWith('ftp:')) return null;
  return warn(
    {
      en: 'Recordings come over FTP: the password and every talk go over the line unencrypted.',
      ru: 'Записи идут по FTP: пароль и все разговоры передаются без шифрования.',
    },
    {
      en: 'Use sftp:// or ftps:// unless it is a line of your own.',
      ru: 'Используйте sftp:// или ftps://, если это не ваша собственная сеть.',
    },
  );
}

function inOrder(fitting: number): Finding {
  return ok({
    en: `The source of recordings answers: ${plural(fitting, 'recording')} of the last ${DAYS} days.`,
    ru: `Источник записей отвечает: ${pluralRu(fitting, 'запись', 'записи', 'записей')} за последние дни (${DAYS}).`,
  });
}
