import { describe, expect, test } from '@jest/globals';
import { DirectoryTimeoutError, type Resilience } from '../../../src/directory/directory.ts';
import { nobody } from '../../../src/routing/decision.ts';
import { noRoute } from '../../../src/routing/outbound.ts';
import { ScriptRequestError } from '../../../src/scripts/errors.ts';
import { fromSnapshot, monitor, record } from './records.ts';

/** The value of one series; undefined when it is not exposed. */
async function sample(watched: ReturnType<typeof monitor>, series: string): Promise<number | undefined> {
  const line = (await watched.metrics.text()).split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('the metrics', () => {
  test('count a call by status, caller and outcome, and time its parts in seconds', async () => {
    const watched = monitor();
    watched.call(record());
    watched.call(record({ totalMs: 30, routeMs: null, outcome: 'left' }));
    const calls = 'courier_agi_calls_total{status="OK",caller="recipient"';
    expect(await sample(watched, `${calls},outcome="delivered"}`)).toBe(1);
    expect(await sample(watched, `${calls},outcome="left"}`)).toBe(1);
    expect(await sample(watched, `${calls},outcome="failed"}`)).toBe(0);
    expect(await sample(watched, 'courier_agi_call_duration_seconds_sum')).toBeCloseTo(0.042);
    expect(await sample(watched, 'courier_agi_lookup_duration_seconds_sum')).toBeCloseTo(0.008);
    expect(await sample(watched, 'courier_agi_lookup_duration_seconds_count')).toBe(1);
    expect(await sample(watched, 'courier_agi_agi_duration_seconds_sum')).toBeCloseTo(0.034);
  });

  test('count outgoing calls by status and outcome, by themselves', async () => {
    const watched = monitor();
    const series = (status: string) =>
      `courier_agi_outgoing_calls_total{status="${status}",outcome="delivered"}`;
    expect(await sample(watched, series('INVALID'))).toBe(0);
    const outgoing = { uniqueId: '1.2', linkedId: '', outcome: 'delivered', totalMs: 1 } as const;
    const lines = [{ dial: 'SIP/gsm/79161234567' }];
    watched.outgoingCall({
      ...outgoing,
      route: { ...noRoute('INVALID', null), status: 'OK', lines },
      error: null,
    });
    watched.outgoingCall({
      ...outgoing,
      route: noRoute('ERROR', null),
      error: new ScriptRequestError('the AGI script outbound needs the number'),
    });
    expect(await sample(watched, series('OK'))).toBe(1);
    expect(await sample(watched, series('ERROR'))).toBe(1);
    expect(await sample(watched, 'courier_agi_call_errors_total{error="SCRIPT_REQUEST"}')).toBe(1);
    expect(watched.status().calls.total).toBe(0);
  });

  test('count errors by their stable code, and a defect of ours as one', async () => {
    const watched = monitor();
    watched.call(record({ error: new DirectoryTimeoutError('late'), decision: nobody('ERROR') }));
    watched.call(record({ error: new TypeError('79162000001'), decision: nobody('ERROR') }));
    expect(await sample(watched, 'courier_agi_call_errors_total{error="DIRECTORY_TIMEOUT"}')).toBe(1);
    expect(await sample(watched, 'courier_agi_call_errors_total{error="DEFECT"}')).toBe(1);
  });

  test('count why the snapshot had to answer', async () => {
    const watched = monitor();
    const series = (error: string) => `courier_agi_live_lookup_errors_total{error="${error}"}`;
    expect(await sample(watched, series('DIRECTORY_TIMEOUT'))).toBe(0);
    watched.call(record(fromSnapshot('DIRECTORY_TIMEOUT')));
    watched.call(record(fromSnapshot('BREAKER_OPEN')));
    watched.call(record());
    expect(await sample(watched, series('DIRECTORY_TIMEOUT'))).toBe(1);
    expect(await sample(watched, series('BREAKER_OPEN'))).toBe(1);
  });

  test('count what was turned away', async () => {
    const watched = monitor();
    watched.overloaded();
    watched.refused('not allowed');
    watched.refused('too many');
    watched.refused('too many');
    watched.acceptQueueReset();
    watched.listenerFailed();
    for (let index = 0; index < 3; index++) watched.silent();
    watched.sessionFailed();
    expect(await sample(watched, 'courier_agi_overload_refused_total')).toBe(1);
    expect(await sample(watched, 'courier_agi_connections_refused_total{reason="not_allowed"}')).toBe(1);
    expect(await sample(watched, 'courier_agi_connections_refused_total{reason="too_many"}')).toBe(2);
    expect(await sample(watched, 'courier_agi_accept_queue_resets_total')).toBe(1);
    expect(await sample(watched, 'courier_agi_listener_errors_total')).toBe(1);
    expect(await sample(watched, 'courier_agi_silent_connections_total')).toBe(3);
    expect(await sample(watched, 'courier_agi_session_errors_total')).toBe(1);
    expect(watched.status().calls).toMatchObject({
      overloaded: 1,
      refused: 3,
      acceptQueueResets: 1,
      listenerErrors: 1,
      silent: 3,
    });
  });

  test('show the pool, the breaker and the snapshot as they are when asked', async () => {
    let resilience: Resilience | undefined;
    const watched = monitor({ resilience: () => resilience });
    expect(await sample(watched, 'courier_agi_pool_connections')).toBe(10);
    expect(await sample(watched, 'courier_agi_pool_used')).toBe(4);
    expect(await sample(watched, 'courier_agi_pool_waiting')).toBe(2);
    expect(await sample(watched, 'courier_agi_sessions')).toBe(3);
    expect(await sample(watched, 'courier_agi_breaker_open')).toBeUndefined();

    resilience = {
      breakerOpen: true,
      problem: 'away',
      snapshot: { numbers: 1234, ageSeconds: 60 },
      taking: null,
    };
    expect(await sample(watched, 'courier_agi_breaker_open')).toBe(1);
    expect(await sample(watched, 'courier_agi_snapshot_numbers')).toBe(1234);
    expect(await sample(watched, 'courier_agi_snapshot_age_seconds')).toBe(60);

    resilience = { breakerOpen: false, problem: null, snapshot: null, taking: null };
    expect(await sample(watched, 'courier_agi_breaker_open')).toBe(0);
    expect(await sample(watched, 'courier_agi_snapshot_age_seconds')).toBeUndefined();
  });

  test('count a call of doctor as that alone', async () => {
    const watched = monitor();
    watched.call(record({ isCheck: true, error: new DirectoryTimeoutError('late') }));
    expect(await sample(watched, 'courier_agi_check_calls_total')).toBe(1);
    const calls = 'courier_agi_calls_total{status="OK",caller="recipient",outcome="delivered"}';
    expect(await sample(watched, calls)).toBe(0);
    expect(await sample(watched, 'courier_agi_call_duration_seconds_count')).toBe(0);
    expect(await sample(watched, 'courier_agi_call_errors_total{error="DIRECTORY_TIMEOUT"}')).toBe(0);
    expect(watched.status().calls).toMatchObject({ total: 0, checks: 1 });
    expect(watched.status().lastMinute.call).toBeNull();
    expect(watched.calls.recent()).toMatchObject([{ check: true }]);
  });

  test('hold no number, name or code of a caller, whatever he sends', async () => {
    const watched = monitor();
    watched.call(record({ uniqueId: 'evil"} 1\nfoo{x="79162000001' }));
    const text = await watched.metrics.text();
    expect(text).not.toMatch(/79162000001|70001|evil/);
  });
});

describe('the status', () => {
  test('sums the calls since the start', () => {
    const watched = monitor();
    watched.call(record());
    watched.call(record({ decision: nobody('ERROR'), outcome: 'failed' }));
    expect(watched.status()).toMatchObject({
      name: 'courier-agi',
      version: '1.2.3',
      calls: {
        total: 2,
        byStatus: { OK: 1, NO_TARGET: 0, UNKNOWN: 0, INVALID: 0, ERROR: 1 },
        byOutcome: { delivered: 1, left: 0, failed: 1 },
      },
      lastMinute: { call: { max: 12 }, lookup: { max: 8 } },
      pool: { size: 10, used: 4, waiting: 2 },
      directory: null,
    });
  });

  test('tells why the database fails before the breaker opens, without a number that the message quotes', () => {
    const problem = 'contacts is locked for 79162000001';
    const watched = monitor({
      resilience: () => ({ breakerOpen: false, problem, snapshot: null, taking: null }),
    });
    expect(watched.status().directory).toEqual({
      breakerOpen: false,
      problem: 'contacts is locked for 7916*****01',
      snapshot: null,
      taking: null,
    });
  });

  test('has no times before the first call', () => {
    expect(monitor().status().lastMinute).toEqual({ call: null, lookup: null });
  });
});

describe('the feed of calls', () => {
  test('remembers the last 200 calls, the oldest first', () => {
    const watched = monitor();
    for (let index = 0; index < 250; index++) watched.call(record({ uniqueId: `call-${index}` }));
    const lines = watched.calls.recent();
    expect(lines).toHaveLength(200);
    expect(lines[0]?.call).toBe('call-50');
    expect(lines.at(-1)?.call).toBe('call-249');
  });

  test('masks the number and shows an error by its code alone', () => {
    const watched = monitor();
    watched.call(record({ error: new DirectoryTimeoutError('no answer for 79162000001') }));
    const [line] = watched.calls.recent();
    expect(line).toMatchObject({ number: '7916*****01', error: 'DIRECTORY_TIMEOUT' });
    expect(JSON.stringify(line)).not.toContain('79162000001');
  });

  test('tells why the snapshot answered, and nothing of the kind where the database did', () => {
    const watched = monitor();
    watched.call(record(fromSnapshot('DIRECTORY_TIMEOUT')));
    watched.call(record());
    const [remembered, live] = watched.calls.recent();
    expect(remembered).toMatchObject({ source: 'snapshot', liveError: 'DIRECTORY_TIMEOUT', error: null });
    expect(live?.liveError).toBeUndefined();
  });

  test('tells followers of the calls to come until they leave', () => {
    const watched = monitor();
    const seen: string[] = [];
    const leave = watched.calls.follow(({ call }) => seen.push(call));
    watched.call(record({ uniqueId: 'a' }));
    leave();
    watched.call(record({ uniqueId: 'b' }));
    expect(seen).toEqual(['a']);
    expect(watched.calls.followers).toBe(0);
  });
});
