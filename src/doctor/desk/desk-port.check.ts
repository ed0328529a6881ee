import type { Config } from '../../config/config.ts';
import { joined, verbatim, type Text } from '../../util/language.ts';
import { ok, warn, type Finding } from '../check.ts';
import { taken, tryToListen, withoutServer, type Section } from '../port.check.ts';
import { findDesk, openAgain, tellClosed, type ClosedPart, type DeskHealth } from './desk-health.ts';

/**
 * Are the ports of the desk free, or taken by this very desk, and does it do its work?
 *
 * @param running what a desk that runs tells of itself
 * @param loggedIn names of the Asterisks where doctor's own login as the desk was taken
 */
export async function checkDeskPort(
  { desk, door, survey }: Pick<Config, 'desk' | 'door' | 'survey'>,
  running: DeskHealth | null,
  loggedIn: ReadonlySet<string> = new Set(),
): Promise<Finding> {
  const { host, port, tls } = desk;
  const secure = tls !== undefined;
  if (running !== null) return judge(running, port, loggedIn);
  if ((await findDesk(desk, !secure)) !== null) return withFormerTls(port, secure);
  // 5039, that of the door, is also the one that Asterisk takes for AMI with TLS.
  const others = [
    ...(door.enabled ? [withSection('door', door)] : []),
    ...(survey ? [withSection('survey', survey)] : []),
  ];
  for (const [section, target] of others) {
    const finding = await checkFree(section, target);
    if (finding.state !== 'ok') return finding;
  }
  return checkFree('desk', { host, port });
}

function judge(running: DeskHealth, port: number, loggedIn: ReadonlySet<string>): Finding {
  if (!running.ready) return notReady(running, port, loggedIn);
  const [closed] = running.closed;
  return closed === undefined ? atWork(running, port) : notOpen(closed, port);
}

interface Target {
  readonly host: string;
  readonly port: number;
}

function withSection(section: Section, { host, port }: Target): [Section, Target] {
  return [section, { host, port }];
}

async function checkFree(section: Section, target: Target): Promise<Finding> {
  const problem = await tryToListen(target);
  return problem === 'EADDRINUSE' ? taken(target, section) : withoutServer(target, section, problem);
}

function atWork({ role, asterisks }: DeskHealth, port: number): Finding {
  if (role === 'standby') {
    return ok({
      en: `The desk answers on port ${port}, and leaves the calls to another one.`,
      ru: `Desk отвечает на порту ${port}; за звонками следит другой.`,
    });
  }
  const names = asterisks.map(({ asterisk }) => asterisk).join(', ');
  return ok({
    en: `The desk answers on port ${port} and follows ${names}.`,
    ru: `Desk отвечает на порту ${port} и следит за ${names}.`,
  });
}

/** It was started before `desk.tls` was written down, or taken out. */
function withFormerTls(port: number, wanted: boolean): Finding {
  return warn(
    wanted
      ? {
          en: `The desk answers on port ${port} without encryption: desk.tls was changed after it started.`,
          ru: `Desk отвечает на порту ${port} без шифрования: desk.tls изменили после запуска.`,
        }
      : {
          en: `The desk answers on port ${port} with encryption: desk.tls was changed after it started.`,
          ru: `Desk отвечает на порту ${port} с шифрованием: desk.tls изменили после запуска.`,
        },
    verbatim('systemctl restart courier-agi-desk'),
  );
}

/** Its own port answers, and another one of its ports is somebody else's. */
function notOpen(closed: ClosedPart, port: number): Finding {
  return warn(
    joined([
      { en: `The desk answers on port ${port}.`, ru: `Desk отвечает на порту ${port}.` },
      tellClosed(closed),
    ]),
    openAgain(closed),
  );
}

function notReady(
  { asterisks, journal, closed }: DeskHealth,
  port: number,
  loggedIn: ReadonlySet<string>,
): Finding {
  const away = asterisks.flatMap(({ asterisk, problem }): Text[] =>
    problem === null ? [] : [verbatim(`${asterisk}: ${problem}`)],
  );
  const unwritten: Text[] =
    journal.problem === null
      ? []
      : [
          {
            en: `The journal cannot be written, and ${journal.waiting} calls wait: ${journal.problem}`,
            ru: `Журнал не пишется, ждут звонков: ${journal.waiting}; ${journal.problem}`,
          },
        ];
  const damaged: Text[] =
    journal.damage === null
      ? []
      : [
          {
            en: `The file of the journal is damaged: ${journal.damage}`,
            ru: `Файл журнала повреждён: ${journal.damage}`,
          },
        ];
  return warn(
    joined([
      {
        en: `The desk answers on port ${port} and does not do its work.`,
        ru: `Desk отвечает на порту ${port}, но не работает.`,
      },
      ...away,
      ...unwritten,
      ...damaged,
      ...closed.map(tellClosed),
    ]),
    joined([
      ...toldApart(asterisks, loggedIn),
      {
        en: 'See the checks above, and journalctl -u courier-agi-desk.',
        ru: 'Смотрите проверки выше и journalctl -u courier-agi-desk.',
      },
    ]),
  );
}

/** As `AmiLoginError` says it. */
const REFUSED = / refuses the login of /;

/** Where doctor's own login is taken, there is nothing to be seen in its checks: the desk works with something else. */
function toldApart(asterisks: DeskHealth['asterisks'], loggedIn: ReadonlySet<string>): Text[] {
  const names = asterisks
    .filter(({ asterisk, problem }) => loggedIn.has(asterisk) && REFUSED.test(problem ?? ''))
    .map(({ asterisk }) => asterisk)
    .join(', ');
  if (names === '') return [];
  return [
    {
      en: `Of ${names} user or secret were changed after the desk had tried: it reads the secret anew within a minute. If not: systemctl restart courier-agi-desk.`,
      ru: `Пользователя или секрет (${names}) сменили после того, как desk пробовал войти: за минуту он прочтёт секрет заново. Если нет: systemctl restart courier-agi-desk.`,
    },
  ];
}
