import { compareText, sorted } from '../util/sorted.ts';

/** Who a number can belong to. `contact` is a contact person (table `fio`) of a client company. */
export type CallerKind = 'courier' | 'recipient' | 'contact' | 'client';

export const CALLER_KINDS = [
  'courier',
  'recipient',
  'contact',
  'client',
] as const satisfies readonly CallerKind[];

/** A code of the vendor's: a positive integer, as digits where it is beyond 2^53. */
export type Code = number | string;

/** Who looks after a courier or a client: an office user (`users`), or somebody of the staff (`kurier`). */
export interface Manager {
  /** `users.user`, or `kurier.code` in digits. */
  readonly user: string;
  /**
   * `users.extPhone` as it stands there: several numbers separated by commas, one may be a mobile. Of somebody of
   * the staff: `phonem, phonek`.
   */
  readonly extPhone: string;
}

/** The courier (`kurier`) in whose hands a shipment is. */
export interface Holder {
  /** `kurier.code` */
  readonly courier: Code;
  /** `kurier.phonem`, the mobile number, as it stands there (unnormalised); `''` when empty. */
  readonly phonem: string;
  /** `kurier.phonek`, as it stands there (unnormalised); `''` when empty or when the column is missing. */
  readonly phonek: string;
  /** `kurier.phone`, the personal number, as it stands there; `''` when empty or when the column is missing. */
  readonly phone: string;
  /** `kurier.dateput` is set: the courier has left the company, and is not rung. */
  readonly hasLeft: boolean;
  /** `givn.date_beg` as `YYYY-MM-DD hh:mm:ss`; null when empty or when the column is missing. */
  readonly issuedAt: string | null;
  /** `givn.kurierstate` is set and not "in hand": the courier has reported the shipment as handed over. */
  readonly handedOver: boolean;
}

/** The client (`clients`) that a match leads to; null in a match whose client row does not exist. */
export interface Client {
  /** `clients.code` */
  readonly code: Code;
  /** `clients.State`; null when empty or when the column is missing. */
  readonly state: number | null;
  /** null when the client has no manager, or one that is nobody. */
  readonly manager: Manager | null;
}

interface MatchBase {
  /** `contacts.VALUE` where it is not the number's digits: somebody has typed it by hand. */
  readonly writtenAs?: string;
}

export interface CourierMatch extends MatchBase {
  readonly kind: 'courier';
  /** `kurier.code` */
  readonly courier: Code;
  /** `kurier.store`; null when empty or when the column is missing. */
  readonly branch: Code | null;
  readonly manager: Manager | null;
  /** `kurier.dateput` is set: the courier has left the company. Left out of all others. */
  readonly hasLeft?: true;
}

/**
 * One shipment that the number is the recipient of. A shipment issued to several couriers makes several
 * matches with the same `shipment` and another `holder`.
 */
export interface RecipientMatch extends MatchBase {
  readonly kind: 'recipient';
  /** `address.code` */
  readonly shipment: Code;
  /** `zakaz.code`; null when the shipment's row or its order's is missing. */
  readonly order: Code | null;
  /** `zakaz.Visible` is not `F`; true when it is not known. */
  readonly visible: boolean;
  readonly client: Client | null;
  /** `address.FL`, else the holder's `kurier.store`; null when neither is known. */
  readonly branch: Code | null;
  /** `address.date_put` is empty. False for a shipment whose row is missing. */
  readonly open: boolean;
  /** null when the shipment is in no courier's hands. */
  readonly holder: Holder | null;
}

export interface ContactMatch extends MatchBase {
  readonly kind: 'contact';
  /** `fio.code` */
  readonly person: Code;
  readonly client: Client | null;
}

export interface ClientMatch extends MatchBase {
  readonly kind: 'client';
  readonly client: Client | null;
}

/** One row of `contacts` for the caller's number, with what hangs on it. Never a name or an address. */
export type Match = CourierMatch | RecipientMatch | ContactMatch | ClientMatch;

/** The code that `contacts.Source` holds: of the courier, shipment, contact person or client. */
export function codeOf(match: Match): Code | null {
  switch (match.kind) {
    case 'courier':
      return match.courier;
    case 'recipient':
      return match.shipment;
    case 'contact':
      return match.person;
    case 'client':
      return match.client?.code ?? null;
  }
}

/**
 * The matches of an answer, live or from the snapshot: in order (`compareMatches`), each once. The same entry may stand
 * in `contacts` twice, written in two ways.
 */
export function arrange(matches: readonly Match[]): readonly Match[] {
  return matches.length < 2 ? matches : withoutRepetition(sorted(matches, compareMatches));
}

function withoutRepetition(matches: readonly Match[]): readonly Match[] {
  const seen = new Map<string, Match>();
  for (const match of matches) {
    const { kind } = match;
    const holder = kind === 'recipient' ? match.holder : null;
    const key = `${kind} ${codeOf(match)} ${holder?.courier} ${holder?.issuedAt}`;
    const known = seen.get(key);
    // The one that is written as it should be, if there is one.
    if (known === undefined || (known.writtenAs !== undefined && match.writtenAs === undefined)) {
      seen.set(key, match);
    }
  }
  return seen.size === matches.length ? matches : [...seen.values()];
}

/** The order of an answer, live and from the snapshot: people first, then shipments, the most urgent first. */
export function compareMatches(a: Match, b: Match): number {
  if (a.kind === 'recipient' && b.kind === 'recipient') return mostUrgentFirst(a, b);
  return (
    Number(a.kind === 'recipient') - Number(b.kind === 'recipient') ||
    compareCodes(codeOf(b) ?? 0, codeOf(a) ?? 0) ||
    compareText(a.kind, b.kind)
  );
}

/**
 * In a courier's hands first, then open, then not yet reported as handed over, then of a live order, then issued
 * last, then the newest shipment.
 */
export function mostUrgentFirst(a: RecipientMatch, b: RecipientMatch): number {
  return (
    Number(b.holder !== null) - Number(a.holder !== null) ||
    Number(b.open) - Number(a.open) ||
    Number(a.holder?.handedOver ?? false) - Number(b.holder?.handedOver ?? false) ||
    Number(b.visible) - Number(a.visible) ||
    compareText(b.holder?.issuedAt ?? '', a.holder?.issuedAt ?? '') ||
    compareCodes(b.shipment, a.shipment) ||
    compareCodes(b.holder?.courier ?? 0, a.holder?.courier ?? 0)
  );
}

/** As numbers, however many digits they have. */
export function compareCodes(a: Code, b: Code): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [String(a), String(b)];
  return x.length - y.length || compareText(x, y);
}
