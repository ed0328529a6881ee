import type { StatusPart } from '../../api/status.routes.ts';
import type { Config } from '../../config/config.ts';
import type { Door } from '../../door/door.ts';
import type { NamesReader } from '../../directory/names/names.ts';
import type { Readiness } from '../../monitoring/readiness.ts';
import { maskText } from '../../phone/mask.ts';
import { verbatim } from '../../util/language.ts';
import { plural, pluralRu } from '../../util/plural.ts';
import type { FollowerStatus } from '../asterisk-follower.ts';
import type { DeskRole } from '../desk.ts';
import { closedParts, type ClosedPart, type Opening } from '../opening.ts';
import { routerStatus } from './router.status.ts';

/** What is looked at, as far as it is there. */
export interface WatchedParts {
  readonly http: Config['http'];
  readonly isDemo: boolean;
  /** A look into the courier database. Never rejects. */
  readonly probe: { check(): Promise<Readiness> };
  readonly names: Pick<NamesReader, 'state'>;
  readonly desk: {
    readonly role: DeskRole;
    readonly followers: readonly { readonly status: FollowerStatus }[];
  };
  readonly journal: { readonly problem: string | undefined; readonly waiting: number };
  readonly damage: { readonly damage: string | undefined } | undefined;
  readonly door: Pick<Door, 'connections' | 'isAlarmed'> | undefined;
  readonly opening: Opening;
  readonly recordings: { readonly problem: string | undefined; readonly waiting: number } | undefined;
  readonly feeds: {
    readonly feeders: readonly { readonly name: string; readonly problem: string | undefined }[];
  };
}

/** Each part at a glance. Never rejects. */
export async function statusOf(parts: WatchedParts): Promise<StatusPart[]> {
  const [router, database] = await Promise.all([routerStatus(parts.http), parts.probe.check()]);
  const closed = closedParts(parts.opening).map(closedPart);
  return [
    ...router,
    databasePart(database, parts.isDemo),
    namesPart(parts.names.state()),
    ...asteriskParts(parts.desk),
    journalPart(parts.journal, parts.damage?.damage),
    ...(closed.some(({ name }) => name === 'door') ? [] : [doorPart(parts.door)]),
    ...closed,
    recordingsPart(parts.recordings),
    ...parts.feeds.feeders.map(feedPart),
  ];
}

function databasePart({ ready, problem }: Readiness, isDemo: boolean): StatusPart {
  const name = 'database';
  if (isDemo)
    return { name, state: 'warning', text: { en: 'That of the demo company.', ru: 'Демонстрационная.' } };
  if (ready) return { name, state: 'good', text: { en: 'It answers.', ru: 'Отвечает.' } };
  return {
    name,
    state: 'bad',
    text: verbatim(problem ?? ''),
    remedy: { en: 'courier-agi doctor says more.', ru: 'Подробнее скажет courier-agi doctor.' },
  };
}

function namesPart({ missing, problem }: ReturnType<NamesReader['state']>): StatusPart {
  const name = 'names';
  const remedy = {
    en: 'Run deploy/desk-grants.sql, and set desk.database; then restart the desk.',
    ru: 'Выполните deploy/desk-grants.sql, задайте desk.database и перезапустите службу.',
  };
  if (problem !== null) {
    const why = maskText(problem);
    const text = { en: `Codes are shown: ${why}`, ru: `Вместо имён — коды: ${why}` };
    return { name, state: 'bad', text, remedy };
  }
  if (missing === null)
    return { name, state: 'good', text: { en: 'Nobody has asked yet.', ru: 'Ещё не требовались.' } };
  if (missing.length === 0)
    return { name, state: 'good', text: { en: 'They can be read.', ru: 'Читаются.' } };
  const columns = missing.join(', ');
  const text = {
    en: `Codes are shown where this user may not read: ${columns}`,
    ru: `Вместо имён — коды, недоступны столбцы: ${columns}`,
  };
  return { name, state: 'warning', text, remedy };
}

