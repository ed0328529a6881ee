import { describe, expect, test } from '@jest/globals';
import { formatCall, formatHeadings } from '../../../src/cli/live/call.text.ts';
import { comparable, formatLine, formatScreen } from '../../../src/cli/live/top.text.ts';
import { toCallLine } from '../../../src/monitoring/call-line.ts';
import { callFields } from '../../../src/monitoring/call-log.ts';
import type { ServerStatus } from '../../../src/monitoring/monitor.ts';
import { invalid, nobody, type Decision } from '../../../src/routing/decision.ts';
import { fromSnapshot, monitor, record } from '../../unit/monitoring/records.ts';

/** Half past nine where this runs. */
const NOW = new Date(2026, 2, 3, 9, 30);

function status(calls: number, changes: Partial<ServerStatus> = {}): ServerStatus {
  const watched = monitor();
  for (let index = 0; index < calls; index++) watched.call(record());
  return { ...watched.status(), uptimeSeconds: 93_784, ...changes };
}

const withSnapshot = {
  directory: {
    breakerOpen: true,
    problem: 'Nobody answers.',
    snapshot: { numbers: 1234, ageSeconds: 61.4 },
    taking: null,
  },
};

describe('top', () => {
  test('shows everything at a glance', () => {
    const interval = { status: status(30, withSnapshot), before: status(10), seconds: 2 };
    expect(formatScreen(interval, '127.0.0.1:9573', false)).toBe(
      [
        'courier-agi 1.2.3 on 127.0.0.1:9573, up 1d 2h',
        '',
        'calls     10.0/s, 30 in all, 3 of 1000 now',
        'status    OK 30 (+20)  NO_TARGET 0  UNKNOWN 0  INVALID 0  ERROR 0',
        'outcome   delivered 30  left 0  failed 0',
        'rejected  overload 0  refused 0  queue resets 0  silent 0',
        'call      12 ms median, p95 12 ms, p99 12 ms, max 12 ms (last minute)',
        'look-up   8.0 ms median, p95 8.0 ms, p99 8.0 ms, max 8.0 ms (last minute)',
        'pool      4 of 10 connections at work, 2 look-ups wait',
        'database  DOES NOT ANSWER: it is not asked',
        '          Nobody answers.',
        'snapshot  1234 numbers, 1m 1s old',
        'config    as in /etc/courier-agi/courier-agi.yaml',
        '',
      ].join('\n'),
    );
  });

  test('shows a server that nobody has called yet', () => {
    const screen = formatScreen({ status: status(0), before: null, seconds: 0 }, 'x', false);
    expect(screen).toContain('calls     0.0/s, 0 in all');
    expect(screen).toContain('call      none in the last minute');
    expect(screen).toContain('database  demo');
  });

  test('shows from the first failure on that the database fails, in red in a terminal', () => {
    const directory = { breakerOpen: false, problem: 'contacts is locked', snapshot: null, taking: null };
    const interval = { status: status(1, { directory }), before: null, seconds: 1 };
    expect(formatScreen(interval, 'x', false)).toContain(
      'database  FAILS: the last look-up had no answer\n          contacts is locked\n',
    );
    expect(formatScreen(interval, 'x', true)).toContain('\u001B[31mdatabase  FAILS');
    expect(formatLine(interval, NOW)).toContain(' database=fails breaker=closed ');
    const good = { ...interval, status: status(1, { directory: { ...directory, problem: null } }) };
    expect(formatScreen(good, 'x', true)).toContain('\ndatabase  answers\n');
    expect(formatLine(good, NOW)).toContain(' database=answers ');
  });

  test('shows how far the first snapshot has come', () => {
    const taking = { matches: 412_000, seconds: 61 };
    const directory = { breakerOpen: false, problem: null, snapshot: null, taking };
    const screen = formatScreen({ status: status(1, { directory }), before: null, seconds: 1 }, 'x', false);
    expect(screen).toContain(
      'snapshot  none that is new enough; one is being taken: 412000 matches in 1m 1s\n',
    );
  });

  test('tells that the server works with another configuration than the file holds, and why', () => {
    const configuration = {
      file: '/etc/courier-agi/courier-agi.yaml',
      readAt: NOW.toISOString(),
      hasChanged: true,
      waitingForRestart: ['listen.port'],
      refused: { at: NOW.toISOString(), problems: ['dial.trunks: is wrong', 'log.level: is wrong'] },
    };
    const interval = { status: status(0, { configuration }), before: null, seconds: 0 };
    expect(formatScreen(interval, 'x', false)).toContain(
      [
        'config    The reload at 2026-03-03 09:30:00 was refused, the old configuration stays: dial.trunks: is wrong; log.level: is wrong',
        '          /etc/courier-agi/courier-agi.yaml has changed since the server read it at 2026-03-03 09:30:00: systemctl reload courier-agi',
        '          These changes take effect at the next start: listen.port',
        '',
      ].join('\n'),
    );
    expect(formatLine(interval, NOW)).toContain(' config=stale ');
  });

  test('counts one as one', () => {
    const one = status(0, { pool: { size: 1, used: 1, waiting: 1 } });
    const screen = formatScreen({ status: one, before: null, seconds: 0 }, 'x', false);
    expect(screen).toContain('pool      1 of 1 connection at work, 1 look-up waits\n');
  });

  test('writes one line with names where there is no terminal', () => {
    const line = formatLine({ status: status(30, withSnapshot), before: status(10), seconds: 2 }, NOW);
    expect(line).toBe(
      '2026-03-03 09:30:00.000 cps=10.0 total=30 ok=30 error=0 sessions=3 p95=12 used=4 waiting=2 database=fails breaker=open config=read snapshot=61\n',
    );
  });

  test.each([
    ['the same process', { pid: 1 }, { pid: 1 }, true],
    ['another process', { pid: 1 }, { pid: 2 }, false],
  ])('compares with %s: %j, %j', (_what, before, after, same) => {
    const first = status(5, before);
    expect(comparable(first, status(6, after))).toBe(same ? first : null);
  });

  test('does not count backwards when the server was started anew under the same number', () => {
    expect(comparable(status(10), status(2))).toBeNull();
    expect(comparable(null, status(2))).toBeNull();
  });
});

