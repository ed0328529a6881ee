import type { StatusPart } from '../../api/status.routes.ts';
import type { Config } from '../../config/config.ts';
import { fetchStatus } from '../../http/client.ts';
import { configurationRemarks } from '../../monitoring/configuration-status.ts';
import type { ServerStatus } from '../../monitoring/monitor.ts';
import { reachableHost } from '../../net/reachable.ts';
import { messageOf } from '../../util/errors.ts';
import { joined, verbatim, type Text } from '../../util/language.ts';
import { plural, pluralRu } from '../../util/plural.ts';

/** How the router is, as it tells on its port for health and metrics. Never rejects. */
export async function routerStatus({ enabled, host, port }: Config['http']): Promise<StatusPart[]> {
  if (!enabled) {
    const text = {
      en: 'http.enabled is false here: the router is not asked.',
      ru: 'http.enabled: false, маршрутизатор не опрашивается.',
    };
    return [{ name: 'router', state: 'off', text }];
  }
  try {
    const status = await fetchStatus({ host: reachableHost(host), port });
    return [routerPart(status), snapshotPart(status)];
  } catch (error) {
    return [
      {
        name: 'router',
        state: 'bad',
        text: { en: `It does not answer: ${messageOf(error)}`, ru: `Не отвечает: ${messageOf(error)}` },
        remedy: {
          en: 'Does courier-agi serve run, and are http.host and http.port its own? Where there is to be none: http.enabled: false.',
          ru: 'Запущен ли courier-agi serve, и его ли это http.host и http.port? Если его здесь и не должно быть: http.enabled: false.',
        },
      },
    ];
  }
}

function routerPart({
  version,
  calls,
  sessions,
  maxCalls,
  directory,
  configuration,
}: ServerStatus): StatusPart {
  const remarks = configurationRemarks(configuration);
  const hasNothing = directory !== null && directory.problem !== null && directory.snapshot === null;
  const facts: Text = {
    en: `Version ${version}, ${plural(calls.total, 'call')} since its start, ${sessions} of ${maxCalls} now.`,
    ru: `Версия ${version}, ${pluralRu(calls.total, 'звонок', 'звонка', 'звонков')} с запуска, сейчас ${sessions} из ${maxCalls}.`,
  };
  if (hasNothing) {
    return {
      name: 'router',
      state: 'bad',
      text: joined([
        {
          en: `Callers go to the operators: ${directory.problem ?? ''}`,
          ru: `Все звонки идут операторам: ${directory.problem ?? ''}`,
        },
        facts,
      ]),
      remedy: { en: 'courier-agi doctor says more.', ru: 'Подробнее скажет courier-agi doctor.' },
    };
  }
  return {
    name: 'router',
    state: remarks.length > 0 ? 'warning' : 'good',
    text: facts,
    remedy: remarks.length > 0 ? joined(remarks, '; ') : undefined,
  };
}

function snapshotPart({ directory }: ServerStatus): StatusPart {
  const name = 'snapshot';
  if (directory === null) return { name, state: 'off', text: { en: 'None is needed.', ru: 'Не нужен.' } };
  const { snapshot, problem, taking } = directory;
  if (snapshot === null) {
    return {
      name,
      state: taking === null ? 'bad' : 'warning',
      text:
        taking === null
          ? { en: 'There is none that is new enough.', ru: 'Достаточно свежего нет.' }
          : { en: 'The first one is being taken.', ru: 'Делается первый.' },
    };
  }
  const minutes = Math.round(snapshot.ageSeconds / 60);
  const facts: Text = {
    en: `${plural(snapshot.numbers, 'number')}, ${plural(minutes, 'minute')} old.`,
    ru: `${pluralRu(snapshot.numbers, 'номер', 'номера', 'номеров')}, возраст ${pluralRu(minutes, 'минута', 'минуты', 'минут')}.`,
  };
  if (problem === null) return { name, state: 'good', text: facts };
  const answers = { en: 'It answers in place of the database:', ru: 'Отвечает вместо базы:' };
  return { name, state: 'warning', text: joined([facts, answers, verbatim(problem)]) };
}
