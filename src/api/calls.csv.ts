import { stringify } from 'csv-stringify/sync';
import type { Party } from '../calls/call.ts';
import type { JournalCall } from '../journal/call.row.ts';

const COLUMNS = [
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

/**
 * A table that Excel opens as it is: a byte order mark, semicolons, times of the desk's zone. What would be a formula
 * there is made text: callers choose their names and numbers.
 */
export function toCsv(calls: readonly JournalCall[], timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const local = (time: string | null): string => (time === null ? '' : format.format(new Date(time)));
  const rows = calls.map((call) => {
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
  });
  return stringify([[...COLUMNS], ...rows], { delimiter: ';', bom: true, escape_formulas: true });
}

function shown({ number, extension, user, raw }: Party): string {
  return number ?? (extension === null ? raw : [extension, user].filter(Boolean).join(' '));
}
