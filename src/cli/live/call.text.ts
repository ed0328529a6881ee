import type { CallLine } from '../../http/call.line.ts';

/** Colours of `ROUTE_STATUS`: green, yellow, grey, red. */
const COLOURS: Readonly<Record<string, number>> = {
  OK: 32,
  NO_TARGET: 33,
  UNKNOWN: 90,
  INVALID: 90,
  ERROR: 31,
};

/** One call in one line, as `/calls` tells of it. */
export function formatCall(line: CallLine, colour: boolean): string {
  const status = line.status.padEnd(9);
  const facts = [
    line.caller ?? '-',
    line.target === null ? null : `> ${line.target}`,
    line.attempts > 1 ? `${line.attempts} attempts` : null,
    named('courier', line.courier),
    named('client', line.client),
    named('shipment', line.shipment),
    line.source === 'snapshot' ? `snapshot ${line.ageSeconds ?? 0} s` : null,
    line.outcome === 'answered' ? null : line.outcome,
    line.error,
  ].filter((fact) => fact !== null);
  const painted = colour ? `\u001B[${COLOURS[line.status] ?? 0}m${status}\u001B[0m` : status;
  return `${line.time}  ${painted}  ${(line.number || '-').padEnd(15)}  ${(line.totalMs ?? 0).toFixed(1).padStart(7)} ms  ${facts.join(', ')}\n`;
}

function named(label: string, code: number | null): string | null {
  return code === null ? null : `${label} ${code}`;
}