function asteriskParts({ role, followers }: WatchedParts['desk']): StatusPart[] {
  if (role !== 'following') {
    const text =
      role === 'standby'
        ? { en: 'Another desk follows the calls.', ru: 'За звонками следит другая служба.' }
        : { en: 'The desk is starting.', ru: 'Служба запускается.' };
    return [{ name: 'asterisk', state: role === 'standby' ? 'good' : 'warning', text }];
  }
  return followers.map(({ status: { asterisk, state, problem } }) => ({
    name: followers.length === 1 ? 'asterisk' : `asterisk ${asterisk}`,
    state: state === 'followed' ? 'good' : 'bad',
    text:
      state === 'followed'
        ? { en: 'Its calls are followed.', ru: 'За звонками следим.' }
        : {
            en: `Calls go on, but are not seen: ${maskText(problem ?? '')}`,
            ru: `Звонки идут, но их не видно: ${maskText(problem ?? '')}`,
          },
  }));
}

function journalPart({ problem, waiting }: WatchedParts['journal'], damage: string | undefined): StatusPart {
  const name = 'journal';
  if (damage !== undefined) {
    const text = { en: `Its file is damaged: ${damage}`, ru: `Файл повреждён: ${damage}` };
    const remedy = {
      en: 'Stop the desk, put a copy back (docs/desk.md, "Backup"), and look at the disk.',
      ru: 'Остановите службу, верните копию (docs/desk.md, «Backup») и проверьте диск.',
    };
    return { name, state: 'bad', text, remedy };
  }
  if (problem === undefined) return { name, state: 'good', text: { en: 'It is written.', ru: 'Пишется.' } };
  const why = maskText(problem);
  return {
    name,
    state: 'bad',
    text: {
      en: `${plural(waiting, 'call')} wait until it can be written: ${why}`,
      ru: `${pluralRu(waiting, 'звонок ждёт', 'звонка ждут', 'звонков ждут')} записи: ${why}`,
    },
  };
}

function closedPart({ part: name, problem }: ClosedPart): StatusPart {
  return {
    name,
    state: 'bad',
    text: verbatim(maskText(problem)),
    remedy: {
      en: `It is tried again every 10 s. ss -ltnp names who has the port; or change ${name}.port and restart the desk.`,
      ru: `Попытки повторяются каждые 10 с. Кто занял порт, покажет ss -ltnp; или смените ${name}.port и перезапустите службу.`,
    },
  };
}

function doorPart(door: WatchedParts['door']): StatusPart {
  const name = 'door';
  if (door === undefined)
    return { name, state: 'off', text: { en: 'door.enabled is false.', ru: 'door.enabled: false.' } };
  if (door.isAlarmed) {
    return {
      name,
      state: 'bad',
      text: {
        en: 'An alarm: somebody may be trying to call at your cost.',
        ru: 'Тревога: возможно, кто-то пытается звонить за ваш счёт.',
      },
      remedy: { en: 'See the log of the desk.', ru: 'Смотрите лог службы.' },
    };
  }
  const { connections } = door;
  const text = {
    en: `It is open, ${plural(connections, 'connection')} now.`,
    ru: `Открыт, сейчас ${pluralRu(connections, 'подключение', 'подключения', 'подключений')}.`,
  };
  return { name, state: 'good', text };
}

function recordingsPart(recordings: WatchedParts['recordings']): StatusPart {
  const name = 'recordings';
  if (recordings === undefined) {
    const text = { en: 'There is no section recordings.', ru: 'Нет раздела recordings.' };
    return { name, state: 'off', text };
  }
  const { problem, waiting } = recordings;
  if (problem === undefined) {
    const text = {
      en: waiting === 0 ? 'They are collected.' : `They are collected, ${waiting} to come.`,
      ru:
        waiting === 0
          ? 'Собираются.'
          : `Собираются, ожидается ${pluralRu(waiting, 'запись', 'записи', 'записей')}.`,
    };
    return { name, state: 'good', text };
  }
  const why = maskText(problem);
  const text = { en: `They cannot be collected: ${why}`, ru: `Не собираются: ${why}` };
  return { name, state: 'bad', text };
}

function feedPart({ name: feed, problem }: WatchedParts['feeds']['feeders'][number]): StatusPart {
  const name = `feed ${feed}`;
  if (problem === undefined) return { name, state: 'good', text: { en: 'It is taken.', ru: 'Принимается.' } };
  const why = maskText(problem);
  return { name, state: 'bad', text: { en: `Its events wait: ${why}`, ru: `События ждут: ${why}` } };
}
