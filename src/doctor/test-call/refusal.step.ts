import type { CallRefusedError } from '../../calling/refusals.ts';
import type { Text } from '../../util/language.ts';
import { bad, good, type Step, type StepName } from './step.ts';

/** Where a call ends that is not even begun, and what to do. */
const PLACES: Partial<Record<CallRefusedError['code'], { readonly at: StepName; readonly remedy: Text }>> = {
  no_dialplan: {
    at: 'context',
    remedy: {
      en: 'Put dialplan-examples/courier-call.conf beside extensions.conf, add #tryinclude "courier-call.conf" to it, then asterisk -rx "dialplan reload". A name of your own belongs into calls.context.',
      ru: 'Положите dialplan-examples/courier-call.conf рядом с extensions.conf, добавьте в него #tryinclude "courier-call.conf", затем asterisk -rx "dialplan reload". Своё имя контекста укажите в calls.context.',
    },
  },
  trunk_away: {
    at: 'trunk',
    remedy: {
      en: 'Is the line registered: asterisk -rx "pjsip show registrations" (or "sip show registry")? Is its name in dial.trunks that of the endpoint?',
      ru: 'Зарегистрирована ли линия: asterisk -rx "pjsip show registrations" (или "sip show registry")? Совпадает ли имя в dial.trunks с именем endpoint?',
    },
  },
  unreachable_extension: {
    at: 'first rings',
    remedy: {
      en: 'Is the telephone switched on? asterisk -rx "pjsip show contacts" (or "sip show peers") lists those that are there.',
      ru: 'Включён ли телефон? Кто на связи, покажет asterisk -rx "pjsip show contacts" (или "sip show peers").',
    },
  },
  busy: {
    at: 'first rings',
    remedy: {
      en: 'Finish the call there, or switch off "do not disturb", and try again.',
      ru: 'Закончите на нём разговор или выключите «не беспокоить» и повторите.',
    },
  },
  calls_off: {
    at: 'right',
    remedy: {
      en: 'Add the section calls with your number to the configuration: calls: { callerId: "74951234567" }. Then systemctl restart courier-agi-desk.',
      ru: 'Добавьте в настройки раздел calls со своим номером: calls: { callerId: "74951234567" }. Затем systemctl restart courier-agi-desk.',
    },
  },
  outside_hours: {
    at: 'right',
    remedy: {
      en: 'Try again within calls.hours, or change them.',
      ru: 'Повторите в часы из calls.hours или измените их.',
    },
  },
  asterisk_refused: {
    at: 'right',
    remedy: {
      en: 'In manager.conf: write = originate,call,reporting, without blanks; then asterisk -rx "manager reload" and systemctl restart courier-agi-desk. The log of the desk has Asterisk’s words.',
      ru: 'В manager.conf: write = originate,call,reporting, без пробелов; затем asterisk -rx "manager reload" и systemctl restart courier-agi-desk. Слова Asterisk — в логе службы.',
    },
  },
};

const OTHERWISE: Text = {
  en: 'Try again; if it stays so, the log of the desk says why.',
  ru: 'Повторите; если не поможет, причина — в логе службы.',
};

/** The rungs behind `login` that a call reached which Asterisk was not asked for. */
export function refusalSteps(error: CallRefusedError): Step[] {
  const { at, remedy } = PLACES[error.code] ?? { at: 'context' as const, remedy: OTHERWISE };
  const failed = bad(at, { en: error.text('en'), ru: error.text('ru') }, remedy);
  // The dialplan is looked at before the lines are.
  return at === 'trunk' ? [hasContext, failed] : [failed];
}

export const hasContext: Step = good('context', {
  en: 'The dialplan takes the call.',
  ru: 'Диалплан принимает звонок.',
});
