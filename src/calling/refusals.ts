import { CodedError } from '../util/errors.ts';
import type { Language } from '../util/language.ts';

/**
 * Why a call was not made: the HTTP status and what an operator reads, with what it is about in place of `{}`. Codes
 * are stable; see docs/errors.md.
 */
const REFUSALS = {
  calls_off: {
    status: 503,
    en: 'The desk makes no calls: the section calls is missing in its configuration.',
    ru: 'Звонки, которые делает desk, выключены: в настройках нет раздела calls.',
  },
  not_entitled: {
    status: 403,
    en: 'This call is not allowed: {}.',
    ru: 'Такой звонок не разрешён: {}.',
  },
  no_telephone: {
    status: 409,
    en: 'There is no telephone to call from: {}.',
    ru: 'Не с чего позвонить: {}.',
  },
  no_number: {
    status: 409,
    en: 'There is no number to call: {}.',
    ru: 'Некуда позвонить: {}.',
  },
  invalid_number: {
    status: 400,
    en: '{} is no telephone number: check the digits.',
    ru: '{} — не телефонный номер: проверьте цифры.',
  },
  unreachable_extension: {
    status: 409,
    en: 'The telephone {} cannot be reached: it is switched off, or not registered with Asterisk.',
    ru: 'Телефон {} не на связи: он выключен или не зарегистрирован на Asterisk.',
  },
  busy: {
    status: 409,
    en: 'The telephone {} is busy: finish the call there, or switch off "do not disturb".',
    ru: 'Телефон {} занят: закончите на нём разговор или выключите «не беспокоить».',
  },
  too_many: {
    status: 429,
    en: 'Too many calls within a minute, {} are allowed (calls.perMinute). Wait a little.',
    ru: 'Слишком много звонков за минуту, разрешено {} (calls.perMinute). Подождите немного.',
  },
  outside_hours: {
    status: 409,
    en: 'No calls at this time: calls.hours allows {}.',
    ru: 'В это время не звоним: calls.hours разрешает {}.',
  },
  asterisk_away: {
    status: 503,
    en: 'The telephone server does not answer. Try again in a moment, or call by other means.',
    ru: 'Телефонный сервер не отвечает. Повторите чуть позже или позвоните обычным способом.',
  },
  trunk_away: {
    status: 503,
    en: 'There is no line to the outside: {} does not answer.',
    ru: 'Нет линии наружу: {} не отвечает.',
  },
  no_dialplan: {
    status: 503,
    en: 'Asterisk has no extension for this call in the context {}: install dialplan-examples/courier-call.conf.',
    ru: 'В диалплане Asterisk нет контекста {} для этого звонка: установите dialplan-examples/courier-call.conf.',
  },
  asterisk_refused: {
    status: 503,
    en: 'Asterisk refuses to make the call; the log of the desk says why.',
    ru: 'Asterisk отказался звонить; причина — в логе службы.',
  },
  call_over: {
    status: 409,
    en: 'This call is over.',
    ru: 'Этот звонок уже закончился.',
  },
  cannot_connect: {
    status: 409,
    en: 'Nobody on this call has called from outside: only they can be connected.',
    ru: 'В этом звонке нет никого, кто позвонил снаружи; соединить можно только его.',
  },
} as const;

export type CallRefusalCode = keyof typeof REFUSALS;

export const CALL_REFUSAL_CODES: readonly string[] = Object.keys(REFUSALS);

/** What a refusal is about, for people: a telephone, a reason. */
export interface RefusalDetail {
  readonly en: string;
  readonly ru: string;
}

/** A call that is not made, and of which nothing has reached a telephone. */
export class CallRefusedError extends CodedError {
  readonly code: CallRefusalCode;
  readonly #about: RefusalDetail;

  /** @param about takes the place of `{}` in the texts */
  constructor(code: CallRefusalCode, about: RefusalDetail | string = '', options?: ErrorOptions) {
    const detail = typeof about === 'string' ? { en: about, ru: about } : about;
    super(
      REFUSALS[code].en.replace('{}', () => detail.en),
      options,
    );
    this.code = code;
    this.#about = detail;
  }

  /** As HTTP says it. */
  get status() {
    return REFUSALS[this.code].status;
  }

  text(language: Language): string {
    return REFUSALS[this.code][language].replace('{}', () => this.#about[language]);
  }
}
