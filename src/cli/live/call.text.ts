import { paint, type Colour } from '../../util/colour.ts';
import type { CallLine } from '../../monitoring/call-line.ts';
import { localTime } from '../../util/local-time.ts';
import { plural } from '../../util/plural.ts';

/** Of `ROUTE_STATUS`. */
const COLOURS: Readonly<Record<CallLine['status'], Colour>> = {
  OK: 'green',
  NO_TARGET: 'yellow',
  UNKNOWN: 'grey',
  INVALID: 'grey',
  ERROR: 'red',
};

/** What stands in a line of `courier-agi calls`; `status` is painted. */
interface Columns {
  readonly time: string;
  readonly status: string;
  readonly number: string;
  readonly ms: string;
  readonly caller: string;
  readonly rings: string;
  readonly remarks: string;
}

const HEADINGS: Columns = {
  time: 'when it was over',
  status: 'status',
  number: 'number',
  ms: 'ms',
  caller: 'who calls',
  rings: 'who rings',
  remarks: 'remarks',
};

/** The line above the calls, for a terminal. */
export function formatHeadings(colour: boolean): string {
  const line = layOut(HEADINGS, (status) => status);
  return `${paint(line.trimEnd(), 'bold', colour)}\n`;
}

/** One call in one line, as `/calls` tells of it. */
export function formatCall(line: CallLine, colour: boolean): string {
  const columns = {
    time: localTime(new Date(line.time)),
    status: line.status,
    number: line.number || '-',
    ms: (line.totalMs ?? 0).toFixed(1),
    caller: whoCalls(line),
    rings: whoRings(line),
    remarks: remarksOn(line).join(', '),
  };
  return layOut(columns, (status) => paint(status, COLOURS[line.status], colour));
}

function layOut(columns: Columns, paintStatus: (status: string) => string): string {
  const { time, status, number, ms, caller, rings, remarks } = columns;
  const cells = [
    time.padEnd(23),
    paintStatus(status.padEnd(9)),
    number.padEnd(15),
    ms.padStart(7),
    caller.padEnd(28),
    rings.padEnd(32),
    remarks,
  ];
  return `${cells.join('  ').trimEnd()}\n`;
}

function whoCalls({ caller, courier, client, shipment }: CallLine): string {
  switch (caller) {
    case null:
      return '-';
    case 'recipient':
      return `recipient of shipment ${shipment ?? '?'}`;
    case 'courier':
      return `courier ${courier ?? '?'}`;
    case 'contact':
      return `contact of client ${client ?? '?'}`;
    case 'client':
      return `client ${client ?? '?'}`;
  }
}

/** Whom the dialplan is told to ring first, and where; without anybody it goes on to the operators. */
function whoRings({ target, courier, attempts, rings }: CallLine): string {
  if (target === null) return 'operators';
  const who = target === 'courier' ? `courier ${courier ?? '?'}` : 'manager';
  const [first] = rings ?? [];
  const where = first === undefined ? who : `${who} on ${first.split('&').map(deviceOf).join('+')}`;
  return attempts > 1 ? `${where}, ${plural(attempts, 'attempt')}` : where;
}

/** `PJSIP/101` and `PJSIP/7916*****11@gsm-mts` without their technology and trunk. */
function deviceOf(dial: string): string {
  return dial.replace(/@.*$/, '').replace(/^.*\//, '');
}

function remarksOn(line: CallLine): string[] {
  const remarks = [
    line.caller === 'recipient' && line.client !== null ? `client ${line.client}` : null,
    line.invalid ?? null,
    line.source === 'snapshot' ? `snapshot ${line.ageSeconds ?? 0} s old` : null,
    line.liveError === undefined ? null : `database: ${line.liveError}`,
    line.check === true ? 'doctor, not a caller' : null,
    line.outcome === 'left' ? 'hung up first' : null,
    line.outcome === 'failed' ? 'answer did not arrive' : null,
    line.error,
  ];
  return remarks.filter((remark) => remark !== null);
}
