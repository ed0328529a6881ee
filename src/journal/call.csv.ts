import type { Party } from '../calls/call.ts';
import type { JournalCall } from './call.row.ts';

/** A call as a row of a table. */
export const CALL_COLUMNS = [
  'id',
  'started',
  'direction',
  'from',
  'to',
  'answered by',
  'outcome',
  'missed',
  'called back',
  'wait, s',
  'talk, s',
  'hold, s',
  'shipments',
  'clients',
  'couriers',
  'note',
  'completeness',
] as const;

/** @param local how times are written; `''` for null */
export function callCells(call: JournalCall, local: (time: string | null) => string): (string | number)[] {
  const codes = (kind: string): string =>
    call.links
      .filter((link) => link.kind === kind)
      .map(({ code }) => code)
      .join(' ');
  return [
    call.id,
    local(call.startedAt),
    call.direction,
    shown(call.from),
    shown(call.to),
    call.answeredBy === null ? '' : shown(call.answeredBy),
    call.outcome ?? '',
    call.missed ? 1 : 0,
    local(call.calledBackAt),
    Math.round(call.seconds.wait),
    Math.round(call.seconds.talk),
    Math.round(call.seconds.hold),
    codes('shipment'),
    codes('client'),
    codes('courier'),
    call.note ?? '',
    call.completeness,
  ];
}

function shown({ number, extension, user, raw }: Party): string {
  return number ?? (extension === null ? raw : [extension, user].filter(Boolean).join(' '));
}