describe('calls', () => {
  const line = (changes: Parameters<typeof record>[0]) => {
    const call = record({ endedAt: NOW.getTime(), ...changes });
    return toCallLine(call, callFields(call, false));
  };

  test('stand in columns under their headings, with a masked number', () => {
    expect(formatHeadings(false) + formatCall(line({}), false)).toBe(
      [
        'when it was over         status     number                ms  who calls                     who rings                         remarks',
        '2026-03-03 09:30:00.000  OK         7916*****01         12.0  recipient of shipment 70001   courier 11 on 7916*****11         client 201',
        '',
      ].join('\n'),
    );
  });

  const { decision } = record();
  const [attempt] = decision.attempts;
  const MANAGER = { target: 'manager', client: 201, shipment: null } as const;

  test.each([
    ['a courier', { ...decision, ...MANAGER, caller: 'courier' }, 'courier 11', 'manager on 7916\\*+11'],
    [
      'a contact',
      { ...decision, ...MANAGER, caller: 'contact', attempts: [{ ...attempt, dial: 'PJSIP/101&PJSIP/102' }] },
      'contact of client 201',
      'manager on 101\\+102',
    ],
    ['a client', { ...decision, ...MANAGER, caller: 'client' }, 'client 201', 'manager on 7916\\*+11'],
    ['a stranger', nobody('UNKNOWN', '79169999999'), '-', 'operators'],
    ['no number', invalid('anonymous'), '-', 'operators {25}anonymous'],
    [
      'a recipient of two couriers',
      { ...decision, attempts: [attempt, attempt] },
      'recipient of shipment 70001',
      'courier 11 on 7916\\*+11, 2 attempts',
    ],
  ] as [string, Decision, string, string][])('say who rings for %s', (_who, made, caller, rings) => {
    expect(formatCall(line({ decision: made }), false)).toMatch(
      new RegExp(`12\\.0  ${caller} {2,}${rings}(  |\\n)`),
    );
  });

  test('show why there was no answer', () => {
    const text = formatCall(
      line({ decision: nobody('ERROR'), outcome: 'failed', error: new Error('79162000001') }),
      false,
    );
    expect(text).toContain('ERROR      -');
    expect(text).toMatch(/operators +answer did not arrive, DEFECT\n$/);
    expect(text).not.toContain('79162000001');
  });

  test('show that the snapshot answered, how old it was, and why', () => {
    const text = formatCall(line(fromSnapshot('DIRECTORY_TIMEOUT')), false);
    expect(text).toMatch(/client 201, snapshot 61 s old, database: DIRECTORY_TIMEOUT\n$/);
  });

  test('mark a call of doctor', () => {
    expect(formatCall(line({ isCheck: true }), false)).toMatch(/client 201, doctor, not a caller\n$/);
  });

  test('have colours for a terminal alone', () => {
    expect(formatHeadings(true)).toBe(`\u001B[1m${formatHeadings(false).trimEnd()}\u001B[0m\n`);
    expect(formatCall(line({}), true)).toContain('\u001B[32mOK       \u001B[0m');
    expect(formatCall(line({}), false)).not.toContain('\u001B');
  });
});
