import type { DirectoryAnswer } from '../directory/directory.ts';
import { codeOf, type CallerKind, type Code, type Match } from '../directory/match.ts';
import type { AttemptRules } from './attempts.ts';
import type { Candidate, Decision } from './decision.ts';
import { planFor, type Plan } from './plan.ts';
import type { Reason } from './reason.ts';

/** What narrows the choice. */
export interface Restrictions {
  /** Kinds to look at; the others are left out of consideration. */
  readonly only?: ReadonlySet<CallerKind> | undefined;
  /** The number that the caller calls from, in digits, where another one is looked for. It is not rung, either. */
  readonly callingFrom?: string | undefined;
}

/**
 * Decides whom to ring: the first kind in `routing.priority` that leads to somebody, and never the caller.
 *
 * @param number the number that was looked for, normalised to digits
 * @returns `OK`, `NO_TARGET` or `UNKNOWN`
 */
export function decide(
  number: string,
  answer: DirectoryAnswer,
  rules: AttemptRules,
  { only, callingFrom = number }: Restrictions = {},
): Decision {
  const { priority } = rules.routing;
  const callersNumbers = callingFrom === number ? [number] : [number, callingFrom];
  const wanted = only === undefined ? priority : priority.filter((kind) => only.has(kind));
  const kinds = answer.matches.some(isActiveCourier) ? wanted : couriersLast(wanted);
  const plans = new Map<CallerKind, Plan>();
  let chosen: Plan | undefined;
  for (const kind of kinds) {
    // Most callers are of one kind, or of none.
    if (!answer.matches.some((match) => match.kind === kind)) continue;
    const plan = planFor(kind, answer.matches, callersNumbers, rules);
    if (plan === null) continue;
    plans.set(kind, plan);
    if (plan.list.attempts.length === 0) continue;
    chosen = plan;
    break;
  }
  const [firstKnown] = plans.values();
  const speaker = chosen ?? firstKnown;

  const candidates = answer.matches.map((match) => candidate(match, kinds, plans, speaker, chosen));
  const lead = speaker?.lead;
  const client = lead === undefined || lead.kind === 'courier' ? null : lead.client;
  const shipment = lead?.kind === 'recipient' ? lead : null;
  return {
    status: chosen ? 'OK' : speaker ? 'NO_TARGET' : 'UNKNOWN',
    caller: lead?.kind ?? null,
    target: chosen?.target ?? null,
    number,
    invalid: null,
    attempts: speaker?.list.attempts ?? [],
    courier: lead ? courierOf(lead) : null,
    branch: lead?.kind === 'courier' || lead?.kind === 'recipient' ? lead.branch : null,
    client: client?.code ?? null,
    clientState: client?.state ?? null,
    order: shipment?.order ?? null,
    shipment: shipment?.shipment ?? null,
    source: answer.source,
    ageSeconds: answer.ageSeconds,
    liveError: answer.liveError ?? null,
    candidates,
  };
}

function isActiveCourier(match: Match): boolean {
  return match.kind === 'courier' && match.hasLeft !== true;
}

/** The number of a courier who has left may be somebody else's by now: whatever else is known of it comes first. */
function couriersLast(kinds: readonly CallerKind[]): readonly CallerKind[] {
  return [...kinds.filter((kind) => kind !== 'courier'), ...kinds.filter((kind) => kind === 'courier')];
}

function candidate(
  match: Match,
  kinds: readonly CallerKind[],
  plans: ReadonlyMap<CallerKind, Plan>,
  speaker: Plan | undefined,
  chosen: Plan | undefined,
): Candidate {
  const plan = plans.get(match.kind);
  const failure = plan?.failures.get(match);
  const won =
    plan !== undefined && plan === speaker && (failure === undefined || (!chosen && match === plan.lead));
  const told = {
    kind: match.kind,
    code: codeOf(match),
    courier: courierOf(match),
    client: match.kind === 'courier' ? null : (match.client?.code ?? null),
    won,
    why: failure ?? reasonFor(match.kind, kinds, plan, chosen),
  };
  return match.writtenAs === undefined ? told : { ...told, writtenAs: match.writtenAs };
}

function reasonFor(
  kind: CallerKind,
  kinds: readonly CallerKind[],
  plan: Plan | undefined,
  chosen: Plan | undefined,
): Reason {
  if (!kinds.includes(kind)) return { code: 'kind-left-out' };
  if (chosen && plan !== chosen) return { code: 'lower-priority', winner: chosen.lead.kind };
  return { code: 'first-with-target' };
}

/** The courier who calls, or who holds the shipment. */
function courierOf(match: Match): Code | null {
  if (match.kind === 'courier') return match.courier;
  return match.kind === 'recipient' ? (match.holder?.courier ?? null) : null;
}
