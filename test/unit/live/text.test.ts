import { describe, expect, test } from '@jest/globals';
import { formatCall } from '../../../src/cli/live/call.text.ts';
import { comparable, formatLine, formatScreen } from '../../../src/cli/live/top.text.ts';
import { toCallLine } from '../../../src/http/call.line.ts';
import type { ServerStatus } from '../../../src/http/monitor.ts';
import { nobody } from '../../../src/routing/decision.ts';
import { monitor, record } from '../http/records.ts';

const NOW = new Date('2026-03-03T09:30:00Z');

function status(calls: number, changes: Partial<ServerStatus> = {}): ServerStatus {
  const watched = monitor();
  for (let index = 0; index < calls; index++) watched.call(record());
  return { ...watched.status(), uptimeSeconds: 93_784, ...changes };
}

const withSnapshot = {
  directory: { breakerOpen: true, snapshot: { numbers: 1234, ageSeconds: 61.4 } },
};

describe('top', () => {
  test('shows everything at a glance', () => {
    const interval = { status: status(30, withSnapshot), before: status(10), seconds: 2 };
    expect(formatScreen(interval, '127.0.0.1:9573')).toBe(
      [
        'courier-agi 1.2.3 on 127.0.0.1:9573, up 1d 2h',
        '',
        'calls     10.0/s, 30 in all, 3 of 1000 now',
        'status    OK 30 (+20)  NO_TARGET 0  UNKNOWN 0  INVALID 0  ERROR 0',
        'outcome   answered 30  left 0  failed 0  overload 0  refused 0',
        'call      12 ms half, 12 ms 95 %, 12 ms 99 %, 12 ms the longest, of the last minute',
        'look-up   8.0 ms half, 8.0 ms 95 %, 8.0 ms 99 %, 8.0 ms the longest, of the last minute',
        'pool      4 of 10 connections at work, 2 look-ups wait',
        'database  DOES NOT ANSWER: it is not asked',
        'snapshot  1234 numbers, 1m 1s old',
        '',
      ].join('\n'),
    );
  });

  test('shows a server that nobody has called yet', () => {
    const screen = formatScreen({ status: status(0), before: null, seconds: 0 }, 'x');
    expect(screen).toContain('calls     0.0/s, 0 in all');
    expect(screen).toContain('call      none in the last minute');
    expect(screen).toContain('database  demo');
  });

  test('writes one line with names where there is no terminal', () => {
    const line = formatLine({ status: status(30, withSnapshot), before: status(10), seconds: 2 }, NOW);
    expect(line).toBe(
      '2026-03-03T09:30:00.000Z cps=10.0 total=30 ok=30 error=0 sessions=3 p95=12 used=4 waiting=2 breaker=open snapshot=61\n',
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
  const line = (changes: Parameters<typeof record>[0]) => toCallLine(record(changes), NOW.getTime());

  test('shows who called and whom he got, with a masked number', () => {
    expect(formatCall(line({}), false)).toBe(
      '2026-03-03T09:30:00.000Z  OK         7916*****01         12.0 ms  recipient, > courier, courier 11, client 201, shipment 70001\n',
    );
  });

  test('shows why there was no answer', () => {
    const text = formatCall(
      line({ decision: nobody('ERROR'), outcome: 'failed', error: new Error('79162000001') }),
      false,
    );
    expect(text).toContain('ERROR      -');
    expect(text).toMatch(/failed, DEFECT\n$/);
    expect(text).not.toContain('79162000001');
  });

  test('shows that the snapshot answered, and how old it was', () => {
    const decision = { ...record().decision, source: 'snapshot' as const, ageSeconds: 61 };
    expect(formatCall(line({ decision }), false)).toContain('snapshot 61 s');
  });

  test('has colours for a terminal alone', () => {
    expect(formatCall(line({}), true)).toContain('\u001B[32mOK       \u001B[0m');
    expect(formatCall(line({}), false)).not.toContain('\u001B');
  });
});
