import type { Text } from '../../util/language.ts';
import { fail, ok, skipped, warn, type Finding } from '../check.ts';
import type { AsteriskSection } from './ami.check.ts';
import type { AmiView } from './ami-view.ts';
import type { ManagerSettings, ManagerUser } from './manager-settings.ts';

/** Classes of events that the desk lives by, and those that it misses only where somebody uses queues. */
const NEEDED_READ = ['system', 'call'];
const USEFUL_READ = ['agent', 'user'];
/** Actions that the desk takes: what calls there are, and calls that it makes. */
const NEEDED_ACTION = 'CoreShowChannels';
const CALLING = [
  ['Originate', 'originate'],
  ['Hangup', 'call'],
] as const;
/** Each gives more than calls: files, programs, the dialplan. */
const DANGEROUS = ['command', 'config', 'dialplan', 'system', 'agi'];

const AS_SAMPLE: Text = {
  en: 'In manager.conf: read = system,call,agent,user and write = originate,call,reporting, without blanks. Then asterisk -rx "manager reload" and systemctl restart courier-agi-desk: sessions keep their old rights.',
  ru: 'В manager.conf: read = system,call,agent,user и write = originate,call,reporting, без пробелов. Затем asterisk -rx "manager reload" и systemctl restart courier-agi-desk: у открытых сессий права прежние.',
};

/**
 * May the desk's account do what it must, and nothing dangerous?
 *
 * @param settings what Asterisk's console tells; null when it cannot be asked
 * @param makesCalls whether the configuration has the desk make calls
 */
export function judgeRights(
  { username }: AsteriskSection,
  view: AmiView | null,
  settings: ManagerSettings | null,
  makesCalls: boolean,
): Finding {
  if (view === null) return skipped({ en: 'Nobody is logged in.', ru: 'Войти не удалось.' });
  const user = settings?.users.find(({ name }) => name === username);
  return (
    cannotRead(view, user) ??
    cannotAsk(view) ??
    mayTooMuch(username, view, user) ??
    (makesCalls ? cannotCall(view) : null) ??
    (settings === null ? null : othersMayCall(username, settings)) ??
    ok({
      en: `${username} may do what the desk needs, and nothing dangerous.`,
      ru: `${username} может всё нужное для desk и ничего опасного.`,
    })
  );
}

/** Over AMI alone only `system` can be seen, by what follows a login. */
function cannotRead(view: AmiView, user: ManagerUser | undefined): Finding | null {
  if (user === undefined) {
    if (view.isBooted) return null;
    return fail(
      {
        en: 'Events of the class system do not come (FullyBooted): read lacks it, or has blanks, and then all but its first class are missing.',
        ru: 'События класса system не приходят (FullyBooted): в read его нет, или там пробелы, и тогда действует только первый класс.',
      },
      AS_SAMPLE,
    );
  }
  const lacks = [...NEEDED_READ, ...USEFUL_READ].filter((one) => !user.read.includes(one));
  if (lacks.length === 0) return null;
  const counts = user.read.join(',') || '-';
  const message = {
    en: `Asterisk took read as ${counts}: ${lacks.join(', ')} is missing. If it stands there, it has blanks before it.`,
    ru: `Asterisk понял read как ${counts}: не хватает ${lacks.join(', ')}. Если это там есть, перед ним пробел.`,
  };
  const isFatal = lacks.some((one) => NEEDED_READ.includes(one));
  return isFatal ? fail(message, AS_SAMPLE) : warn(message, AS_SAMPLE);
}

function cannotAsk({ actions }: AmiView): Finding | null {
  if (actions.has(NEEDED_ACTION)) return null;
  return fail(
    {
      en: `It may not ask what calls there are (${NEEDED_ACTION}): write lacks reporting.`,
      ru: `Нельзя спросить о текущих звонках (${NEEDED_ACTION}): в write нет reporting.`,
    },
    AS_SAMPLE,
  );
}

/** An action that takes one class alone proves that class; `dialplan` in write shows in the console only. */
function mayTooMuch(username: string, { actions }: AmiView, user: ManagerUser | undefined): Finding | null {
  const proven = [...actions.values()].flatMap((classes) => (classes.length === 1 ? classes : []));
  const held = new Set([...proven, ...(user?.write ?? [])]);
  const found = DANGEROUS.filter((one) => held.has(one));
  if (found.length === 0) return null;
  return warn(
    {
      en: `${username} may do too much: ${found.join(', ')} in write. Whoever has its secret can run programs and change files.`,
      ru: `${username} может слишком много: ${found.join(', ')} в write. Зная его секрет, можно запускать программы и менять файлы.`,
    },
    AS_SAMPLE,
  );
}

function cannotCall({ actions }: AmiView): Finding | null {
  const lacks = CALLING.filter(([action]) => !actions.has(action)).map(([, right]) => right);
  if (lacks.length === 0) return null;
  return warn(
    {
      en: `The desk can follow calls and make none: write lacks ${lacks.join(', ')}.`,
      ru: `Desk может следить за звонками, но не звонить: в write нет ${lacks.join(', ')}.`,
    },
    AS_SAMPLE,
  );
}

function othersMayCall(username: string, { users }: ManagerSettings): Finding | null {
  const names = users
    .filter(({ name, write, hasAcl }) => name !== username && write.includes('originate') && !hasAcl)
    .map(({ name }) => name);
  if (names.length === 0) return null;
  return warn(
    {
      en: `From any address ${names.join(', ')} may log in and ring any number at your cost (originate).`,
      ru: `С любого адреса ${names.join(', ')} может войти и звонить куда угодно за ваш счёт (originate).`,
    },
    {
      en: 'Take originate out of their write, or let them in from their own addresses alone: deny and permit in manager.conf.',
      ru: 'Уберите originate из их write или пускайте только с их адресов: deny и permit в manager.conf.',
    },
  );
}
