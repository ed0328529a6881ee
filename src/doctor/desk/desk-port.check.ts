import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { reachableHost } from '../../net/reachable.ts';
import { joined, verbatim, type Text } from '../../util/language.ts';
import { ok, warn, type Finding } from '../check.ts';
import { taken, tryToListen, withoutServer, type Section } from '../port.check.ts';

/** What `/ready` of a desk tells. */
const health = z.object({
  ready: z.boolean(),
  role: z.enum(['starting', 'following', 'standby']),
  asterisks: z.array(z.object({ asterisk: z.string(), problem: z.string().nullable() })),
  journal: z.object({
    problem: z.string().nullable(),
    waiting: z.number(),
    // Desks of before do not tell.
    damage: z.string().nullable().default(null),
  }),
  closed: z.array(z.object({ part: z.enum(['door', 'survey']), problem: z.string() })).default([]),
});
type Health = z.infer<typeof health>;

const TIMEOUT_MS = 3_000;

/** Are the ports of the desk free, or taken by this very desk, and does it do its work? */
export async function checkDeskPort({
  desk,
  door,
  survey,
}: Pick<Config, 'desk' | 'door' | 'survey'>): Promise<Finding> {
  const { host, port, tls } = desk;
  const secure = tls !== undefined;
  const running = await findDesk(reachableHost(host), port, secure);
  if (running !== null) return judge(running, port);
  if ((await findDesk(reachableHost(host), port, !secure)) !== null) return withFormerTls(port, secure);
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

function judge(running: Health, port: number): Finding {
  if (!running.ready) return notReady(running, port);
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

/** @returns null when no desk answers this machine */
async function findDesk(host: string, port: number, secure: boolean): Promise<Health | null> {
  try {
    return health.parse(JSON.parse(await ask({ host, port, path: '/ready', agent: false }, secure)));
  } catch {
    return null;
  }
}

/** The body of the answer, whatever its status. */
function ask(target: Target & { path: string; agent: false }, secure: boolean): Promise<string> {
  const options = { ...target, signal: AbortSignal.timeout(TIMEOUT_MS) };
  return new Promise((resolve, reject) => {
    // The certificate is made out to the name that browsers use, not to this address.
    const request = secure ? getSecurely({ ...options, rejectUnauthorized: false }) : get(options);
    request.once('response', (answer) => void text(answer).then(resolve, reject)).once('error', reject);
  });
}

function atWork({ role, asterisks }: Health, port: number): Finding {
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
function notOpen({ part, problem }: Health['closed'][number], port: number): Finding {
  const names = {
    door: { en: 'the door', ru: 'охрана перед AMI' },
    survey: { en: 'the port of the surveys', ru: 'порт опросов' },
  };
  return warn(
    joined([
      {
        en: `The desk answers on port ${port}, but ${names[part].en} is not open: it is tried again every 10 s.`,
        ru: `Desk отвечает на порту ${port}, но не открыт: ${names[part].ru}; попытки — каждые 10 с.`,
      },
      verbatim(problem),
    ]),
    {
      en: `Stop the program that has the port, or set ${part}.port to a free one and restart the desk.`,
      ru: `Остановите программу, которая занимает порт, или укажите свободный в ${part}.port и перезапустите desk.`,
    },
  );
}

function notReady({ asterisks, journal }: Health, port: number): Finding {
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
    ]),
    {
      en: 'See the checks above, and journalctl -u courier-agi-desk.',
      ru: 'Смотрите проверки выше и journalctl -u courier-agi-desk.',
    },
  );
}
