import { CHECK_CHANNEL } from '../monitoring/check-call.ts';
import { NOBODYS_NUMBER } from '../phone/nobody.ts';
import { maskNumber } from '../phone/mask.ts';
import { joined, type Text } from '../util/language.ts';
import { plural, pluralRu } from '../util/plural.ts';
import { playCall, type Target } from '../simulator/asterisk.ts';
import { fail, ok, skipped, warn, type Finding } from './check.ts';

/** Whose call is tried. */
export interface SampleCaller {
  readonly number: string;
  /** It stands in contacts as a look-up needs it, and callers of its kind are looked for. */
  readonly known: boolean;
}

/** A number that no normaliser refuses and nobody has: its call goes through the look-up all the same. */
export const NOBODY: SampleCaller = { number: NOBODYS_NUMBER, known: false };

/**
 * Calls the running server as Asterisk would: the way of a real call, its look-up included. The server's
 * log marks it, and it counts nowhere as a caller's.
 */
export async function checkAgi(target: Target, caller: SampleCaller): Promise<Finding> {
  const { number, known } = caller;
  const environment = new Map([
    ['agi_callerid', number],
    ['agi_channel', CHECK_CHANNEL],
  ]);
  const call = await playCall(target, { environment, presets: new Map() }, { timeoutMs: 10_000 });
  const get = (name: string): string => call.variables.get(name) ?? '';
  const status = get('ROUTE_STATUS');
  const [problem] = call.problems;
  if (problem !== undefined) {
    return fail(
      {
        en: `The server answered a call in a way that Asterisk stumbles over: ${problem}.`,
        ru: `Сервер ответил на звонок так, что Asterisk споткнётся: ${problem}.`,
      },
      { en: 'Please report this.', ru: 'Сообщите об этом разработчикам.' },
    );
  }
  const from =
    caller === NOBODY
      ? { en: 'A test call from an unused number', ru: 'Пробный звонок с ничьего номера' }
      : { en: `A test call from ${maskNumber(number)}`, ru: `Пробный звонок с ${maskNumber(number)}` };
  if (status === 'ERROR') {
    return fail(joined([from, { en: 'got ROUTE_STATUS=ERROR.', ru: 'получил ROUTE_STATUS=ERROR.' }]), {
      en: 'The newest "call" line in journalctl -u courier-agi names the error.',
      ru: 'Ошибку назовёт последняя строка «call» в journalctl -u courier-agi.',
    });
  }
  const source = get('ROUTE_SOURCE');
  const ms = Math.round(call.durationMs);
  const { en, ru } = tell(get);
  const came = joined([
    from,
    {
      en: `got ROUTE_STATUS=${status} in ${ms} ms: ${en}.`,
      ru: `получил ROUTE_STATUS=${status} за ${ms} мс: ${ru}.`,
    },
  ]);
  if (source === 'snapshot') {
    return warn(
      joined([came, { en: 'The database did not answer the server.', ru: 'База не ответила серверу.' }]),
      {
        en: 'courier-agi top tells why, and so does liveError in the log of the server.',
        ru: 'Причину покажет courier-agi top, а также liveError в логе сервера.',
      },
    );
  }
  if (known && status === 'UNKNOWN' && source === 'live') {
    return warn(
      joined([
        came,
        {
          en: 'But it stands in contacts of the database that doctor asks.',
          ru: 'Но этот номер есть в contacts той базы, которую спрашивает doctor.',
        },
      ]),
      {
        en: 'The server works with another configuration: compare its --config with this one, then systemctl restart courier-agi.',
        ru: 'Сервер работает с другими настройками: сравните его --config с этим файлом, затем systemctl restart courier-agi.',
      },
    );
  }
  return ok(came);
}

const KINDS_RU: Readonly<Record<string, string>> = {
  courier: 'курьер',
  recipient: 'получатель',
  contact: 'контактное лицо клиента',
  client: 'клиент',
};

/** `ROUTE_…`, in words. */
function tell(get: (name: string) => string): Text {
  const caller = get('ROUTE_CALLER');
  const age = get('ROUTE_AGE');
  const attempts = Number(get('ROUTE_COUNT') || 0);
  const toManager = get('ROUTE_TARGET') === 'manager';
  const sources = new Map([
    ['live', { en: 'from the database', ru: 'ответ из базы' }],
    ['snapshot', { en: `from the snapshot, ${age} s old`, ru: `ответ из снимка, ему ${age} с` }],
  ]);
  const words: (Text | undefined)[] = [
    caller === ''
      ? { en: 'no caller that it knows', ru: 'звонящий неизвестен' }
      : { en: `a ${caller}`, ru: KINDS_RU[caller] ?? caller },
    attempts === 0
      ? { en: 'the operators ring', ru: 'звонок уйдёт операторам' }
      : {
          en: `${plural(attempts, 'attempt')} for a ${get('ROUTE_TARGET')}`,
          ru: `${pluralRu(attempts, 'попытка', 'попытки', 'попыток')} дозвониться ${toManager ? 'менеджеру' : 'курьеру'}`,
        },
    sources.get(get('ROUTE_SOURCE')),
  ];
  return joined(
    words.filter((text) => text !== undefined),
    ', ',
  );
}

/**
 * No call can be tried from here.
 *
 * @param runs the router of this machine says that it lives
 * @param hasDesk this machine may be there for the desk alone
 */
export function withoutServer(runs: boolean, hasDesk: boolean): Finding {
  if (runs) {
    return skipped(
      {
        en: 'The server runs, and takes no call from this machine.',
        ru: 'Сервер запущен, но звонков с этой машины не принимает.',
      },
      {
        en: 'See port above. With 127.0.0.1 in listen.allow doctor can try a call, too.',
        ru: 'Смотрите строку port выше. С 127.0.0.1 в listen.allow doctor сможет проверить и звонок.',
      },
    );
  }
  return skipped(
    { en: 'No server answers calls on this machine.', ru: 'Звонки на этой машине никто не принимает.' },
    hasDesk
      ? {
          en: 'Good if another machine routes the calls, or nobody does. Otherwise: systemctl enable --now courier-agi',
          ru: 'Так и должно быть, если звонки распределяет другая машина или никто. Иначе: systemctl enable --now courier-agi',
        }
      : {
          en: 'Start it: systemctl enable --now courier-agi',
          ru: 'Запустите: systemctl enable --now courier-agi',
        },
  );
}
