import type { Config } from '../../config/config.ts';
import { parsePhoneField } from '../../phone/field.ts';
import type { NumberHabits } from '../../phone/reading.ts';
import { joined, type Text } from '../../util/language.ts';
import { plural, pluralRu } from '../../util/plural.ts';
import { ok, skipped, warn, type CodeList, type Finding } from '../check.ts';
import { keyOf, type People, type StaffMember } from './people.ts';

/** Codes that a line shows. */
const SHOWN = 10;
/** Codes that `--json` lists. */
const LISTED = 1_000;

/** How the office system writes "none"; 1 is nobody unless it is the login of a user. */
const NOBODY = new Set(['', '0', '1']);

/**
 * Couriers who carry parcels and cannot be rung: their recipients reach the operators.
 *
 * @param parcels in hand by `kurier.code`; null when they could not be counted
 */
export function checkCouriers(
  { staff }: People,
  parcels: ReadonlyMap<string, number> | null,
  config: Config,
): Finding {
  if (parcels === null) {
    return skipped(
      {
        en: 'givn is big and has no index on State: who has parcels in hand would take too long to count.',
        ru: 'Таблица givn большая и без индекса по State: считать, у кого есть посылки, слишком долго.',
      },
      {
        en: 'courier-agi explain tells it of one number.',
        ru: 'Об одном номере это скажет courier-agi explain.',
      },
    );
  }
  const byCode = new Map(staff.map((member) => [member.code, member]));
  const carrying = [...parcels.keys()];
  const silent = carrying.filter((code) => !canBeRung(byCode.get(code), config));
  const gone = silent.filter((code) => byCode.get(code)?.hasLeft !== false);
  const all = carrying.length;
  if (silent.length === 0) {
    return ok({
      en: `${plural(all, 'courier has', 'couriers have')} parcels in hand, and a usable telephone.`,
      ru: `Посылки на руках у ${pluralRu(all, 'курьера', 'курьеров', 'курьеров')}, телефон есть у каждого.`,
    });
  }
  const finding = warn(
    joined([
      {
        en: `${silent.length} of ${plural(all, 'courier')} with parcels in hand cannot be rung: kurier.code ${some(silent)}.`,
        ru: `До ${silent.length} из ${pluralRu(all, 'курьера', 'курьеров', 'курьеров')} с посылками на руках не дозвониться: kurier.code ${some(silent)}.`,
      },
      ...(gone.length === 0
        ? []
        : [
            {
              en: `Of them not in the table kurier, or have left by kurier.dateput: ${some(gone)}.`,
              ru: `Из них нет в таблице kurier или уволены по kurier.dateput: ${some(gone)}.`,
            },
          ]),
    ]),
    {
      en: `Their recipients reach the operators. Fill ${columns(config)} in the office system: 79161234567.`,
      ru: `Их получатели попадают к операторам. Заполните ${columns(config)} в офисной программе: 79161234567.`,
    },
  );
  return { ...finding, details: { withoutTelephone: list(silent), gone: list(gone) } };
}

function columns({ routing }: Config): string {
  return routing.courierPhones.map((column) => `kurier.${column}`).join(', ');
}

function canBeRung(member: StaffMember | undefined, { numbers, routing }: Config): boolean {
  if (member === undefined || member.hasLeft) return false;
  return routing.courierPhones.some((column) => isUsable(member.phones[column], numbers));
}

function isUsable(field: string, numbers: NumberHabits): boolean {
  return parsePhoneField(field, numbers.country, numbers).entries.length > 0;
}

/** Whom the couriers and clients name as their managers: can they be rung? */
export function checkManagers(people: People, config: Config): Finding {
  const { named, unknown } = namedManagers(people);
  if (named.length + unknown.length === 0) {
    return warn(
      { en: 'No courier and no client has a manager.', ru: 'Ни у одного курьера и клиента нет менеджера.' },
      {
        en: 'All of them reach the operators. Managers stand in kurier.manager and clients.manager.',
        ru: 'Все они попадают к операторам. Менеджеры указаны в kurier.manager и clients.manager.',
      },
    );
  }
  const silent = named.filter(({ phones }) => phones.every((field) => !isUsable(field, config.numbers)));
  const logins = silent.map(({ name }) => name);
  const how = howTheyAreNamed(named.filter(({ isUser }) => isUser).length, named.length);
  if (silent.length + unknown.length === 0) return ok(how);
  const problems: Text[] = [how];
  if (silent.length > 0) {
    problems.push({
      en: `${silent.length} of them without a usable telephone in users.extPhone: ${quoted(logins)}.`,
      ru: `У ${silent.length} из них нет пригодного номера в users.extPhone: ${quoted(logins)}.`,
    });
  }
  if (unknown.length > 0) {
    problems.push({
      en: `${plural(unknown.length, 'manager is', 'managers are')} in no table: ${quoted(unknown)}.`,
      ru: `Нет ни в одной таблице (${unknown.length}): ${quoted(unknown)}.`,
    });
  }
  const finding = warn(joined(problems), {
    en: 'Couriers and clients of such a manager reach the operators. Fill users.extPhone in the office system: 101, or 101, 79161234567.',
    ru: 'Курьеры и клиенты таких менеджеров попадают к операторам. Заполните users.extPhone в офисной программе: 101 или 101, 79161234567.',
  });
  return { ...finding, details: { withoutTelephone: list(logins), unknown: list(unknown) } };
}

