import type { Call, Link } from '../calls/call.ts';
import { FoundLinks } from '../calls/links.ts';
import type { CourierByCode, ShipmentByCode } from '../directory/by-code.ts';
import { DirectoryTimeoutError } from '../directory/directory.ts';
import type { Code, CourierMatch, Match } from '../directory/match.ts';
import type { PhoneField } from '../phone/field.ts';
import type { NumberResult } from '../phone/number.ts';
import { entitlementOf } from '../routing/entitlement.ts';
import type { Deadline } from './deadline.ts';
import { lookedUpOnce } from './looked-up-once.ts';
import { CallRefusedError } from './refusals.ts';
import type { CallRequest, Requester } from './request.ts';

/** What the engine asks about people. Each look-up rejects when the database is away. */
export interface PeopleSource {
  readonly find: (number: string) => Promise<readonly Match[]>;
  readonly findShipment: (code: Code) => Promise<ShipmentByCode | null>;
  readonly findCourier: (code: Code) => Promise<CourierByCode | null>;
  readonly normalise: (raw: string) => NumberResult;
  /** Reads phone fields of `kurier` and `users`. */
  readonly parseField: (field: string) => PhoneField;
  /** `routing.courierPhones` */
  readonly courierPhones: readonly ('phonem' | 'phonek' | 'phone')[];
}

/** One end of a call that is to be made: digits that were checked, and nothing else. */
export type End =
  | { readonly kind: 'extension'; readonly extension: string }
  | { readonly kind: 'outside'; readonly number: string };

/** Who is to be connected with whom, and why that is allowed. */
export interface Parties {
  readonly from: End;
  readonly to: End;
  /** Who is rung first is this courier. */
  readonly courier: Code | null;
  readonly direction: Call['direction'];
  readonly links: readonly Link[];
}

const EXTENSION = /^\d{2,6}$/;
const DIGITS = /^\d{7,15}$/;

/** All look-ups of a request, in ms: Asterisk is asked in what is left. */
const LOOKUPS_MS = 900;

/**
 * Who is meant by a request.
 *
 * @throws {CallRefusedError} somebody is not known, has no telephone, or may not call the other one
 * @throws {DirectoryTimeoutError} the database has not said in time; or whatever it says
 */
export function partiesOf(request: CallRequest, people: PeopleSource, deadline: Deadline): Promise<Parties> {
  return deadline.within(readParties(request, lookedUpOnce(people)), lookUpTooLate, LOOKUPS_MS);
}

export function lookUpTooLate(): Error {
  return new DirectoryTimeoutError('The look-ups for a call took too long.');
}

async function readParties(request: CallRequest, people: PeopleSource): Promise<Parties> {
  // Both sides are looked up at the same time; what is wrong with the first one is told first.
  const targeted = targetOf(request, people);
  targeted.catch(() => undefined);
  const first = await firstOf(request, people);
  const target = await targeted;
  if (first.courier !== null) {
    const subjects = await entitle({ ...first, courier: first.courier }, target, request, people);
    return { ...first, to: target.end, direction: 'courier', links: toLinks(subjects, first.courier) };
  }
  const direction = request.by === 'test' ? 'test' : target.end.kind === 'extension' ? 'internal' : 'out';
  const subjects = target.shipment === null ? [] : [target.shipment];
  return { ...first, to: target.end, direction, links: toLinks(subjects, null) };
}

/** Who is rung first. */
export interface First {
  readonly from: End;
  /** It is this courier. */
  readonly courier: Code | null;
}

