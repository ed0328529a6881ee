import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';
import { plural, pluralRu } from '../../util/plural.ts';
import { combine, fail, ok, skipped, type Finding } from '../check.ts';
import { ENTER, look, may, READ, WRITE, type ServiceUser } from '../service-user.ts';
import { checkWay } from '../way.ts';

/**
 * Can tables be written where feeds have a folder? Addresses are not asked: whatever is sent there counts as an event.
 *
 * @param user whom the desk runs as
 */
export function checkFeeds(feeds: Config['feeds'], user: ServiceUser): Finding {
  if (feeds.length === 0) {
    return skipped({
      en: 'There are no feeds: nothing leaves.',
      ru: 'Раздела feeds нет: ничего не отправляется.',
    });
  }
  const findings = feeds.flatMap(({ folder }, index): [string, Finding][] => {
    const found = folder === undefined ? null : checkFolder(folder, `feeds.${index}.folder`, user);
    return found === null ? [] : [[`feeds.${index}`, found]];
  });
  if (findings.length > 0) return combine(findings);
  const { length } = feeds.filter(({ folder }) => folder !== undefined);
  return ok({
    en: `${plural(length, 'folder')} can be written; addresses are not asked.`,
    ru: `Запись возможна: ${pluralRu(length, 'каталог', 'каталога', 'каталогов')}; адреса не опрашиваются.`,
  });
}

/** The desk makes it where it may. */
function checkFolder(folder: string, key: string, user: ServiceUser): Finding | null {
  const closed = checkWay(folder, key, user);
  if (closed !== null) return closed;
  const place = nearest(folder);
  const stats = look(place);
  if (stats?.isDirectory() === true && may(user, READ | WRITE | ENTER, stats)) return null;
  return fail(
    {
      en: `User ${user.name}, whom the desk runs as, may not write into ${place}, where ${key} is to be.`,
      ru: `Пользователь ${user.name}, от имени которого работает desk, не может писать в ${place}, где должен лежать ${key}.`,
    },
    {
      en: `install -d -m 2770 -o ${user.name} -g GROUP ${folder}, with the group of the program that fetches: docs/feeds.md, "Files".`,
      ru: `install -d -m 2770 -o ${user.name} -g GROUP ${folder}, где GROUP — группа программы, которая забирает файлы: docs/feeds.md, раздел "Files".`,
    },
  );
}

/** Itself, or the first folder above that there is. */
function nearest(folder: string): string {
  return look(folder) === undefined && dirname(folder) !== folder ? nearest(dirname(folder)) : folder;
}