/** Which join this company has: `manager` holds a login in one and the code of a `kurier` row in another. */
function howTheyAreNamed(users: number, all: number): Text {
  if (users === all) {
    return {
      en: `${plural(all, 'manager')}, named by users.user.`,
      ru: `Менеджеров: ${all}, все записаны логином из users.`,
    };
  }
  return {
    en: `${plural(all, 'manager')}: ${users} named by users.user, ${all - users} by kurier.code.`,
    ru: `Менеджеров: ${all}, логином из users записаны ${users}, кодом из kurier — ${all - users}.`,
  };
}

interface NamedManager {
  readonly name: string;
  readonly phones: readonly string[];
  readonly isUser: boolean;
}

function namedManagers({ staff, clients, extPhones }: People): {
  named: NamedManager[];
  unknown: string[];
} {
  const byCode = new Map(staff.map((member) => [member.code, member]));
  const managers = new Map([...staff, ...clients].map(({ manager }) => [keyOf(manager), manager]));
  const named: NamedManager[] = [];
  const unknown: string[] = [];
  for (const [key, name] of managers) {
    const extPhone = extPhones.get(key);
    const member = byCode.get(key);
    if (extPhone !== undefined && key !== '') named.push({ name, phones: [extPhone], isUser: true });
    else if (NOBODY.has(key)) continue;
    else if (member?.hasLeft === false) {
      named.push({ name, phones: Object.values(member.phones), isUser: false });
    } else unknown.push(name);
  }
  return { named, unknown };
}

/** Clients who have nobody: their calls, and those of their contact persons, go to the operators. */
export function checkClients(people: People): Finding {
  const { clients, extPhones } = people;
  const alone = clients
    .filter(({ manager }) => NOBODY.has(keyOf(manager)) && (manager === '' || !extPhones.has(keyOf(manager))))
    .map(({ code }) => code);
  const all = clients.length;
  if (all === 0) return skipped({ en: 'There are no clients.', ru: 'Клиентов нет.' });
  if (alone.length === 0) {
    return ok({
      en: `Each of ${plural(all, 'client')} has a manager.`,
      ru: `Менеджер есть у каждого клиента (${all}).`,
    });
  }
  const finding = warn(
    {
      en: `${alone.length} of ${plural(all, 'client')} without a manager: clients.code ${some(alone)}.`,
      ru: `Нет менеджера у ${alone.length} из ${pluralRu(all, 'клиента', 'клиентов', 'клиентов')}: clients.code ${some(alone)}.`,
    },
    {
      en: 'Their calls go to the operators, which may be as you want it. clients.manager names the manager.',
      ru: 'Их звонки идут операторам; возможно, так и задумано. Менеджер указывается в clients.manager.',
    },
  );
  return { ...finding, details: { withoutManager: list(alone) } };
}

/** Every extension that a manager's telephone field has, for Asterisk to be asked about. */
export function extensionsOf({ extPhones }: People, numbers: NumberHabits): string[] {
  const fields = [...extPhones.values()];
  const entries = fields.flatMap((field) => parsePhoneField(field, numbers.country, numbers).entries);
  const extensions = entries.flatMap((entry) => (entry.kind === 'extension' ? [entry.extension] : []));
  return [...new Set(extensions)].toSorted((a, b) => Number(a) - Number(b));
}

function some(codes: readonly string[]): string {
  return codes.length <= SHOWN ? codes.join(', ') : `${codes.slice(0, SHOWN).join(', ')} …`;
}

/** Logins, which may have spaces and full stops. */
function quoted(logins: readonly string[]): string {
  return some(logins.map((login) => `«${login}»`));
}

function list(codes: readonly string[]): CodeList {
  return { count: codes.length, codes: codes.slice(0, LISTED) };
}