async function firstOf({ from, requester, by }: CallRequest, people: PeopleSource): Promise<First> {
  switch (from.kind) {
    case 'own': {
      const [telephone] = requester.telephones;
      if (telephone === undefined) {
        throw new CallRefusedError('no_telephone', {
          en: 'you have none in the courier database (users.extPhone)',
          ru: 'у вас в базе нет внутреннего номера (users.extPhone)',
        });
      }
      return { from: endOf(telephone), courier: null };
    }
    case 'extension':
      return { from: telephoneOf(from.extension, requester), courier: null };
    case 'courier':
      return courierByCode(from.courier, people);
    case 'number': {
      const number = people.normalise(from.number);
      if (number.kind === 'invalid') {
        if (number.reason !== 'internal') throw invalidNumber(from.number);
        return { from: telephoneOf(from.number.trim(), requester), courier: null };
      }
      const end: End = { kind: 'outside', number: number.digits };
      if (by === 'test' || requester.telephones.includes(number.digits)) return { from: end, courier: null };
      return courierByNumber(end, people);
    }
  }
}

function telephoneOf(extension: string, { telephones, mayActForOthers }: Requester): End {
  if (!EXTENSION.test(extension)) throw invalidNumber(extension);
  if (!mayActForOthers && !telephones.includes(extension)) {
    throw new CallRefusedError('not_entitled', {
      en: `the telephone ${extension} is not yours`,
      ru: `телефон ${extension} не ваш`,
    });
  }
  return { kind: 'extension', extension };
}

/** @throws {CallRefusedError} nobody of that code can be called */
export async function courierByCode(code: Code, people: PeopleSource): Promise<First> {
  const courier = await people.findCourier(code);
  if (courier === null) {
    throw new CallRefusedError('no_telephone', {
      en: `the database has no courier ${code}`,
      ru: `в базе нет курьера ${code}`,
    });
  }
  if (courier.hasLeft) throw hasLeft(code);
  const [number] = people.courierPhones
    .flatMap((column) => people.parseField(courier[column]).entries)
    .flatMap((entry) => (entry.kind === 'extension' ? [] : entry.digits));
  if (number === undefined) {
    throw new CallRefusedError('no_telephone', {
      en: `courier ${code} has no telephone number`,
      ru: `у курьера ${code} нет номера телефона`,
    });
  }
  return { from: { kind: 'outside', number }, courier: courier.courier };
}

async function courierByNumber(end: End & { kind: 'outside' }, people: PeopleSource): Promise<First> {
  const couriers = (await people.find(end.number)).filter((match) => match.kind === 'courier');
  const [any] = couriers;
  const active = couriers.find((match) => match.hasLeft !== true);
  if (active !== undefined) return { from: end, courier: active.courier };
  if (any !== undefined) throw hasLeft(any.courier);
  throw new CallRefusedError('not_entitled', {
    en: 'the number to call from is neither yours nor that of a courier',
    ru: 'номер, с которого звонить, не ваш и не курьера',
  });
}

interface Target {
  readonly end: End;
  /** Null when a number or an extension was named. */
  readonly shipment: ShipmentByCode | null;
}

async function targetOf({ from, to }: CallRequest, people: PeopleSource): Promise<Target> {
  switch (to.kind) {
    case 'extension':
      if (!EXTENSION.test(to.extension)) throw invalidNumber(to.extension);
      return { end: endOf(to.extension), shipment: null };
    case 'number': {
      const number = people.normalise(to.number);
      if (number.kind === 'number') {
        // Whether a courier may call them will be asked next.
        const isAsked = from.kind === 'courier' || from.kind === 'number';
        if (isAsked) people.find(number.digits).catch(() => undefined);
        return { end: endOf(number.digits), shipment: null };
      }
      const extension = to.number.trim();
      // Of `101#…` it has read the beginning: nothing but the digits may go on.
      if (number.reason !== 'internal' || !EXTENSION.test(extension)) throw invalidNumber(to.number);
      return { end: endOf(extension), shipment: null };
    }
    case 'shipment': {
      const shipment = await people.findShipment(to.shipment);
      const [number] = (shipment?.numbers ?? []).flatMap((written) => {
        const result = people.normalise(written);
        return result.kind === 'number' ? result.digits : [];
      });
      if (shipment !== null && number !== undefined) return { end: endOf(number), shipment };
      throw new CallRefusedError('no_number', {
        en: `the database has no number for shipment ${to.shipment}`,
        ru: `в базе нет номера для отправления ${to.shipment}`,
      });
    }
  }
}

