import { isFor, wasDialled } from '../../calls/attempts.ts';
import type { CallLeg, Hold, Party } from '../../calls/call.ts';
import { isNobody, type PageCall } from './page-call.ts';
import type { Shipment } from '../people/person.ts';

/** The attempts of couriers to reach a number, among its last calls; newest first. */
export function courierTries(calls: readonly PageCall[], number: string): PageCall[] {
  return calls.filter(
    (call) =>
      call.direction === 'courier' &&
      call.to.number === number &&
      call.state === 'ended' &&
      // A courier who did not pick up has not rung the recipient.
      wasDialled(call),
  );
}

/** Attempts for a shipment: those that name it, and those of its courier that name none. */
export function triesFor(tries: readonly PageCall[], { code, courier }: Shipment): PageCall[] {
  return tries.filter((call) => {
    const { links } = call;
    if (links.some(({ kind }) => kind === 'shipment')) return isFor(call, code);
    return (
      courier !== null && links.some((link) => link.kind === 'courier' && String(link.code) === courier.code)
    );
  });
}

/** The last attempt of a courier when it was in vain, and nobody has spoken with the number since; else null. */
export function lastTryInVain(calls: readonly PageCall[], number: string, before: PageCall): PageCall | null {
  for (const call of calls) {
    if (call.id === before.id || call.startedAt > before.startedAt) continue;
    if (call.talks.length > 0) return null;
    if (courierTries([call], number).length > 0) return call;
  }
  return null;
}

/** The hold that a call is in; undefined while nobody waits. */
export function holdNow({ holds, state }: PageCall): Hold | undefined {
  return state === 'ended' ? undefined : holds.findLast(({ until }) => until === null);
}

/** Whether a list can tell who is called. While others talk an operator is not told who of us it is, but that it is one of us. */
export function isCalleeKnown({ state }: PageCall, callee: Party): boolean {
  return state === 'talking' || !isNobody(callee);
}

/** Telephones outside the office that the router rang in vain before the call came here. */
export function rungBefore({ legs, direction, answeredAt: talkedAt }: PageCall): CallLeg[] {
  if (direction !== 'in') return [];
  return legs.filter(
    ({ party, endedAt, answeredAt }) =>
      party.extension === null &&
      party.user === null &&
      party.number !== null &&
      endedAt !== null &&
      answeredAt === null &&
      // Later ones were rung by whoever put the caller through.
      (talkedAt === null || endedAt <= talkedAt),
  );
}

/** Since when a courier talks in another call; null when they don't. */
export function courierTalk(
  live: readonly PageCall[],
  courier: string,
  number: string | null,
): { readonly call: PageCall; readonly since: string } | null {
  for (const call of live) {
    const { direction, links, talks, from } = call;
    const talk = talks.find(({ until }) => until === null);
    if (talk === undefined) continue;
    const isTheirs =
      direction === 'courier' &&
      links.some((link) => link.kind === 'courier' && String(link.code) === courier);
    const isCaller = number !== null && from.number === number;
    if (isTheirs || isCaller) return { call, since: talk.from };
  }
  return null;
}

/** Codes of one kind that a call is bound to, the most likely first. */
export function linked({ links }: PageCall, kind: PageCall['links'][number]['kind']): string[] {
  const codes = links
    .filter((link) => link.kind === kind)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ code }) => String(code));
  return [...new Set(codes)];
}

/** How long the one who called has waited, or waits, in ms. */
export function ringSeconds({ seconds }: PageCall): number {
  return Math.round(seconds.ring);
}
