import { parseConfig } from '../../../src/config/load.ts';
import type {
  Client,
  ClientMatch,
  ContactMatch,
  CourierMatch,
  Holder,
  Manager,
  Match,
  RecipientMatch,
} from '../../../src/directory/match.ts';
import { createFieldParser } from '../../../src/phone/field.ts';
import { decide } from '../../../src/routing/decide.ts';
import type { Decision } from '../../../src/routing/decision.ts';
import { createDialer } from '../../../src/routing/dialer.ts';
import type { CallerKind } from '../../../src/directory/match.ts';

export const CALLER = '79162000001';

export const olga: Manager = { user: 'olga', extPhone: '101, 102' };
export const irina: Manager = { user: 'irina', extPhone: '104, 8 (903) 555-00-04' };

export function client(code: number, manager: Manager | null = olga, state: number | null = 1): Client {
  return { code, state, manager };
}

export function courierMatch(courier: number, manager: Manager | null = olga): CourierMatch {
  return { kind: 'courier', courier, branch: null, manager };
}

export function clientMatch(of: Client | null): ClientMatch {
  return { kind: 'client', client: of };
}

export function contactMatch(person: number, of: Client | null): ContactMatch {
  return { kind: 'contact', person, client: of };
}

/** An open shipment in the hands of courier 11, unless told otherwise. */
export function shipment(code: number, changes: Partial<RecipientMatch> = {}): RecipientMatch {
  return {
    kind: 'recipient',
    shipment: code,
    order: 5001,
    visible: true,
    client: client(201),
    branch: null,
    open: true,
    holder: holder(11),
    ...changes,
  };
}

export function holder(
  courier: number,
  phonem = `8-916-100-00-${courier}`,
  phonek = '',
  issuedAt: string | null = null,
): Holder {
  return { courier, phonem, phonek, phone: '', hasLeft: false, issuedAt, handedOver: false };
}

/** Decides with the defaults and the given lines of YAML. */
export function decideWith(matches: Match[], yaml = '', only?: CallerKind[], caller = CALLER): Decision {
  const config = parseConfig(yaml, 'test');
  const { country } = config.numbers;
  const rules = {
    routing: config.routing,
    dialer: createDialer(config.dial, country),
    courierPrefix: config.dial.courierPrefix,
    parseField: createFieldParser(country, config.numbers),
  };
  return decide(caller, { matches, source: 'live', ageSeconds: 0 }, rules, { only: only && new Set(only) });
}

export function dials(decision: Decision): string[] {
  return decision.attempts.map(({ dial }) => dial);
}
