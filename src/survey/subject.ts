import type { Call, Party } from '../calls/call.ts';
import type { Answer } from './survey.store.ts';

/** Whom and what a survey is about. */
export interface Subject extends Pick<Answer, 'shipment' | 'order' | 'courier' | 'operator'> {
  readonly call: string;
  /** Of the one who is asked; null when it is hidden. */
  readonly number: string | null;
  /** Who spoke last with them. */
  readonly about: 'courier' | 'operator' | null;
}

/** @returns undefined when nobody spoke with them: there is nothing to ask for */
export function subjectOf(call: Call): Subject | undefined {
  // In a call that the server made, the one who was called is asked: the courier works for us.
  const asked = call.direction === 'in' ? call.from : call.to;
  const last = call.talks.findLast(({ a, b }) => isSame(a, asked) || isSame(b, asked));
  if (last === undefined) return undefined;
  const spoke = isSame(last.a, asked) ? last.b : last.a;
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

function isSame(a: Party, b: Party): boolean {
  return a.number === b.number && a.extension === b.extension && a.raw === b.raw;
}