/** What a call is about. */
interface Subject {
  readonly shipment: Code;
  readonly order: Code | null;
  readonly client: Code | null;
}

/**
 * A courier may call the recipients of what they have in their hands, their manager, and the office.
 *
 * @returns the shipments for whose sake they may
 */
async function entitle(
  { from, courier }: First & { readonly courier: Code },
  { end, shipment }: Target,
  { officeNumbers }: CallRequest,
  people: PeopleSource,
): Promise<readonly Subject[]> {
  if (shipment !== null) {
    if (shipment.open && shipment.holders.some((holder) => holder.courier === courier)) return [shipment];
    throw new CallRefusedError('not_entitled', {
      en: `shipment ${shipment.shipment} is not in the hands of courier ${courier}`,
      ru: `отправление ${shipment.shipment} не на руках у курьера ${courier}`,
    });
  }
  const called = end.kind === 'extension' ? end.extension : end.number;
  const [caller, matches] = await Promise.all([
    asCourier(from, courier, people),
    end.kind === 'extension' ? [] : people.find(called),
  ]);
  const isOffice = officeNumbers?.includes(called) ?? end.kind === 'extension';
  const entitlement = entitlementOf(caller, { number: called, matches, isOffice }, people.parseField);
  if (!entitlement.entitled) {
    throw new CallRefusedError('not_entitled', {
      en: `courier ${courier} has no shipment in hand for this number`,
      ru: `у курьера ${courier} нет на руках отправления для этого номера`,
    });
  }
  return entitlement.shipments.flatMap((code) => {
    const match = matches.find((one) => one.kind === 'recipient' && one.shipment === code);
    if (match?.kind !== 'recipient') return [];
    return [{ shipment: code, order: match.order, client: match.client?.code ?? null }];
  });
}

/** What the directory says of a courier's number, of that courier alone: a telephone may be shared. */
async function asCourier(from: End, courier: Code, people: PeopleSource): Promise<CourierMatch[]> {
  const matches = from.kind === 'outside' ? await people.find(from.number) : [];
  const own = matches
    .filter((match) => match.kind === 'courier')
    .filter((match) => match.courier === courier);
  // Found by their code, with a number that stands in `kurier` and not in `contacts`.
  return own.length > 0 ? own : [{ kind: 'courier', courier, branch: null, manager: null }];
}

/** The first that can be dialled: `users.extPhone` may hold anything. */
export function firstTelephone(telephones: readonly string[]): End | undefined {
  const telephone = telephones.find((one) => EXTENSION.test(one) || DIGITS.test(one));
  return telephone === undefined ? undefined : endOf(telephone);
}

/** @param telephone an extension, or a number in digits. @throws {CallRefusedError} it is neither */
function endOf(telephone: string): End {
  if (EXTENSION.test(telephone)) return { kind: 'extension', extension: telephone };
  if (!DIGITS.test(telephone)) throw invalidNumber(telephone);
  return { kind: 'outside', number: telephone };
}

function toLinks(subjects: readonly Subject[], courier: Code | null): Link[] {
  const links = new FoundLinks('requested');
  for (const { shipment, order, client } of subjects) {
    links.add('shipment', shipment);
    links.add('order', order);
    links.add('client', client);
  }
  links.add('courier', courier);
  return links.all;
}

function hasLeft(courier: Code): CallRefusedError {
  return new CallRefusedError('not_entitled', {
    en: `courier ${courier} has left the company`,
    ru: `курьер ${courier} уволен`,
  });
}

/** @param text as somebody wrote it */
function invalidNumber(text: string): CallRefusedError {
  return new CallRefusedError('invalid_number', JSON.stringify(text.slice(0, 40)));
}
