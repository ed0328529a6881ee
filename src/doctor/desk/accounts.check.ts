import { Tokens, TokensError } from '../../accounts/tokens.ts';
import { Users, UsersError } from '../../accounts/users.ts';
import type { Config } from '../../config/config.ts';
import { joined, verbatim, type Text } from '../../util/language.ts';
import { plural, pluralRu } from '../../util/plural.ts';
import { fail, ok, SEVERITY, warn, type Finding } from '../check.ts';
import { look, may, READ, type ServiceUser } from '../service-user.ts';
import { checkWay } from '../way.ts';

const OTHERS = 0o007;

/** May people and programs ask the desk, and nobody read or change who they are? */
export function checkAccounts(
  { usersFile, tokensFile }: Pick<Config['desk'], 'usersFile' | 'tokensFile'>,
  user: ServiceUser,
): Finding {
  const users = checkFile('desk.usersFile', usersFile, user, () =>
    tellUsers(new Users(usersFile).list().length),
  );
  const tokens = checkFile('desk.tokensFile', tokensFile, user, () =>
    tellTokens(new Tokens(tokensFile).list().length),
  );
  const [worse] = [users, tokens].toSorted((a, b) => SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state));
  if (worse !== undefined && worse.state !== 'ok') return worse;
  return ok(joined([users.message, tokens.message]));
}

function tellUsers(count: number): Text {
  if (count === 0) {
    return {
      en: 'Nobody may sign in yet: courier-agi desk user add NAME.',
      ru: 'Войти пока никто не может: courier-agi desk user add ИМЯ.',
    };
  }
  return {
    en: `${plural(count, 'person', 'people')} may sign in.`,
    ru: `Войти ${count === 1 ? 'может' : 'могут'} ${pluralRu(count, 'человек', 'человека', 'человек')}.`,
  };
}

function tellTokens(count: number): Text {
  return {
    en: `${plural(count, 'program has', 'programs have')} a token.`,
    ru: `Токены есть у ${pluralRu(count, 'программы', 'программ', 'программ')}.`,
  };
}

/**
 * @param key where its path stands in the configuration
 * @param tell reads the file, which need not be there
 */
function checkFile(key: string, path: string, user: ServiceUser, tell: () => Text): Finding {
  const closed = checkWay(path, key, user);
  if (closed !== null) return closed;
  const stats = look(path);
  if (stats !== undefined && !may(user, READ, stats)) {
    return fail(
      {
        en: `User ${user.name}, whom the desk runs as, may not read ${path}: nobody in it gets in.`,
        ru: `Пользователь ${user.name}, от имени которого работает desk, не может прочитать ${path}: по нему никто не войдёт.`,
      },
      verbatim(`chown ${user.name} ${path}`),
    );
  }
  let told: Text;
  try {
    told = tell();
  } catch (error) {
    if (!(error instanceof TokensError || error instanceof UsersError)) throw error;
    return fail(verbatim(error.message), {
      en: `Keep what you need of it, remove it, and make the accounts anew: courier-agi desk user add, desk token add.`,
      ru: `Сохраните нужное, удалите его и создайте учётные записи заново: courier-agi desk user add, desk token add.`,
    });
  }
  if (stats === undefined || (stats.mode & OTHERS) === 0) return ok(told);
  return warn(
    {
      en: `Every user of this machine may read or change ${path}.`,
      ru: `Читать или менять ${path} может любой пользователь этой машины.`,
    },
    verbatim(`chown ${user.name} ${path}; chmod 640 ${path}`),
  );
}
