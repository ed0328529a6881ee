import type { CdrRow } from '../../cdr/cdr-row.ts';
import { CdrPackedError } from '../../cdr/errors.ts';
import { cdrPath, openCdr } from '../../cdr/open.ts';
import { readSecret } from '../../config/load.ts';
import { maskText } from '../../phone/mask.ts';
import { messageOf } from '../../util/errors.ts';
import { verbatim } from '../../util/language.ts';
import { plural, pluralRu } from '../../util/plural.ts';
import { fail, ok, skipped, warn, type Finding } from '../check.ts';
import { look, may, READ, type ServiceUser } from '../service-user.ts';
import { checkWay } from '../way.ts';
import type { AsteriskSection } from './ami.check.ts';

const DAY_MS = 86_400_000;

/**
 * Can gaps of the journal be filled up from Asterisk's call detail records?
 *
 * @param user whom the desk runs as
 */
export async function checkCdr(
  { cdr, cdrPasswordFile }: Pick<AsteriskSection, 'cdr' | 'cdrPasswordFile'>,
  user: ServiceUser,
): Promise<Finding> {
  if (cdr === undefined) {
    return skipped({
      en: 'asterisk.cdr is not set: calls that the desk does not see are not filled up.',
      ru: 'asterisk.cdr не задан: звонки, которых desk не видел, не восстанавливаются.',
    });
  }
  const path = cdrPath(cdr);
  const unusable = path === undefined ? null : checkFile(path, user);
  if (unusable !== null) return unusable;
  const source = openCdr(cdr, cdrPasswordFile === undefined ? undefined : readSecret(cdrPasswordFile));
  try {
    const now = Date.now();
    return judge(await source.rowsBetween(now - DAY_MS, now), path);
  } catch (error) {
    return error instanceof CdrPackedError ? packed(error) : unreadable(error);
  } finally {
    await source.close();
  }
}

function checkFile(path: string, user: ServiceUser): Finding | null {
  const closed = checkWay(path, 'asterisk.cdr', user);
  if (closed !== null) return closed;
  const stats = look(path);
  if (stats === undefined) {
    return warn(
      {
        en: `There is no file ${path}: until it is there, no gap is filled up.`,
        ru: `Файла ${path} нет: пока его нет, пропуски не восстанавливаются.`,
      },
      {
        en: 'Asterisk makes it with its first call. If there have been calls: asterisk -rx "module load cdr_csv.so", and correct asterisk.cdr.',
        ru: 'Asterisk создаст его при первом звонке. Если звонки уже были: asterisk -rx "module load cdr_csv.so", и проверьте asterisk.cdr.',
      },
    );
  }
  if (may(user, READ, stats)) return null;
  return fail(
    {
      en: `User ${user.name}, whom the desk runs as, may not read ${path}.`,
      ru: `Пользователь ${user.name}, от имени которого работает desk, не может читать ${path}.`,
    },
    verbatim(`usermod -aG asterisk ${user.name} && chmod g+r ${path} && systemctl restart courier-agi-desk`),
  );
}

/** Nothing is lost yet: a gap that is open over the next rotation would not be filled up. */
function packed({ path }: CdrPackedError): Finding {
  return warn(
    {
      en: `Call detail records are packed as soon as they are rotated (${path}): gaps of before are not filled up.`,
      ru: `Записи CDR сжимаются сразу при ротации (${path}): более ранние пропуски не восстанавливаются.`,
    },
    {
      en: `Put delaycompress beside compress in logrotate's configuration of Master.csv. If a gap waits now: gunzip ${path}`,
      ru: `Добавьте delaycompress рядом с compress в настройке logrotate для Master.csv. Если пропуск уже ждёт: gunzip ${path}`,
    },
  );
}

function unreadable(error: unknown): Finding {
  const problem = maskText(messageOf(error));
  return fail(
    {
      en: `Call detail records cannot be read: ${problem}`,
      ru: `Записи CDR не читаются: ${problem}`,
    },
    {
      en: 'Check asterisk.cdr and asterisk.cdrPasswordFile; the user needs SELECT on the table cdr: docs/desk.md.',
      ru: 'Проверьте asterisk.cdr и asterisk.cdrPasswordFile; пользователю нужен SELECT на таблицу cdr: docs/desk.md.',
    },
  );
}

/** The newest row counts: those from before a setting was changed stay as they are. */
function judge(rows: readonly CdrRow[], path: string | undefined): Finding {
  const newest = rows.toSorted((a, b) => (a.end < b.end ? 1 : -1))[0];
  if (newest === undefined) {
    return ok({
      en: 'Call detail records can be read; there are none of the last days.',
      ru: 'Записи CDR читаются; за последние дни их нет.',
    });
  }
  if (newest.uniqueid === '' && newest.linkedid === '') {
    return warn(
      {
        en: 'The newest call detail record has no unique id: calls cannot be told apart, and no gap is filled up.',
        ru: 'В последней записи CDR нет uniqueid: звонки не различить, и пропуски не восстанавливаются.',
      },
      path === undefined
        ? {
            en: 'Let Asterisk fill the column uniqueid of the table cdr: docs/desk.md.',
            ru: 'Настройте Asterisk так, чтобы он заполнял столбец uniqueid таблицы cdr: docs/desk.md.',
          }
        : verbatim(
            '/etc/asterisk/cdr.conf, [csv]: loguniqueid = yes; asterisk -rx "module reload cdr_csv.so"',
          ),
    );
  }
  return ok({
    en: `Call detail records can be read: ${plural(rows.length, 'record')} of the last days.`,
    ru: `Записи CDR читаются: ${pluralRu(rows.length, 'запись', 'записи', 'записей')} за последние дни.`,
  });
}
