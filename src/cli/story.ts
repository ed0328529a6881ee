import type { CallerKind, Code } from '../directory/match.ts';
import type { InvalidNumberReason } from '../phone/number.ts';
import type { Candidate, Decision, Status } from '../routing/decision.ts';
import type { Line } from '../routing/dialer.ts';
import { describeReason } from '../routing/reason.text.ts';
import type { Language } from '../util/language.ts';

interface Words {
  readonly status: Record<Status, string>;
  readonly kinds: Record<CallerKind, string>;
  readonly invalid: Record<InvalidNumberReason, string>;
  /** Who calls, after the number. */
  readonly is: Record<CallerKind, (codes: Codes) => string>;
  readonly rings: (seconds: number) => string;
  /** Before a further way to the same telephone. */
  readonly or: string;
  readonly shows: (callerId: string) => string;
  /** @param limit `gsm-mts:2` */
  readonly limited: (limit: string) => string;
  readonly thenOperators: string;
  readonly operators: string;
  readonly matches: string;
  readonly noMatches: string;
  /** Before `contacts.VALUE`, where it is not the number's digits. */
  readonly writtenAs: string;
  readonly live: string;
  readonly snapshot: (seconds: number) => string;
  /** By `liveError`. */
  readonly database: Readonly<Record<string, string>>;
}

/** Codes for people: `?` where there is none. */
type Codes = Readonly<Record<'courier' | 'client' | 'state' | 'order' | 'shipment', string>>;

const EN: Words = {
  status: {
    OK: 'dial',
    NO_TARGET: 'the caller is known, nobody to dial',
    UNKNOWN: 'not in contacts',
    INVALID: 'no usable number',
    ERROR: 'no answer could be had in time',
  },
  kinds: {
    courier: 'courier',
    recipient: 'recipient of shipment',
    contact: 'contact person',
    client: 'client',
  },
  invalid: {
    empty: 'there is no number',
    anonymous: 'the number is withheld',
    internal: 'an internal extension',
    malformed: 'no telephone number',
  },
  is: {
    courier: ({ courier }) => `is courier ${courier}`,
    recipient: ({ shipment, order, client, state }) =>
      `is the recipient of shipment ${shipment} (order ${order}, client ${client}, state ${state})`,
    contact: ({ client, state }) => `is a contact person of client ${client} (state ${state})`,
    client: ({ client, state }) => `is client ${client} (state ${state})`,
  },
  rings: (seconds) => `Rings, ${seconds} s each:`,
  or: 'or, if that trunk cannot place the call,',
  shows: (callerId) => `shows ${callerId}`,
  limited: (limit) => `calls at a time ${limit}`,
  thenOperators: 'then the operators',
  operators: 'Rings the operators.',
  matches: 'Matches in contacts:',
  noMatches: 'No match in contacts.',
  writtenAs: 'written',
  live: 'Source: the database, now.',
  snapshot: (seconds) => `Source: the snapshot, ${seconds} s old;`,
  database: {
    DIRECTORY_TIMEOUT: 'the database takes too long.',
    DIRECTORY_BUSY: 'the database has too much to do.',
    DIRECTORY_UNAVAILABLE: 'the database cannot be asked.',
    BREAKER_OPEN: 'the database cannot be asked.',
  },
};

