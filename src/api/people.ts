import type { Match, RecipientMatch } from '../directory/match.ts';
import type { Names, WantedNames } from '../directory/names/names.ts';
import type { Candidate, Decision } from '../routing/decision.ts';
import { describeReason } from '../routing/reason.text.ts';
import type { Language } from '../util/language.ts';

/** A switchboard may stand with hundreds of shipments: nobody reads more of them on a card. */
const MAX_CANDIDATES = 30;

/** What the router would do with a number, and what it found. */
export interface Explained {
  readonly decision: Decision;
  readonly matches: readonly Match[];
}

/** Codes of all who stand behind a number. */
export function wantedNames({ decision }: Explained): WantedNames {
  const candidates = decision.candidates.slice(0, MAX_CANDIDATES);
  const of = (kind: Candidate['kind']) =>
    candidates.flatMap(({ kind: itsKind, code }) => (itsKind === kind && code !== null ? [code] : []));
  return {
    couriers: [...of('courier'), ...candidates.flatMap(({ courier }) => courier ?? [])],
    clients: candidates.flatMap(({ client }) => client ?? []),
    contacts: of('contact'),
    shipments: of('recipient'),
  };
}

/** Everyone behind a number, in the router's order; of whom names cannot be read the codes are told. */
export function describePeople(explained: Explained, names: Names, language: Language) {
  const { number, candidates, status, attempts } = explained.decision;
  return {
    number,
    candidates: candidates
      .slice(0, MAX_CANDIDATES)
      .map((candidate) => describeCandidate(candidate, explained.matches, names, language)),
    more: Math.max(0, candidates.length - MAX_CANDIDATES),
    route: {
      status,
      attempts: attempts.map(({ number: dialled = null, extension = null, ring, why }) => ({
        number: dialled,
        extension,
        seconds: ring,
        why: { code: why.code, text: describeReason(why, language) },
      })),
    },
  };
}

function describeCandidate(
  { kind, code, courier, client, won, why }: Candidate,
  matches: readonly Match[],
  { couriers, clients, contacts, shipments }: Names,
  language: Language,
) {
  const key = String(code);
  const match = kind === 'recipient' ? recipientMatch(matches, code, courier) : undefined;
  const shipment = kind === 'recipient' ? shipments.get(key) : undefined;
  const name = { courier: couriers.get(key)?.name, contact: contacts.get(key), recipient: shipment?.name };
  return {
    kind,
    code,
    courier,
    client,
    won,
    why: { code: why.code, text: describeReason(why, language) },
    name: (kind === 'client' ? undefined : name[kind]) ?? null,
    company: (client === null ? undefined : clients.get(String(client))) ?? null,
    manager: (kind === 'courier' ? couriers.get(key)?.manager : undefined) ?? null,
    courierName: (courier === null ? undefined : couriers.get(String(courier))?.name) ?? null,
    recipientCompany: shipment?.company ?? null,
    barcode: shipment?.barcode ?? null,
    plan: shipment?.plan ?? null,
    order: match?.order ?? null,
    open: match?.open ?? null,
    since: match?.holder?.issuedAt ?? null,
    handedOver: match?.holder?.handedOver ?? false,
  };
}

function recipientMatch(
  matches: readonly Match[],
  shipment: Candidate['code'],
  courier: Candidate['courier'],
): RecipientMatch | undefined {
  return matches.find(
    (match): match is RecipientMatch =>
      match.kind === 'recipient' &&
      match.shipment === shipment &&
      (match.holder?.courier ?? null) === courier,
  );
}
