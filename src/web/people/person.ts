import type { PageCall } from '../calls/page-call.ts';

export type PersonKind = 'courier' | 'recipient' | 'contact' | 'client';
type Code = number | string;

/** An entry of `GET /api/people`. Names are null where the desk may not read them. */
export interface Candidate {
  readonly kind: PersonKind;
  readonly code: Code | null;
  readonly courier: Code | null;
  readonly client: Code | null;
  readonly won: boolean;
  readonly why: { readonly code: string; readonly text: string };
  readonly name: string | null;
  readonly company: string | null;
  readonly manager: string | null;
  readonly courierName: string | null;
  readonly recipientCompany: string | null;
  readonly plan: Plan | null;
  readonly order: Code | null;
  /** Of a shipment; null when it is not known. */
  readonly open: boolean | null;
  /** When the courier got it, in local time. */
  readonly since: string | null;
  readonly handedOver: boolean;
}

/** When a shipment is to be delivered, in local time. */
export interface Plan {
  /** `2026-11-26` */
  readonly day: string;
  /** `10:00` */
  readonly from: string | null;
  readonly until: string | null;
}

export interface PeopleAnswer {
  readonly number: string;
  readonly candidates: readonly Candidate[];
  /** Candidates that are left out. */
  readonly more: number;
  /** What the router would do. */
  readonly route: {
    readonly attempts: readonly {
      readonly number: string | null;
      readonly extension: string | null;
      readonly seconds: number;
      readonly why: { readonly code: string; readonly text: string };
    }[];
  };
  readonly calls: readonly PageCall[];
}

/** An open shipment whose recipient a number is, in the router's order. */
export interface Shipment {
  readonly code: string;
  readonly order: string | null;
  /** The client's name. */
  readonly company: string | null;
  readonly courier: { readonly code: string; readonly name: string | null } | null;
  readonly since: string | null;
  readonly plan: Plan | null;
  /** Why nobody can be connected; null when somebody can. */
  readonly obstacle: 'not-in-hand' | 'courier-without-phone' | 'courier-has-left' | null;
}

/** Whose a number is, as far as the database says. */
export interface Person {
  readonly number: string;
  readonly kind: PersonKind | 'unknown';
  readonly name: string | null;
  /** The client's; of a recipient their own. */
  readonly company: string | null;
  /** Who looks after a courier. */
  readonly manager: string | null;
  readonly shipments: readonly Shipment[];
  /** Codes of shipments that are closed. */
  readonly closed: readonly string[];
  /** Others whose number it is as well: nobody is merged or left out. */
  readonly others: readonly {
    readonly kind: PersonKind;
    readonly name: string | null;
    readonly code: string | null;
  }[];
  readonly calls: readonly PageCall[];
}

const OBSTACLES = ['not-in-hand', 'courier-without-phone', 'courier-has-left'] as const;

/** The one whom the router chose comes first; when it chose nobody, the first that was found. */
export function toPerson({
  number,
  candidates,
  calls,
}: Pick<PeopleAnswer, 'number' | 'candidates' | 'calls'>): Person {
  const first = candidates.find(({ won }) => won) ?? candidates[0];
  const recipients = candidates.filter(({ kind }) => kind === 'recipient');
  const open = recipients.filter(({ why, open: isOpen }) => isOpen ?? why.code !== 'shipment-closed');
  return {
    number,
    kind: first?.kind ?? 'unknown',
    name: first?.name ?? null,
    company: (first?.kind === 'recipient' ? first.recipientCompany : first?.company) ?? null,
    manager: first?.manager ?? null,
    shipments: open.map(toShipment),
    closed: recipients.filter((one) => !open.includes(one)).map(({ code }) => String(code)),
    others: withoutRepetition(candidates.filter((one) => !isSamePerson(one, first))),
    calls,
  };
}

/** A number that nobody has. */
export function nobody(number: string): Person {
  return toPerson({ number, candidates: [], calls: [] });
}

function toShipment({ code, courier, courierName, company, order, since, plan, why }: Candidate): Shipment {
  return {
    code: String(code),
    order: text(order),
    company,
    courier: courier === null ? null : { code: String(courier), name: courierName },
    since,
    plan,
    obstacle: OBSTACLES.find((one) => one === why.code) ?? (courier === null ? 'not-in-hand' : null),
  };
}

/** A recipient of several shipments is one person, unless the names differ. */
function isSamePerson(one: Candidate, first: Candidate | undefined): boolean {
  if (one === first) return true;
  return one.kind === 'recipient' && first?.kind === 'recipient' && one.name === first.name;
}

function withoutRepetition(candidates: readonly Candidate[]): Person['others'] {
  const seen = new Map<string, Person['others'][number]>();
  for (const { kind, name, company, code } of candidates) {
    const its = name ?? (kind === 'client' ? company : null);
    const key = `${kind} ${its ?? (kind === 'recipient' ? '' : String(code))}`;
    if (!seen.has(key)) seen.set(key, { kind, name: its, code: text(code) });
  }
  return [...seen.values()];
}

function text(code: Code | null): string | null {
  return code === null ? null : String(code);
}
