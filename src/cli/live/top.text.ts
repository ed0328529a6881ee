import { paint } from '../../util/colour.ts';
import { configurationRemarks } from '../../monitoring/configuration-status.ts';
import type { ServerStatus } from '../../monitoring/monitor.ts';
import type { Percentiles } from '../../monitoring/last-minute.ts';
import { localTime } from '../../util/local-time.ts';
import { plural } from '../../util/plural.ts';

/** Two looks at a server, and the time between them. */
export interface Interval {
  readonly status: ServerStatus;
  /** The look before; null at the first one, and after a restart of the server. */
  readonly before: ServerStatus | null;
  readonly seconds: number;
}

/** The look before this one, unless the server has been started since: its counts began anew. */
export function comparable(before: ServerStatus | null, status: ServerStatus): ServerStatus | null {
  return before !== null && before.pid === status.pid && before.calls.total <= status.calls.total
    ? before
    : null;
}

/** Calls per second since the last look; since the start of the server at the first one. */
function rate({ status, before, seconds }: Interval): number {
  return before === null
    ? status.calls.total / Math.max(1, status.uptimeSeconds)
    : (status.calls.total - before.calls.total) / Math.max(0.001, seconds);
}

/** Everything at a glance, for a terminal: one text of several lines. */
export function formatScreen(interval: Interval, server: string, colour: boolean): string {
  const { status } = interval;
  const { calls, lastMinute, pool } = status;
  const earlier: Readonly<Record<string, number>> = interval.before?.calls.byStatus ?? {};
  const outcomes = Object.entries(calls.byStatus).map(
    ([name, count]) => `${name} ${count}${increase(count, earlier[name])}`,
  );
  return [
    `courier-agi ${status.version} on ${server}, up ${duration(status.uptimeSeconds)}`,
    '',
    `calls     ${rate(interval).toFixed(1)}/s, ${calls.total} in all, ${status.sessions} of ${status.maxCalls} now`,
    `status    ${outcomes.join('  ')}`,
    `outcome   delivered ${calls.byOutcome.delivered}  left ${calls.byOutcome.left}  failed ${calls.byOutcome.failed}`,
    `rejected  overload ${calls.overloaded}  refused ${calls.refused}  queue resets ${calls.acceptQueueResets}  silent ${calls.silent}`,
    `call      ${times(lastMinute.call)}`,
    `look-up   ${times(lastMinute.lookup)}`,
    `pool      ${pool.used} of ${plural(pool.size, 'connection')} at work, ${plural(pool.waiting, 'look-up waits', 'look-ups wait')}`,
    ...database(status).map((line) => paint(line, 'red', colour && isInTrouble(status))),
    `snapshot  ${snapshot(status)}`,
    ...configuration(status).map((line) => paint(line, 'yellow', colour && isStale(status))),
    '',
  ].join('\n');
}

/** The same in one line of words and numbers, for a pipe or a log. */
export function formatLine(interval: Interval, now: Date): string {
  const { status } = interval;
  const { byStatus } = status.calls;
  const fields = {
    cps: rate(interval).toFixed(1),
    total: status.calls.total,
    ok: byStatus.OK,
    error: byStatus.ERROR,
    sessions: status.sessions,
    p95: status.lastMinute.call?.p95 ?? '-',
    used: status.pool.used,
    waiting: status.pool.waiting,
    database: isInTrouble(status) ? 'fails' : 'answers',
    breaker: status.directory === null ? '-' : status.directory.breakerOpen ? 'open' : 'closed',
    config: isStale(status) ? 'stale' : 'read',
    snapshot: status.directory?.snapshot ? Math.round(status.directory.snapshot.ageSeconds) : '-',
  };
  return `${localTime(now)} ${Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}\n`;
}

function increase(count: number, earlier = count): string {
  return count > earlier ? ` (+${count - earlier})` : '';
}

function isInTrouble({ directory }: ServerStatus): boolean {
  return directory !== null && directory.problem !== null;
}

/** From the first look-up that fails on, and why. */
function database({ directory }: ServerStatus): string[] {
  if (directory === null) return ['database  demo'];
  const { breakerOpen, problem } = directory;
  if (problem === null) return ['database  answers'];
  const state = breakerOpen ? 'DOES NOT ANSWER: it is not asked' : 'FAILS: the last look-up had no answer';
  return [`database  ${state}`, `          ${problem}`];
}

/** What it works with, and what an admin should know of that. */
function configuration({ configuration: status }: ServerStatus): string[] {
  const usual = status.file === null ? 'no file: the defaults' : `as in ${status.file}`;
  const [first = usual, ...others] = configurationRemarks(status).map(({ en }) => en);
  return [`config    ${first}`, ...others.map((line) => `          ${line}`)];
}

function isStale(status: ServerStatus): boolean {
  return configurationRemarks(status.configuration).length > 0;
}

function snapshot({ directory }: ServerStatus): string {
  if (directory === null) return '-';
  const { taking } = directory;
  if (directory.snapshot === null) {
    const progress =
      taking === null
        ? ''
        : `; one is being taken: ${plural(taking.matches, 'match', 'matches')} in ${duration(taking.seconds)}`;
    return `none that is new enough${progress}`;
  }
  const { numbers, ageSeconds, isPartial } = directory.snapshot;
  return `${plural(numbers, 'number')}, ${duration(ageSeconds)} old${isPartial ? ', a part is lost' : ''}`;
}

function times(percentiles: Percentiles | null): string {
  if (percentiles === null) return 'none in the last minute';
  const { p50, p95, p99, max } = percentiles;
  return `${ms(p50)} median, p95 ${ms(p95)}, p99 ${ms(p99)}, max ${ms(max)} (last minute)`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** `3d 4h`, `5h 6m`, `7m 8s`, `9s`. */
function duration(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([size]) => seconds >= size);
  if (first === -1) return '0s';
  let rest = Math.floor(seconds);
  return units
    .slice(first, first + 2)
    .map(([size, unit]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return `${count}${unit}`;
    })
    .join(' ');
}
