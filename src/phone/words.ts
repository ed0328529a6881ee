/*
 * What the words beside digits in a field of phones say about them. All of them are in small letters, with е for ё;
 * `в/н`, `р/с` have lost their slash.
 */

/** May stand before an extension or a number, and says no more: `вн. тел. 101`, `SIP 101`. */
export const LABEL =
  /^(?:т|тел|телефон|тф|м|моб|мобильный|сот|р|раб|рабочий|вн|вну|внут|внутр|внутренний|внтел|д|доб|добав|добавочный|доп|кор|короткий|ном|номер|офис|office|tel|phone|line|линия|ext|extn|exten|extension|int|internal|x|х|n|no|sip|pjsip|local)$/u;

/** An extension of the number before it, in whatever way the two are parted: `84951230000, доб. 101`, `…x101`. */
export const ADDED = /^(?:доб|добав\p{L}*|ext\p{L}*|тон|тоном|тоновый|затем|далее|потом|x|х|p|w)$/u;

/** The same behind a fixed line; a mobile number has no extensions, so that behind one it is a telephone of ours. */
export const INNER = /^(?:вн|вну\p{L}*|внтел|доп|д|int|internal)$/u;

/** What follows is a telephone again. */
export const TELEPHONE =
  /^(?:т|тел|телефон|тф|м|моб|мобильный|сот|сотовый|раб|рабочий|факс|звонить|whatsapp|ватсап|вотсап|viber|вайбер|telegram|телеграм|tg|тг|tel|phone|mob|mobile|cell|fax)$/u;

/** Its digits are never dialled: `ИНН 7712345678`. */
export const DOCUMENT =
  /^(?:инн|кпп|огрн|огрнип|снилс|паспорт\p{L}*|пасп|серия|сер|рс|кс|лс|счет|счета|сч|бик|окпо|окато|октмо|договор\p{L}*|дог|заказ|заказа|накладн\p{L}*|накл|полис\p{L}*|омс|осаго|ву|права|уд|удост|удостоверени[ея]|свидетельств[оа]|id|ид|iban|swift|bic|inn|snils|passport|vat|tin|account|contract|invoice|order|icq|vin|артикул|трек|track|пин|pin|пароль|password|индекс)$/u;

/** Its digits are no extension, nor a number unless they are written as one: `код 7712345678`, `кв. 101`. */
export const PLACE =
  /^(?:кв|квартира|подъезд\p{L}*|под|пд|эт|этаж|этажа|этаже|домофон\p{L}*|дмф|код|кода|каб|кабинет|комн|комната|ком|пом|помещение|корп|корпус|стр|строение|вход|секция|ряд|место|карт[аеуы]|apt|apartment|flat|floor|code|room|entrance|suite|zip)$/u;

/** Its digits are no extension: an address, a time, a date, an amount, a fax, a telephone that is not meant. */
export const OTHER =
  /^(?:факс|fax|не|нет|кроме|старый|бывший|был|таб|табельный|авто|машина|маршрут|рейс|дом|дома|ул|улица|просп|проспект|пр|пер|переулок|ш|шоссе|пл|площадь|наб|бульвар|мкр|с|со|до|после|от|по|к|в|во|за|на|около|через|ежедневно|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|сред[аеуы]|четверг|пятниц[аеуы]|суббот[аеуы]|воскресень[еюя]|будни|будням|выходн(?:ой|ые|ым|ых)|час|часа|часов|ч|мин|минут[аыу]?|обед|перерыв|утр[ао]м?|вечер(?:а|ом)?|день|дн[яе]м?|ноч[ьи]|год|года|лет|г|янв|январ[ья]|фев|феврал[ья]|март|марта|апр|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|авг|август|августа|сент?|сентябр[ья]|окт|октябр[ья]|ноя|ноябр[ья]|дек|декабр[ья]|режим|график|время|смен[аеуы]|др|дата|рождения|руб|рубл(?:ей|я|ь)|шт|кг|км|from|to|till|until|after|before|at|am|pm|mon|tue|wed|thu|fri|sat|sun|daily|hours?|street|house|building|born)$/u;

/** Directly before a number, or behind it: it is not to be rung. A fax is, where it is a telephone as well: `тел/факс`. */
export const UNWANTED =
  /^(?:стар(?:ый|ая|ое|ые)|бывш(?:ий|ая|ие)|прежн(?:ий|яя|ие)|неактуальн\p{L}*|недействительн\p{L}*|неверн\p{L}*|ошибочн\p{L}*|отключен\p{L}*|заблокирован\p{L}*|кроме|old|former|wrong)$/u;
export const FAX = /^(?:факс|fax)$/u;
/** The same behind `не`. */
export const NOT_DONE =
  /^(?:звонить|звоните|набирать|беспокоить|использовать|работает|обслуживается|актуален|действителен|действует)$/u;

/** Behind digits: they are no extension. `18 часов`, `5 этаж`, `101 кв.` */
export const UNIT =
  /^(?:час|часа|часов|ч|мин|минут[аыу]?|утра|вечера|дня|ночи|лет|год|года|г|руб|рубл(?:ей|я|ь)|шт|кг|км|этаж|эт|подъезд|кв|квартира|каб|кабинет|комната|ряд|место|смена|чел|человек|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|am|pm|hours?)$/u;

/** Says nothing: `паспорт 4510 № 123456`. */
export const NEUTRAL = /^(?:no|n|ном|номер|от)$/u;

/** A number of no telephone, unless it is a mobile's: `№ 7712345678`. */
export const NUMBER_SIGN = /^(?:no|n)$/u;
