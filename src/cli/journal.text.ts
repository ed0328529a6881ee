import type { Party } from '../calls/call.ts';
import type { JournalCall } from '../journal/call.row.ts';
import type { Gap } from '../journal/journal.store.ts';
import { printable } from '../util/printable.ts';

/** One call of the journal for a terminal, in the zone's time. Numbers are whole: it is the admin who looks. */
export function callLine(call: JournalCall, timeZone: string): string {
  const { seconds, links } = call;
  const outcome = call.missed && call.calledBackAt === null ? 'MISSED' : (call.outcome ?? call.state);
  const bound = links.map(({ kind, code }) => `${kind} ${code}`).join(', ');
  const columns = [
    localTime(Date.parse(call.startedAt), timeZone),
    call.direction.padEnd(8),
    `${nameOf(call.from)} → ${nameOf(call.answeredBy ?? call.to)}`.padEnd(32),
    outcome.padEnd(11),
    `${Math.round(seconds.wait)} s`.padStart(6),
    `${Math.round(seconds.talk)} s`.padStart(6),
    bound,
  ];
  const note = call.completeness === 'whole' ? '' : `  (${call.completeness})`;
  return `${printable(columns.join('  '))}${note}\n`;
}

export function gapLine({ asterisk, from, until, reason }: Gap, timeZone: string): string {
  const text = `GAP ${localTime(from, timeZone)} – ${localTime(until, timeZone)}  ${asterisk}: ${reason}`;
  return `${printable(text)}\n`;
}

/** Whoever has just set it up would not know otherwise whether it works. */
export function emptyLine(since: number, timeZone: string): string {
  return `no call since ${localTime(since, timeZone)}\n`;
}

function nameOf({ number, extension, raw, user }: Party): string {
  if (extension !== null) return user === null ? extension : `${extension} ${user}`;
  return number ?? (raw === '' ? '?' : raw);
}

function localTime(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
    new Date(ms),
  );
}