const RU: Words = {
  status: {
    OK: 'звоним',
    NO_TARGET: 'звонящий известен, звонить некому',
    UNKNOWN: 'нет в contacts',
    INVALID: 'непригодный номер',
    ERROR: 'ответ вовремя не получен',
  },
  kinds: {
    courier: 'курьер',
    recipient: 'получатель отправления',
    contact: 'контактное лицо',
    client: 'клиент',
  },
  invalid: {
    empty: 'номера нет',
    anonymous: 'номер скрыт',
    internal: 'внутренний номер',
    malformed: 'не телефонный номер',
  },
  is: {
    courier: ({ courier }) => `— курьер ${courier}`,
    recipient: ({ shipment, order, client, state }) =>
      `— получатель отправления ${shipment} (заказ ${order}, клиент ${client}, статус ${state})`,
    contact: ({ client, state }) => `— контактное лицо клиента ${client} (статус ${state})`,
    client: ({ client, state }) => `— клиент ${client} (статус ${state})`,
  },
  rings: (seconds) => `Звоним, по ${seconds} с:`,
  or: 'или, если этот транк не может соединить,',
  shows: (callerId) => `показывает ${callerId}`,
  limited: (limit) => `одновременно ${limit}`,
  thenOperators: 'затем операторы',
  operators: 'Звоним операторам.',
  matches: 'Найдено в contacts:',
  noMatches: 'В contacts не найдено.',
  writtenAs: 'записан как',
  live: 'Источник: база данных (только что).',
  snapshot: (seconds) => `Источник: снимок, возраст ${seconds} с;`,
  database: {
    DIRECTORY_TIMEOUT: 'база отвечает слишком долго.',
    DIRECTORY_BUSY: 'база перегружена.',
    DIRECTORY_UNAVAILABLE: 'база недоступна.',
    BREAKER_OPEN: 'база недоступна.',
  },
};

/**
 * A decision as a short story: who calls, who rings in which order, every match and what became of it.
 *
 * @param asked what the person typed; shown when it is no usable number
 */
export function tellStory(asked: string, decision: Decision, language: Language): string {
  const words = language === 'ru' ? RU : EN;
  const lines = [`${decision.status}: ${words.status[decision.status]}`, whoCalls(asked, decision, words)];

  const [first] = decision.attempts;
  if (first === undefined) lines.push(words.operators);
  else {
    lines.push(words.rings(first.ring));
    decision.attempts.forEach((attempt, index) => {
      lines.push(`  ${index + 1}. ${tellLine(attempt, language)} — ${describeReason(attempt.why, language)}`);
      for (const line of attempt.fallbacks ?? []) lines.push(`     ${words.or} ${tellLine(line, language)}`);
    });
    lines.push(`  ${decision.attempts.length + 1}. ${words.thenOperators}`);
  }

  if (decision.source !== null) {
    lines.push(decision.candidates.length > 0 ? words.matches : words.noMatches);
    for (const candidate of decision.candidates) lines.push(tellCandidate(candidate, words, language));
    lines.push(
      decision.source === 'live'
        ? words.live
        : `${words.snapshot(decision.ageSeconds ?? 0)} ${whyNotLive(decision, words)}`,
    );
  }
  return lines.join('\n');
}

/** Why a text is no usable number. */
export function describeInvalid(reason: InvalidNumberReason, language: Language): string {
  return (language === 'ru' ? RU : EN).invalid[reason];
}

/** A dial string, with what its trunk demands. */
export function tellLine({ dial, callerId, limit }: Line, language: Language): string {
  const words = language === 'ru' ? RU : EN;
  const details = [
    ...(callerId === undefined ? [] : [words.shows(callerId)]),
    ...(limit === undefined ? [] : [words.limited(limit)]),
  ];
  return details.length === 0 ? dial : `${dial} (${details.join(', ')})`;
}

function whoCalls(asked: string, decision: Decision, words: Words): string {
  if (decision.invalid !== null) return `${JSON.stringify(asked)}: ${words.invalid[decision.invalid]}`;
  const { number } = decision;
  if (decision.caller === null) return number;
  const codes = {
    courier: code(decision.courier),
    client: code(decision.client),
    state: code(decision.clientState),
    order: code(decision.order),
    shipment: code(decision.shipment),
  };
  return `${number} ${words.is[decision.caller](codes)}`;
}

function whyNotLive({ liveError }: Decision, words: Words): string {
  return words.database[liveError ?? ''] ?? `${liveError}.`;
}

function code(value: Code | null): string {
  return String(value ?? '?');
}

function tellCandidate(candidate: Candidate, words: Words, language: Language): string {
  const which = candidate.code === null ? '' : ` ${candidate.code}`;
  const written =
    candidate.writtenAs === undefined ? '' : ` (${words.writtenAs} ${JSON.stringify(candidate.writtenAs)})`;
  return `  ${candidate.won ? '+' : '-'} ${words.kinds[candidate.kind]}${which}${written}: ${describeReason(candidate.why, language)}`;
}
