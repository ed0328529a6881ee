import type { Language, Text } from '../util/language.ts';
import { CodedError } from '../util/errors.ts';

/** What a request can fail with: status and texts. Codes are stable; see docs/errors.md. */
const REFUSALS = {
  unauthorized: {
    status: 401,
    en: 'Sign in, or send a token: Authorization: Bearer TOKEN.',
    ru: 'Войдите или пришлите токен: Authorization: Bearer ТОКЕН.',
  },
  wrong_password: {
    status: 401,
    en: 'Wrong login or password.',
    ru: 'Логин или пароль не подходят.',
  },
  wrong_old_password: {
    status: 403,
    en: 'The old password is another one.',
    ru: 'Старый пароль не подходит.',
  },
  unknown_user: {
    status: 403,
    en: 'The desk does not know you: ask an admin to add you.',
    ru: 'Служба вас не знает: попросите администратора вас добавить.',
  },
  open_id_away: {
    status: 503,
    en: 'The OpenID provider does not answer now; the log of the desk says why.',
    ru: 'Провайдер OpenID сейчас не отвечает; причина — в логе службы.',
  },
  open_id_refused: {
    status: 403,
    en: 'The sign-in at the OpenID provider was not completed; the log of the desk says why.',
    ru: 'Вход через провайдера OpenID не завершён; причина — в логе службы.',
  },
  too_many_tries: {
    status: 429,
    en: 'Too many tries to sign in. Wait a few minutes.',
    ru: 'Слишком много попыток входа. Подождите несколько минут.',
  },
  foreign_origin: {
    status: 403,
    en: 'This was sent by a page of another site, or desk.publicUrl is not the address in the browser.',
    ru: 'Запрос пришёл со страницы другого сайта, или desk.publicUrl — не тот адрес, что в браузере.',
  },
  weak_password: {
    status: 400,
    en: 'A password takes 10 to 200 characters.',
    ru: 'В пароле должно быть от 10 до 200 знаков.',
  },
  name_taken: { status: 409, en: 'This name is taken.', ru: 'Это имя занято.' },
  no_such_user: { status: 404, en: 'There is no such user.', ru: 'Такого пользователя нет.' },
  no_such_token: { status: 404, en: 'There is no such token.', ru: 'Такого токена нет.' },
  forbidden: {
    status: 403,
    en: 'Your role does not allow that.',
    ru: 'Ваша роль этого не разрешает.',
  },
  not_found: { status: 404, en: 'There is nothing at this address.', ru: 'По этому адресу ничего нет.' },
  no_such_call: {
    status: 404,
    en: 'The journal has no call with this id.',
    ru: 'В журнале нет звонка с таким id.',
  },
  no_such_shipment: {
    status: 404,
    en: 'The courier database has no shipment of this code.',
    ru: 'В базе нет отправления с этим кодом.',
  },
  other_note: {
    status: 409,
    en: 'A colleague has written another note meanwhile.',
    ru: 'Тем временем коллега уже написал другую заметку.',
  },
  no_such_recording: {
    status: 404,
    en: 'There is no recording with this id.',
    ru: 'Записи разговора с таким id нет.',
  },
  recording_not_ready: {
    status: 409,
    en: 'This recording has not come from the telephone server yet, or never did.',
    ru: 'Эта запись ещё не получена с сервера телефонии или не пришла вовсе.',
  },
  recording_erased: { status: 410, en: 'This recording has been erased.', ru: 'Эта запись удалена.' },
  invalid_range: {
    status: 416,
    en: 'The recording has no such part.',
    ru: 'Такого фрагмента в записи нет.',
  },
  invalid_request: {
    status: 400,
    en: 'The request cannot be understood.',
    ru: 'Запрос составлен неверно.',
  },
  invalid_number: {
    status: 400,
    en: 'This is no telephone number.',
    ru: 'Это не телефонный номер.',
  },
  journal_away: {
    status: 503,
    en: 'The journal cannot be read now. Try again in a moment; the log of the desk says why.',
    ru: 'Журнал звонков сейчас недоступен. Повторите чуть позже; причина — в логе службы.',
  },
  database_away: {
    status: 503,
    en: 'The courier database does not answer now.',
    ru: 'База courier сейчас не отвечает.',
  },
  too_many_followers: {
    status: 503,
    en: 'Too many follow the events already.',
    ru: 'За событиями уже следит слишком много подключений.',
  },
  internal: {
    status: 500,
    en: 'The desk failed to answer; its log says why. Please report it.',
    ru: 'Внутренняя ошибка; подробности в логе службы. Сообщите о ней, пожалуйста.',
  },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A request that is not answered as it was meant. */
export class ApiError extends CodedError {
  readonly code: RefusalCode;
  /** What is wrong, in sentences that stand for those of the code. */
  readonly detail: Text | undefined;
  /** The fields that are wrong, as they stand in the request, for programs: `extensions.0`. */
  readonly fields: readonly string[] | undefined;

  constructor(
    code: RefusalCode,
    detail?: Text,
    { fields, ...options }: ErrorOptions & { readonly fields?: readonly string[] } = {},
  ) {
    super(REFUSALS[code].en, options);
    this.fields = fields;
    this.code = code;
    this.detail = detail;
  }

  get status() {
    return REFUSALS[this.code].status;
  }

  /** The body of the answer. */
  body(language: Language): { error: { code: RefusalCode; message: string; fields?: readonly string[] } } {
    const { code, fields } = this;
    const message = (this.detail ?? REFUSALS[code])[language];
    return { error: { code, message, ...(fields !== undefined && { fields }) } };
  }
}
