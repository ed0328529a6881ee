import type { CallRecord } from '../../../src/monitoring/call-record.ts';
import { Monitor, type MonitorOptions } from '../../../src/monitoring/monitor.ts';
import { nobody } from '../../../src/routing/decision.ts';

/** A call of a recipient who gets his courier, changed as a test needs it. */
export function record(changes: Partial<CallRecord> = {}): CallRecord {
  return {
    uniqueId: '1700000000.1',
    linkedId: '',
    isCheck: false,
    outcome: 'delivered',
    decision: {
      ...nobody('OK', '79162000001'),
      caller: 'recipient',
      target: 'courier',
      attempts: [
        {
          dial: 'PJSIP/79161000011@trunk',
          number: '79161000011',
          ring: 20,
          why: { code: 'holds-shipment', courier: 11, shipment: 70_001, phone: 'phonem' },
        },
      ],
      courier: 11,
      client: 201,
      shipment: 70_001,
      source: 'live',
      ageSeconds: 0,
    },
    error: null,
    totalMs: 12,
    endedAt: Date.now(),
    routeMs: 8,
    ...changes,
  };
}

/** For `record`: the snapshot answered. @param liveError why the database did not */
export function fromSnapshot(liveError: string): Pick<CallRecord, 'decision'> {
  return { decision: { ...record().decision, source: 'snapshot', ageSeconds: 61, liveError } };
}

export function monitor(changes: Partial<MonitorOptions> = {}): Monitor {
  return new Monitor({
    version: '1.2.3',
    maxCalls: 1000,
    sessions: () => 3,
    pool: () => ({ size: 10, used: 4, waiting: 2 }),
    resilience: () => undefined,
    configuration: () => ({
      file: '/etc/courier-agi/courier-agi.yaml',
      readAt: '2026-03-03T09:30:00.000Z',
      hasChanged: false,
      waitingForRestart: [],
      refused: null,
    }),
    ...changes,
  });
}
