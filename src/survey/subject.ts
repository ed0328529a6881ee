import type { Call, Party } from '../calls/call.ts';
import { isSameParty } from '../calls/same-party.ts';
import type { Answer } from './survey.store.ts';

/** Whom and what a survey is about. */
export interface Subject extends Pick<Answer, 'shipment' | 'order' | 'courier' | 'operator'> {
  readonly call: string;
  /** Of the one who is asked; null when it is hidden. */
  readonly number: string | null;
  /** Who spoke last with them. */
  readonly about: 'courier' | 'operator' | null;
}

/** What a link says of somebody for whom something is brought, or who has it brought. */
const OF_CLIENTS = new Set(['shipment', 'order', 'client', 'contact']);

/** @returns undefined when nobody spoke with them, or they are of our own: there is nothing to ask for */
export function subjectOf(call: Call): Subject | undefined {
  if (call.direction === 'internal' || call.direction === 'test') return undefined;
  if (call.direction === 'in' && isCouriersOwn(call)) return undefined;
  // In a call that the server made, the one who was called is asked: the courier works for us.
  const asked = call.direction === 'in' ? call.from : call.to;
  const spoke =
    lastWith(call, (party) => isSameParty(party, asked)) ??
    (call.direction === 'in' ? undefined : lastWith(call, (party) => isFarSide(party, call)));
  if (spoke === undefined) return undefined;
  const code = (kind: string): number | null =>
    call.links.filter((link) => link.kind === kind).toSorted((a, b) => a.rank - b.rank)[0]?.code ?? null;
  const isInside = spoke.extension !== null || spoke.user !== null;
  const courier = code('courier');
  return {
    call: call.id,
    number: asked.number,
    shipment: code('shipment'),
    order: code('order'),
    courier,
    operator: isInside ? (spoke.user ?? spoke.extension) : null,
    about: isInside ? 'operator' : courier === null ? null : 'courier',
  };
}

/** A courier who calls the office: what they are bound to is themselves. */
function isCouriersOwn({ links }: Call): boolean {
  return links.some(({ kind }) => kind === 'courier') && !links.some(({ kind }) => OF_CLIENTS.has(kind));
}

/** Outside, and not whoever called: a trunk may have been given a number that nobody can read. */
function isFarSide(party: Party, { from }: Call): boolean {
  return party.extension === null && !isSameParty(party, from);
}

/** @returns the other side of the last talk of somebody; undefined when they have not talked */
function lastWith({ talks }: Call, isThem: (party: Party) => boolean): Party | undefined {
  const last = talks.findLast(({ a, b }) => isThem(a) || isThem(b));
  return last === undefined ? undefined : isThem(last.a) ? last.b : last.a;
}
