import {
  mostUrgentFirst,
  type CallerKind,
  type ClientMatch,
  type Code,
  type ContactMatch,
  type CourierMatch,
  type Match,
  type RecipientMatch,
} from '../directory/match.ts';
import { sorted } from '../util/sorted.ts';
import { AttemptList, type AttemptRules, type Outcome } from './attempts.ts';
import type { Target } from './decision.ts';
import type { Reason } from './reason.ts';

/** What all matches of one kind lead to. */
export interface Plan {
  readonly list: AttemptList;
  readonly target: Target;
  /** The match behind the first attempt; without attempts, the one that says most about the caller. */
  readonly lead: Match;
  /** Why a match leads to nobody; a match that rings somebody is not in here. */
  readonly failures: ReadonlyMap<Match, Reason>;
}

/** @returns null when no match is of that kind */
export function planFor(
  kind: CallerKind,
  matches: readonly Match[],
  callersNumbers: readonly string[],
  rules: AttemptRules,
): Plan | null {
  const list = new AttemptList(rules, callersNumbers);
  switch (kind) {
    case 'courier':
      return plan(list, 'manager', matches.filter((match) => match.kind === 'courier').map(managerOfCourier));
    case 'contact':
      return plan(list, 'manager', matches.filter((match) => match.kind === 'contact').map(managerOfClient));
    case 'client':
      return plan(list, 'manager', matches.filter((match) => match.kind === 'client').map(managerOfClient));
    case 'recipient':
      return planRecipient(
        list,
        matches.filter((match) => match.kind === 'recipient'),
        new Set(matches.filter((match) => match.kind === 'courier').map(({ courier }) => courier)),
        rules,
      );
  }
}

/** Tries to ring somebody for one match; undefined when somebody rings, otherwise why nobody does. */
interface Step {
  readonly match: Match;
  readonly ring: (list: AttemptList) => Reason | undefined;
}

function plan(list: AttemptList, target: Target, steps: readonly Step[]): Plan | null {
  const failures = new Map<Match, Reason>();
  let lead: Match | undefined;
  for (const { match, ring } of steps) {
    const failure = ring(list);
    if (failure === undefined) lead ??= match;
    else failures.set(match, failure);
  }
  lead ??= steps[0]?.match;
  return lead === undefined ? null : { list, target, lead, failures };
}

function managerOfCourier(match: CourierMatch): Step {
  return {
    match,
    ring(list) {
      const { manager, courier } = match;
      if (manager === null) return { code: 'no-manager' };
      const outcome = list.ringManager(manager, { code: 'manager-of-courier', courier, user: manager.user });
      return failureOf(outcome, { code: 'manager-without-phone', user: manager.user });
    },
  };
}

function managerOfClient(match: ContactMatch | ClientMatch | RecipientMatch): Step {
  return {
    match,
    ring(list) {
      const { client } = match;
      if (client === null) return { code: 'client-missing' };
      if (client.manager === null) return { code: 'no-manager' };
      const { user } = client.manager;
      const outcome = list.ringManager(client.manager, {
        code: 'manager-of-client',
        client: client.code,
        user,
      });
      return failureOf(outcome, { code: 'manager-without-phone', user });
    },
  };
}

/**
 * The couriers who hold the recipient's shipments; without any, and where the configuration wants it, the manager.
 *
 * @param callersCodes of the couriers that the caller's number belongs to
 */
function planRecipient(
  list: AttemptList,
  matches: readonly RecipientMatch[],
  callersCodes: ReadonlySet<Code>,
  rules: AttemptRules,
): Plan | null {
  const inOrder = sorted(matches, mostUrgentFirst);
  const couriers = plan(
    list,
    'courier',
    inOrder.map((match) => courierWhoHolds(match, callersCodes)),
  );
  if (couriers === null || couriers.list.attempts.length > 0) return couriers;
  if (rules.routing.recipientWithoutCourier !== 'manager') return couriers;

  const open = inOrder.filter((match) => match.open);
  const managers = plan(list, 'manager', open.map(managerOfClient));
  if (managers === null || managers.list.attempts.length === 0) return couriers;
  // The shipments that are closed failed as before; the open ones have their manager's outcome.
  const failures = new Map(managers.failures);
  for (const match of inOrder) {
    const failure = couriers.failures.get(match);
    if (!match.open && failure !== undefined) failures.set(match, failure);
  }
  return { ...managers, failures };
}

function courierWhoHolds(match: RecipientMatch, callersCodes: ReadonlySet<Code>): Step {
  return {
    match,
    ring(list) {
      const { holder } = match;
      if (holder === null) return { code: match.open ? 'not-in-hand' : 'shipment-closed' };
      // Couriers may call from a number that stands in contacts, but in none of their phone columns.
      if (callersCodes.has(holder.courier)) return { code: 'is-caller' };
      if (holder.hasLeft) return { code: 'courier-has-left', courier: holder.courier };
      const outcome = list.ringCourier(holder, match.shipment);
      return failureOf(outcome, { code: 'courier-without-phone', courier: holder.courier });
    },
  };
}

function failureOf(outcome: Outcome, withoutPhone: Reason): Reason | undefined {
  switch (outcome) {
    case 'rung':
      return undefined;
    case 'no-phone':
      return withoutPhone;
    case 'is-caller':
    case 'tried-already':
    case 'list-full':
      return { code: outcome };
  }
}
