import type { LoadedConfig } from '../../config/load.ts';
import { readSecret } from '../../config/load.ts';
import { parseDatabaseUrl } from '../../directory/mysql/database-url.ts';
import { MysqlNames } from '../../directory/names/mysql.names.ts';
import type { NamesReader, NamesState } from '../../directory/names/names.ts';
import { maskText } from '../../phone/mask.ts';
import { fail, ok, skipped, warn, type Finding } from '../check.ts';
import { QUESTION_MS } from '../database/questions.ts';

/** Of nobody: what may be read shows without anybody's name. */
const NOBODY = { couriers: ['0'], clients: ['0'], contacts: ['0'], shipments: ['0'] };

/** Can the desk show names? It logs in and asks as the desk does. */
export async function checkNames({ config }: Pick<LoadedConfig, 'config'>): Promise<Finding> {
  const { database } = config.desk;
  if (database === undefined) {
    return skipped({
      en: 'desk.database is not set: the desk shows what the user of database.url may read, mostly codes.',
      ru: 'desk.database не задан: desk показывает то, что видит пользователь из database.url, обычно коды.',
    });
  }
  const { url, passwordFile } = database;
  const password = passwordFile === undefined ? undefined : readSecret(passwordFile);
  const names = new MysqlNames({
    address: parseDatabaseUrl(url, password, 'desk.database.url'),
    onProblem: () => undefined,
    budgetMs: QUESTION_MS,
  });
  try {
    return judgeNames(await lookAt(names));
  } finally {
    await names.close();
  }
}

async function lookAt(names: NamesReader): Promise<NamesState> {
  await names.find(NOBODY);
  return names.state();
}

export function judgeNames({ missing, problem }: NamesState): Finding {
  if (problem !== null) {
    const why = maskText(problem);
    return fail(
      {
        en: `Names cannot be read, codes are shown: ${why}`,
        ru: `Имена не читаются, вместо них коды: ${why}`,
      },
      {
        en: 'Check desk.database.url and its passwordFile; deploy/desk-grants.sql makes the user.',
        ru: 'Проверьте desk.database.url и его passwordFile; пользователя создаёт deploy/desk-grants.sql.',
      },
    );
  }
  const columns = (missing ?? []).join(', ');
  if (columns === '') return ok({ en: 'Names can be read.', ru: 'Имена читаются.' });
  return warn(
    {
      en: `Codes are shown where the user of desk.database may not read: ${columns}.`,
      ru: `Вместо имён — коды, пользователь desk.database не видит столбцы: ${columns}.`,
    },
    {
      en: 'Run deploy/desk-grants.sql, then systemctl restart courier-agi-desk.',
      ru: 'Выполните deploy/desk-grants.sql, затем systemctl restart courier-agi-desk.',
    },
  );
}
