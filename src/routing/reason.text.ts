import type { Language } from '../util/language.ts';
import type { Reason, ReasonCode } from './reason.ts';

type Texts = { readonly [Code in ReasonCode]: (reason: Extract<Reason, { code: Code }>) => string };

const EN: Texts = {
  'holds-shipment': (r) => `courier ${r.courier} holds shipment ${r.shipment} (kurier.${r.phone})`,
  'manager-of-courier': (r) => `${r.user} is the manager of courier ${r.courier}`,
  'manager-of-client': (r) => `${r.user} is the manager of client ${r.client}`,
  'first-with-target': () => 'the first in routing.priority with somebody to ring',
  'lower-priority': (r) => `routing.priority puts the ${r.winner} first`,
  'kind-left-out': () => 'this kind is not asked for',
  'shipment-closed': () => 'the shipment is closed and no courier has it',
  'not-in-hand': () => 'the shipment is open, but no courier has it',
  'courier-without-phone': (r) => `courier ${r.courier} has no usable telephone number`,
  'courier-has-left': (r) => `courier ${r.courier} has left the company (kurier.dateput)`,
  'client-missing': () => 'the client is not in the clients table',
  'no-manager': () => 'no manager is set, or there is none of that name in users, nor of that code in kurier',
  'manager-without-phone': (r) => `${r.user} has no usable number in users.extPhone`,
  'is-caller': () => 'this is the caller',
  'tried-already': () => 'these numbers are being tried already',
  'list-full': () => 'routing.maxAttempts is reached',
};

const RU: Texts = {
  'holds-shipment': (r) => `отправление ${r.shipment} на руках у курьера ${r.courier} (kurier.${r.phone})`,
  'manager-of-courier': (r) => `«${r.user}» — менеджер курьера ${r.courier}`,
  'manager-of-client': (r) => `«${r.user}» — менеджер клиента ${r.client}`,
  'first-with-target': () => 'первый по routing.priority, для кого есть кому звонить',
  'lower-priority': (r) => `routing.priority ставит выше: ${RU_KINDS[r.winner]}`,
  'kind-left-out': () => 'среди запрошенных ролей такой нет',
  'shipment-closed': () => 'отправление закрыто, ни у кого не на руках',
  'not-in-hand': () => 'отправление в работе, но ни у кого не на руках',
  'courier-without-phone': (r) => `у курьера ${r.courier} нет пригодного номера телефона`,
  'courier-has-left': (r) => `курьер ${r.courier} больше не работает (kurier.dateput)`,
  'client-missing': () => 'клиента нет в таблице clients',
  'no-manager': () => 'менеджер не назначен, или его нет ни в users, ни в kurier',
  'manager-without-phone': (r) => `у менеджера «${r.user}» нет пригодного номера в users.extPhone`,
  'is-caller': () => 'это сам звонящий',
  'tried-already': () => 'эти номера уже набираются',
  'list-full': () => 'достигнут routing.maxAttempts',
};

const RU_KINDS = { courier: 'курьер', recipient: 'получатель', contact: 'контактное лицо', client: 'клиент' };

/** One line for people; codes and logins only, never a name or a telephone number. */
export function describeReason(reason: Reason, language: Language = 'en'): string {
  const texts = language === 'ru' ? RU : EN;
  // The table has an entry for each code, of that code's own type; TypeScript cannot follow the pairing.
  const tell: (reason: never) => string = texts[reason.code];
  return Reflect.apply(tell, undefined, [reason]);
}
