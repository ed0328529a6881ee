import type { Call } from '../../calls/call.ts';
import { wasRouted } from '../../calls/links.ts';
import { coveredMs } from '../../calls/talks.ts';

/**
 * What the journal should have of a call.
 *
 * @param parts what records tell of it, at least one: whoever asks a colleague in the middle of a call has a Linkedid of
 * their own there
 * @returns undefined when it has better
 */
export function fillUp(known: Call, parts: readonly Call[]): Call | undefined {
  // Every call has a Linkedid, until its persons are forgotten: they must not come back.
  if (known.linkedIds.length === 0) return undefined;
  if (known.state !== 'ended' || known.completeness !== 'partial') return undefined;
  const inOrder = parts.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  const ends = parts.flatMap(({ endedAt }) => endedAt ?? []).toSorted();
  const legs = inOrder.flatMap((part) => part.legs);
  const talks = parts.flatMap((part) => part.talks).toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const hasTalked = talks.length > 0 || known.talks.length > 0 || known.outcome === 'answered';
  return {
    ...known,
    answeredAt: known.answeredAt ?? talks[0]?.from ?? null,
    endedAt: ends.at(-1) ?? known.endedAt,
    answeredBy: known.answeredBy ?? talks[0]?.b ?? null,
    outcome: hasTalked
      ? 'answered'
      : (inOrder.find(({ outcome }) => outcome !== null)?.outcome ?? known.outcome),
    missed: !hasTalked && wasOwed(known, parts),
    seconds: { ...known.seconds, talk: Math.max(known.seconds.talk, talkSeconds(parts)) },
    legs: known.legs.length > 0 ? known.legs : legs,
    talks: talks.length > 0 ? talks : known.talks,
    completeness: 'rebuilt',
  };
}

/** Records count to the second; who talked with two at a time talked once. */
function talkSeconds(parts: readonly Call[]): number {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only.seconds.talk;
  const spans = parts
    .flatMap(({ talks }) => talks)
    .map(({ from, until }) => ({ from: Date.parse(from), until: Date.parse(until ?? from) }));
  return coveredMs(spans) / 1000;
}

/**
 * A courier's call, or one of ours, is owed to nobody, whoever rang in vain. Whoever the router named was to be rung, also where
 * records tell of no telephone.
 */
function wasOwed({ direction, links }: Call, parts: readonly Call[]): boolean {
  return direction === 'in' && (wasRouted(links) || parts.some(({ missed }) => missed));
}
