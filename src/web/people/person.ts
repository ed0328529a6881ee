import type { PageCall } from '../calls/page-call.ts';

export type PersonKind = 'courier' | 'recipient' | 'contact' | 'client';
type Code = number | string;

/** An entry of `GET /api/people`. Names are there where the desk may read them. */
export interface Candidate {
  readonly kind: PersonKind;
  readonly code: Code | null;
  readonly courier: Code | null;
  readonly client: Code | null;
  readonly won: boolean;
  readonly why: { readonly code: string };
  readonly name?: string | null;
  readonly company?: string | null;
  readonly address?: string | null;
  readonly courierName?: string | null;
  readonly courierNumber?: string | null;
  readonly order?: Code | null;
  /** When the courier got it; as the database has it. */
  readonly since?: string | null;
}

export interface PeopleAnswer {
  readonly number: string;
  readonly candidates: readonly Candidate[];
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
  /** Why nobody can be connected; null when somebody can. */
  readonly obstacle: 'not-in-hand' | 'courier-without-phone' | 'courier-has-left' | null;
}

/** Whose a number is, as far as the database says. */
export interface Person {
  readonly number: string;
  readonly kind: PersonKind | 'unknown';
  readonly name: string | null;
  readonly company: string | null;
  readonly address: string | null;
  /** Of the courier or client; null for others. */
  readonly code: string | null;
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
export function toPerson({ number, candidates, calls }: PeopleAnswer): Person {
  const first = candidates.find(({ won }) => won) ?? candidates[0];
  const recipients = candidates.filter(({ kind }) => kind === 'recipient');
  const open = recipients.filter(({ why }) => why.code !== 'shipment-closed');
  return {
    number,
    kind: first?.kind ?? 'unknown',
    name: first?.name ?? null,
    company: first?.company ?? null,
    address: first?.address ?? null,
    code: text(first?.kind === 'courier' ? (first.courier ?? first.code) : (first?.client ?? first?.code)),
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

function toShipment({ code, courier, courierName, company, order, since, why }: Candidate): Shipment {
  return {
    code: String(code),
    order: text(order),
    company: company ?? null,
    courier: courier === null ? null : { code: String(courier), name: courierName ?? null },
    since: since ?? null,
    obstacle: OBSTACLES.find((one) => one === why.code) ?? (courier === null ? 'not-in-hand' : null),
  };
}

/** A recipient of several shipments is one person, unless the names differ. */
function isSamePerson(one: Candidate, first: Candidate | undefined): boolean {
  if (one === first) return true;
  return (
    one.kind === 'recipient' && first?.kind === 'recipient' && (one.name ?? null) === (first.name ?? null)
  );
}

function withoutRepetition(candidates: readonly Candidate[]): Person['others'] {
  const seen = new Map<string, Person['others'][number]>();
  for (const { kind, name, code } of candidates) {
    const key = `${kind} ${name ?? (kind === 'recipient' ? '' : String(code))}`;
    if (!seen.has(key)) seen.set(key, { kind, name: name ?? null, code: text(code) });
  }
  return [...seen.values()];
}

function text(code: Code | null | undefined): string | null {
  return code === null || code === undefined ? null : String(code);
}
