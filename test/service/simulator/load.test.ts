import { describe, expect, test } from '@jest/globals';
import type { CallResult } from '../../../src/simulator/asterisk.ts';
import { LoadTally } from '../../../src/simulator/load-report.ts';
import { runLoad } from '../../../src/simulator/load.ts';
import { withServer, type Peer } from './scripted-server.ts';

const script = { environment: new Map([['agi_callerid', '1']]), presets: new Map<string, string>() };

const answer = async ({ until, ask, socket }: Peer): Promise<void> => {
  await until('\n\n');
  await ask('EXEC MSet "ROUTE_COUNT=0,ROUTE_STATUS=UNKNOWN"');
  socket.end();
};

function resultOf(status: string | null, durationMs: number, problems: readonly string[] = []): CallResult {
  return {
    variables: new Map([['ROUTE_STATUS', status ?? 'ERROR']]),
    commands: status === null ? [] : [`EXEC MSet "ROUTE_STATUS=${status}"`],
    agiStatus: 'SUCCESS',
    durationMs,
    connectMs: 1,
    problems,
  };
}

describe('LoadTally', () => {
  test('tells answered, routed and lost calls apart', () => {
    const tally = new LoadTally();
    for (let ms = 1; ms <= 100; ms++) tally.add(resultOf(ms <= 90 ? 'OK' : 'ERROR', ms - 1), 1);
    tally.add(resultOf(null, 9999, ['the server did not wait for the reply to «A»: Asterisk stalls']), 0);
    tally.add(resultOf(null, 9999, ['the server did not wait for the reply to «B»: Asterisk stalls']), 0);
    tally.skip();
    expect(tally.report(5)).toEqual({
      started: 102,
      answered: 100,
      routed: 90,
      byStatus: { OK: 90, ERROR: 10 },
      lost: 2,
      skipped: 1,
      problems: { 'the server did not wait for the reply to «…»: Asterisk stalls': 2 },
      latencyMs: { p50: 50, p95: 95, p99: 99, max: 100 },
      durationMs: 5,
    });
  });

  test('reports zeros when nothing was answered', () => {
    expect(new LoadTally().report(1).latencyMs).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
  });
});

describe('runLoad', () => {
  test('calls at a rate, however slow the server is', async () => {
    const report = await withServer(answer, (target) =>
      runLoad(target, [script], { durationMs: 200, pace: { ratePerSecond: 100 } }),
    );
    expect(report).toMatchObject({
      started: 20,
      answered: 20,
      routed: 0,
      lost: 0,
      byStatus: { UNKNOWN: 20 },
      problems: {},
    });
  });

  test('skips calls beyond the limit and counts those that nobody answered', async () => {
    const report = await withServer(
      () => undefined,
      (target) =>
        runLoad(target, [script], {
          durationMs: 100,
          pace: { ratePerSecond: 100 },
          maxOpen: 3,
          timeoutMs: 400,
        }),
    );
    expect(report).toMatchObject({ started: 3, answered: 0, lost: 3, skipped: 7 });
  });

  test('keeps so many callers busy, with the scripts in turn', async () => {
    const callers: string[] = [];
    const stop = new AbortController();
    const report = await withServer(
      async (peer) => {
        await answer(peer);
        callers.push(/agi_callerid: (.*)/.exec(peer.received())?.[1] ?? '');
      },
      (target) =>
        runLoad(target, [script, { ...script, environment: new Map([['agi_callerid', '2']]) }], {
          durationMs: 600_000,
          pace: { connections: 4 },
          signal: stop.signal,
          onCall: () => {
            if (callers.length > 8) stop.abort();
          },
        }),
    );
    expect(report.answered).toBe(report.started);
    expect(report.started).toBeGreaterThan(4);
    expect(new Set(callers)).toEqual(new Set(['1', '2']));
  });

  test.each([{ connections: 4 }, { ratePerSecond: 100 }])(
    'stops early with %p when told so',
    async (pace) => {
      const stop = new AbortController();
      const report = await withServer(answer, (target) =>
        runLoad(target, [script], {
          durationMs: 600_000,
          pace,
          signal: stop.signal,
          onCall: () => stop.abort(),
        }),
      );
      expect(report.answered).toBeGreaterThan(0);
      expect(report.lost).toBe(0);
    },
  );

  test.each([{ connections: 0 }, { ratePerSecond: -1 }, { ratePerSecond: Number.NaN }])(
    'refuses %p',
    async (pace) => {
      await expect(
        runLoad({ host: '127.0.0.1', port: 1 }, [script], { durationMs: 1, pace }),
      ).rejects.toThrow(RangeError);
    },
  );

  test('refuses a load without a script', async () => {
    await expect(
      runLoad({ host: '127.0.0.1', port: 1 }, [], { durationMs: 1, pace: { connections: 1 } }),
    ).rejects.toThrow('at least one script');
  });
});
