import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { verbatim, type Text } from '../util/language.ts';
import { fail, type Finding } from './check.ts';
import { ENTER, look, may, type ServiceUser } from './service-user.ts';

/**
 * The first folder above a path that a user may not enter: what is below it may be as open as it likes.
 *
 * @returns undefined when the way is free as far as it can be seen
 */
export function closedAbove(path: string, user: ServiceUser): string | undefined {
  return waysTo(path).find((folder) => {
    const stats = look(folder);
    return stats !== undefined && !may(user, ENTER, stats);
  });
}

/** What a link leads to has a way of its own: certbot keeps links in one closed folder, and the files in another. */
function waysTo(path: string): string[] {
  const ways = [resolve(path), realPath(path)].flatMap(foldersAbove);
  return [...new Set(ways)];
}

/** Of what is not there yet, itself. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [...foldersAbove(above), above];
}

/** @param key where the path stands in the configuration */
export function checkWay(path: string, key: string, user: ServiceUser): Finding | null {
  const closed = closedAbove(path, user);
  if (closed === undefined) return null;
  return fail(
    {
      en: `User ${user.name}, whom the desk runs as, may not enter ${closed}, and ${key} is below it.`,
      ru: `Пользователь ${user.name}, от имени которого работает desk, не может войти в ${closed}, где лежит ${key}.`,
    },
    wayIn(closed, user),
  );
}

/** Many folders are open to the group of a program, such as asterisk; root's own group is for nobody else. */
function wayIn(closed: string, { name }: ServiceUser): Text {
  const stats = look(closed);
  const hasGroup = stats !== undefined && stats.gid !== 0 && ((stats.mode >> 3) & ENTER) !== 0;
  return hasGroup
    ? verbatim(`usermod -aG $(stat -c %G ${closed}) ${name} && systemctl restart courier-agi-desk`)
    : {
        en: `chmod o+x ${closed}, or another path.`,
        ru: `chmod o+x ${closed} или укажите другой путь.`,
      };
}
