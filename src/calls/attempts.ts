import type { Call, CallLeg, Link } from './call.ts';
import { isSameParty } from './same-party.ts';

type Legs = Pick<Call, 'legs' | 'from'>;

/** The leg of whoever was rung first, in a call that we made. */
export function firstLeg({ legs, from }: Legs): CallLeg | undefined {
  return legs.find(({ party }) => isSameParty(party, from));
}

/** The attempts to reach somebody for whoever was rung first. */
export function legsBehind({ legs, from }: Legs): readonly CallLeg[] {
  const first = firstLeg({ legs, from });
  return legs.filter((leg) => leg !== first);
}

/** Whether the one who was wanted was rung: not when the one who was to speak did not pick up. */
export function wasDialled(call: Pick<Call, 'legs' | 'from' | 'talks'>): boolean {
  return call.talks.length > 0 || legsBehind(call).length > 0;
}

/** The links that somebody named; without any, the most likely ones of those found by the number. */
export function likeliest(links: readonly Link[]): readonly Link[] {
  const said = saidOf(links);
  return said.length > 0 ? said : links.filter(({ rank }) => rank === 1);
}

/** Whether somebody named another shipment, and not this one: a number may be the recipient's of several. */
export function isAboutAnother({ links }: Pick<Call, 'links'>, code: string): boolean {
  const said = saidOf(links.filter(({ kind }) => kind === 'shipment'));
  return said.length > 0 && !said.some((link) => String(link.code) === code);
}

/** Whether an attempt was made for this shipment. */
export function isFor({ links }: Pick<Call, 'links'>, code: string): boolean {
  return likeliest(links.filter(({ kind }) => kind === 'shipment')).some(
    (link) => String(link.code) === code,
  );
}

function saidOf(links: readonly Link[]): readonly Link[] {
  return links.filter(({ how }) => how !== 'matched');
}
