import { CALL_OUTCOMES } from './outcomes.ts';
import type { CallOutcome } from '../../calls/call.ts';
import { outsider, type PageCall } from '../calls/page-call.ts';

export const WHENS = ['any', 'today', 'yesterday', 'week', 'month', 'range'] as const;
export const DIRECTIONS = ['any', 'in', 'out', 'courier', 'internal', 'test'] as const;
export const OUTCOMES = ['any', 'missed', 'open', ...CALL_OUTCOMES] as const;
const KINDS = ['shipment', 'order', 'client', 'contact', 'courier', 'user'] as const;

/** The filters of the journal page, as they stand in its address. */
export interface Filters {
  readonly when: (typeof WHENS)[number];
  /** Days as `2026-11-26`, the last one included; of `range` alone. */
  readonly from: string;
  readonly until: string;
  readonly direction: (typeof DIRECTIONS)[number];
  readonly outcome: 'any' | 'missed' | 'open' | CallOutcome;
  /** Digits that a number ends with. */
  readonly number: string;
  /** `users.user` of whoever of us took part. */
  readonly user: string;
  readonly extension: string;
  readonly link: { readonly kind: (typeof KINDS)[number]; readonly code: string } | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function isDay(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(`${text}T12:00:00`));
}

/** Reads the filters from an address. Values that are not valid are left out. */
export function parseFilters(search: URLSearchParams): Filters {
  const get = (name: string): string => search.get(name)?.slice(0, 100) ?? '';
  const day = (name: string): string => (isDay(get(name)) ? get(name) : '');
  const kind = KINDS.find((one) => one === get('kind'));
  const code = get('code');
  return {
    when: oneOf(WHENS, get('when')),
    from: day('from'),
    until: day('until'),
    direction: oneOf(DIRECTIONS, get('direction')),
    outcome: oneOf(OUTCOMES, get('outcome')),
    number: get('number').replaceAll(/\D/g, '').slice(0, 15),
    user: get('user'),
    extension: get('extension'),
    link: kind !== undefined && /^\w{1,20}$/.test(code) ? { kind, code } : null,
  };
}

/** Writes the filters into an address. Defaults are left out. */
export function filterParams(filters: Filters): URLSearchParams {
  const { when, from, until, direction, outcome, number, user, extension, link } = filters;
  const params = new URLSearchParams();
  const set = (name: string, value: string, usual = ''): void => {
    if (value !== usual) params.set(name, value);
  };
  set('when', when, 'any');
  if (when === 'range') {
    set('from', from);
    set('until', until);
  }
  set('direction', direction, 'any');
  set('outcome', outcome, 'any');
  set('number', number);
  set('user', user);
  set('extension', extension);
  if (link !== null) {
    set('kind', link.kind);
    set('code', link.code);
  }
  return params;
}

export const NO_FILTERS: Filters = parseFilters(new URLSearchParams());

/** The query that asks the desk for these calls. @param now in ms; days are those of the user's time zone */
export function apiQuery(filters: Filters, now: number): URLSearchParams {
  const { direction, outcome, number, user, extension, link } = filters;
  const params = new URLSearchParams();
  const { since, until } = timesOf(filters, now);
  if (since !== null) params.set('since', new Date(since).toISOString());
  if (until !== null) params.set('until', new Date(until).toISOString());
  if (direction !== 'any') params.set('direction', direction);
  if (outcome === 'missed') params.set('missed', '1');
  else if (outcome === 'open') params.set('open', '1');
  else if (outcome !== 'any') params.set('outcome', outcome);
  if (number.length >= 2) params.set('number', number);
  if (user !== '') params.set('user', user);
  if (extension !== '') params.set('extension', extension);
  if (link !== null) {
    params.set('kind', link.kind);
    params.set('code', link.code);
  }
  return params;
}

/** Whether they mean nothing of what they meant before midnight. */
export function areOfOneDay({ when }: Filters): boolean {
  return when === 'today' || when === 'yesterday';
}

/** From and until when, in ms; null for no limit. */
function timesOf(
  { when, from, until }: Filters,
  now: number,
): { since: number | null; until: number | null } {
  switch (when) {
    case 'any':
      return { since: null, until: null };
    case 'today':
      return { since: midnight(now, 0), until: null };
    case 'yesterday':
      return { since: midnight(now, -1), until: midnight(now, 0) };
    case 'week':
      return { since: midnight(now, -6), until: null };
    case 'month':
      return { since: midnight(now, -29), until: null };
    case 'range':
      return {
        since: from === '' ? null : midnight(Date.parse(`${from}T12:00:00`), 0),
        until: until === '' ? null : midnight(Date.parse(`${until}T12:00:00`), 1),
      };
  }
}

/** The start of a day in the user's time zone, so many days after that of `time`; days of 23 and 25 hours included. */
function midnight(time: number, days: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** Whether a call that has just begun belongs in the list. All other calls come filtered by the desk. */
export function matches(call: PageCall, filters: Filters, now: number): boolean {
  const { direction, outcome, number, user, extension, link } = filters;
  const { since, until } = timesOf(filters, now);
  const started = Date.parse(call.startedAt);
  const parties = [call.from, call.to, ...call.legs.map(({ party }) => party)];
  return (
    (since === null || started >= since) &&
    (until === null || started < until) &&
    (direction === 'any' || call.direction === direction) &&
    matchesOutcome(call, outcome) &&
    (number === '' || parties.some((party) => party.number?.endsWith(endOf(number)) === true)) &&
    (user === '' || parties.some((party) => party.user === user)) &&
    (extension === '' || parties.some((party) => party.extension === extension)) &&
    (link === null || call.links.some(({ kind, code }) => kind === link.kind && String(code) === link.code))
  );
}

/** Of a whole number its end: in front of it may stand what the journal has otherwise, such as 8 for 7. */
function endOf(number: string): string {
  return number.length < 10 ? number : number.slice(-9);
}

function matchesOutcome(call: PageCall, outcome: Filters['outcome']): boolean {
  if (outcome === 'any') return true;
  if (outcome === 'missed') return call.missed;
  if (outcome === 'open') return call.missed && call.calledBackAt === null && outsider(call)?.number != null;
  return call.outcome === outcome;
}

function oneOf<Value extends string>(values: readonly [Value, ...Value[]], text: string): Value {
  return values.find((value) => value === text) ?? values[0];
}
