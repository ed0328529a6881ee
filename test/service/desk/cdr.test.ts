import { describe, expect, test } from '@jest/globals';
import type { Call } from '../../../src/calls/call.ts';
import { zoneOffset, type CdrRow } from '../../../src/desk/cdr/cdr-row.ts';
import { rebuildCalls } from '../../../src/desk/cdr/rebuild-calls.ts';
import { EPOCH, ID, loser, OPTIONS, row } from './cdr-rows.ts';

describe('the zone of a record', () => {
  test.each([
    ['2026-11-26 13:00:00', `${EPOCH}.17`, 5 * 3_600_000],
    ['2026-11-26 08:00:01', `pbx2-${EPOCH}.1`, 0],
    ['2026-11-26 13:45:00', `${EPOCH}.2`, 5.75 * 3_600_000],
    ['2026-11-26 13:00:00', 'courier-4711', null],
    ['2026-11-26 13:00:00', '1.2', null],
    ['nonsense', `${EPOCH}.17`, null],
  ])('%s with the id %s: %s ms', (start, uniqueid, offset) => {
    expect(zoneOffset({ start, uniqueid })).toBe(offset);
  });
});

describe('a call of its records', () => {
  const one = (...rows: CdrRow[]): Call => {
    const calls = rebuildCalls(rows, OPTIONS);
    expect(calls).toHaveLength(1);
    return calls[0] as Call;
  };

  test('that one of two answered', () => {
    expect(one(loser, row())).toMatchObject({
      id: `main-${ID}`,
      direction: 'in',
      state: 'ended',
      startedAt: '2026-11-26T08:00:00.000Z',
      answeredAt: '2026-11-26T08:00:05.000Z',
      endedAt: '2026-11-26T08:00:32.000Z',
      from: { number: '79162000001', raw: '+79162000001', extension: null },
      to: { number: '74950000000' },
      answeredBy: { extension: '102' },
      outcome: 'answered',
      missed: false,
      seconds: { wait: 5, talk: 27 },
      legs: [{ outcome: 'answered elsewhere' }, { outcome: 'answered' }],
      talks: [{ a: { number: '79162000001' }, b: { extension: '102' } }],
      completeness: 'rebuilt',
    });
  });

  test.each([
    ['nobody answered', [loser, row({ ...loser, dstchannel: 'PJSIP/102-00000003' })], 'no_answer', true],
    ['one was busy', [loser, row({ ...loser, disposition: 'BUSY' })], 'busy', true],
    ['only an announcement was heard', [row({ dstchannel: '' })], null, false],
    ['the trunk could not place it', [row({ ...loser, disposition: 'CONGESTION' })], 'unreachable', true],
  ] as const)('%s', (_what, rows, outcome, missed) => {
    expect(one(...rows)).toMatchObject({ outcome, missed, answeredAt: null, talks: [] });
  });

  test('that an operator made, over the trunk', () => {
    const call = one(
      row({
        src: '74950000000',
        channel: 'PJSIP/101-00000001',
        dst: '79162000001',
        dstchannel: 'PJSIP/gsm-1-00000002',
      }),
    );
    expect(call).toMatchObject({
      direction: 'out',
      from: { extension: '101' },
      to: { number: '79162000001' },
      answeredBy: { number: '79162000001' },
      legs: [{ trunk: 'gsm-1' }],
    });
  });

  test('of several calls each has its own rows; one of whose time nothing is known is left out', () => {
    const calls = rebuildCalls(
      [row(), row({ uniqueid: `${EPOCH + 60}.19` }), row({ uniqueid: 'chosen' })],
      OPTIONS,
    );
    expect(calls.map(({ id }) => id)).toEqual([`main-${ID}`, `main-${EPOCH + 60}.19`]);
  });
});
