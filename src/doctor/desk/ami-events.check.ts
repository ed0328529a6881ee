import type { AmiMessage } from '../../ami/message.ts';
import { LINK_VARIABLES } from '../../calls/call-view.ts';
import { joined, type Text } from '../../util/language.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import type { AmiView } from './ami-view.ts';
import type { ManagerSettings } from './manager-settings.ts';

const SAMPLE = 'dialplan-examples/manager.conf';
const RELOAD = 'asterisk -rx "manager reload"';

/** More than this, and the times of the journal are not those of other logs. In ms. */
const TOLERATED_CLOCK_MS = 2_000;

/**
 * Do events bear the time of what happened, and what the router found? Without Asterisk's console that shows only
 * while there is a call.
 */
export function judgeEvents(view: AmiView | null, settings: ManagerSettings | null): Finding {
  if (view === null) return skipped({ en: 'Nobody is logged in.', ru: 'Войти не удалось.' });
  const seen = settings === null ? seenIn(view) : settings;
  if (seen === null) {
    return skipped(
      {
        en: 'There is no call now, so that channelvars and timestampevents do not show.',
        ru: 'Звонков сейчас нет, поэтому channelvars и timestampevents не видны.',
      },
      {
        en: 'Run doctor while there is a call, or as root on the machine with Asterisk; there asterisk -rx "manager show settings" tells as well.',
        ru: 'Запустите doctor во время звонка или от имени root на машине с Asterisk; там же их покажет asterisk -rx "manager show settings".',
      },
    );
  }
  const problems = [...withoutTimes(seen), ...withoutVariables(seen)];
  if (problems.length === 0) {
    return ok({
      en: 'Events bear their time and what the router found.',
      ru: 'В событиях есть время и ответ маршрутизатора.',
    });
  }
  return warn(joined(problems), {
    en: `Copy timestampevents and channelvars from [general] of ${SAMPLE}, then ${RELOAD}.`,
    ru: `Скопируйте timestampevents и channelvars из [general] в ${SAMPLE}, затем ${RELOAD}.`,
  });
}

type Seen = Pick<ManagerSettings, 'timestampEvents' | 'channelVars'>;

/** Of channels each shows every variable, an empty one as well; an event shows whether it has a time. */
function seenIn({ channels, event }: AmiView): Seen | null {
  const [channel] = channels ?? [];
  if (channel === undefined) return null;
  return {
    channelVars: channel.all('ChanVariable').map((variable) => variable.split('=', 1)[0] ?? ''),
    // No event within some seconds of a call says nothing.
    timestampEvents: event === undefined || hasTime(event),
  };
}

function hasTime(event: AmiMessage): boolean {
  return event.get('Timestamp') !== undefined;
}

function withoutTimes({ timestampEvents }: Seen): Text[] {
  if (timestampEvents) return [];
  return [
    {
      en: 'timestampevents is off: the journal has the times when events arrived.',
      ru: 'timestampevents выключен: в журнал попадает время прихода событий.',
    },
  ];
}

function withoutVariables({ channelVars }: Seen): Text[] {
  const lacks = LINK_VARIABLES.filter((one) => !channelVars.includes(one));
  if (lacks.length === 0) return [];
  return [
    {
      en: `channelvars lacks ${lacks.join(', ')}: calls are bound to what their number tells, not to what the router answered.`,
      ru: `В channelvars нет ${lacks.join(', ')}: звонки привязываются по номеру, а не по ответу маршрутизатора.`,
    },
  ];
}

/** Do both machines agree on the time? */
export function judgeClock(view: AmiView | null): Finding {
  if (view === null) return skipped({ en: 'Nobody is logged in.', ru: 'Войти не удалось.' });
  const seconds = (Math.abs(view.clockAheadMs) / 1000).toFixed(1);
  if (Math.abs(view.clockAheadMs) <= TOLERATED_CLOCK_MS) {
    return ok({
      en: `Asterisk's clock and ours differ by ${seconds} s.`,
      ru: `Часы Asterisk расходятся с нашими на ${seconds} с.`,
    });
  }
  const [en, ru] = view.clockAheadMs > 0 ? ['ahead', 'спешат'] : ['behind', 'отстают'];
  return warn(
    {
      en: `Asterisk's clock is ${seconds} s ${en}: the journal's times are not those of this machine.`,
      ru: `Часы Asterisk ${ru} на ${seconds} с: время в журнале не такое, как на этой машине.`,
    },
    {
      en: 'Have both set by NTP: timedatectl shows whether they are, timedatectl set-ntp true turns it on.',
      ru: 'Включите NTP на обеих: состояние показывает timedatectl, включает timedatectl set-ntp true.',
    },
  );
}
