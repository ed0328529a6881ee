import { describe, expect, test } from '@jest/globals';
import type { Call } from '../../../src/calls/call.ts';
import { zoneOffset, type CdrRow } from '../../../src/cdr/cdr-row.ts';
import { rebuildCalls } from '../../../src/desk/cdr/rebuild-calls.ts';
import { EPOCH, ID, loser, OPTIONS, row, UNANSWERED } from './cdr-rows.ts';

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
    ['a queue had no telephone to ring', [row({ dstchannel: '', lastapp: 'Queue' })], 'no_answer', true],
    ['the trunk could not place it', [row({ ...loser, disposition: 'CONGESTION' })], 'unreachable', true],
  ] as const)('%s', (_what, rows, outcome, missed) => {
    expect(one(...rows)).toMatchObject({ outcome, missed, answeredAt: null, talks: [] });
  });

  test('of a queue counts as answered when somebody talked, and as busy when somebody was', () => {
    const waiting = row({ dstchannel: '', lastapp: 'Queue' });
    expect(one(row({ lastapp: 'Queue' }))).toMatchObject({ outcome: 'answered', missed: false });
    expect(one(waiting, row({ ...loser, disposition: 'BUSY' }))).toMatchObject({
      outcome: 'busy',
      missed: true,
    });
    const colleague = row({ ...waiting, channel: 'PJSIP/101-00000001', src: '101', dst: '600' });
    expect(one(colleague)).toMatchObject({ direction: 'internal', outcome: 'no_answer', missed: false });
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

  test('that was put through to a courier over a trunk is inbound, and missed when nobody answered', () => {
    const mobile = { dst: '79160000009', dstchannel: 'PJSIP/gsm-1-00000002' };
    expect(one(row(mobile))).toMatchObject({ direction: 'in', from: { number: '79162000001' } });
    expect(one(row({ ...mobile, ...UNANSWERED }))).toMatchObject({ direction: 'in', missed: true });
  });

  test('that we made to two numbers outside is none of our own number, and not missed', () => {
    const ours = { ...OPTIONS, ownNumbers: new Set(['74950000000']) };
    const made = { src: '74950000000', dst: '79161234567', dstchannel: 'PJSIP/gsm-1-00000002' };
    const busy = { ...UNANSWERED, disposition: 'BUSY' };
    expect(rebuildCalls([row({ ...made, ...busy })], ours)).toEqual([
      expect.objectContaining({
        direction: 'courier',
        from: { number: null, raw: '', extension: null, user: null },
        to: expect.objectContaining({ number: '79161234567' }),
        outcome: 'busy',
        missed: false,
      }),
    ]);
    // A branch that shows the same number, and reaches a telephone of ours.
    expect(rebuildCalls([row({ src: '74950000000', ...busy })], ours)).toEqual([
      expect.objectContaining({ direction: 'in', missed: true }),
    ]);
  });
});

describe('a call while the clock is put back, or forward', () => {
  /** In Berlin summer time ends at 01:00 UTC: 03:00 becomes 02:00. */
  const created = (time: string) => `${Date.parse(time) / 1000}.7`;
  const rebuilt = (...rows: CdrRow[]) => rebuildCalls(rows, OPTIONS)[0];
  const autumn = row({
    start: '2026-10-25 02:55:00',
    answer: '2026-10-25 02:55:10',
    end: '2026-10-25 02:05:00',
    duration: 600,
    billsec: 590,
    uniqueid: created('2026-10-25T00:55:00Z'),
  });

  test('ends after its beginning when it is put back', () => {
    expect(rebuilt(autumn)).toMatchObject({
      startedAt: '2026-10-25T00:55:00.000Z',
      answeredAt: '2026-10-25T00:55:10.000Z',
      endedAt: '2026-10-25T01:05:00.000Z',
      seconds: { wait: 10, talk: 590 },
      talks: [{ from: '2026-10-25T00:55:10.000Z', until: '2026-10-25T01:05:00.000Z' }],
    });
  });

  test('also when it was answered afterwards, and when another telephone was rung afterwards', () => {
    expect(rebuilt({ ...autumn, answer: '2026-10-25 02:01:00', billsec: 240 })).toMatchObject({
      answeredAt: '2026-10-25T01:01:00.000Z',
      endedAt: '2026-10-25T01:05:00.000Z',
    });
    const [start, answer, end] = ['2026-10-25 02:05:00', '2026-10-25 02:05:05', '2026-10-25 02:06:05'];
    const later = { ...autumn, start, answer, end, duration: 65, billsec: 60, dstchannel: 'PJSIP/103-9' };
    // Asterisk writes them in any order.
    expect(rebuilt(later, autumn)).toMatchObject({
      startedAt: '2026-10-25T00:55:00.000Z',
      endedAt: '2026-10-25T01:06:05.000Z',
      answeredBy: { extension: '102' },
      seconds: { talk: 650 },
    });
  });

  test('lasts as long as it did when it is put forward', () => {
    const spring = row({
      start: '2026-03-29 01:55:00',
      answer: '2026-03-29 01:55:10',
      end: '2026-03-29 03:05:00',
      duration: 600,
      billsec: 590,
      uniqueid: created('2026-03-29T00:55:00Z'),
    });
    expect(rebuilt(spring)).toMatchObject({
      startedAt: '2026-03-29T00:55:00.000Z',
      endedAt: '2026-03-29T01:05:00.000Z',
      seconds: { talk: 590 },
    });
  });

  test.each([
    ['back', '2026-10-25 02:55:00', '2026-10-25 02:05:00', '2026-10-25T00:55:00Z', '2026-10-25T01:05:00Z'],
    ['forward', '2026-03-29 01:55:00', '2026-03-29 03:05:00', '2026-03-29T00:55:00Z', '2026-03-29T01:05:00Z'],
  ])('a channel that was made after it was put %s is a part of the same call', (_which, ...times) => {
    const [start, laterStart, made, laterMade] = times;
    const linked = { linkedid: created(made), ...UNANSWERED, duration: 30 };
    const rows = [
      row({ ...linked, start, end: start.replace(/00$/, '30'), uniqueid: created(made) }),
      row({
        ...linked,
        start: laterStart,
        end: laterStart.replace(/00$/, '30'),
        uniqueid: created(laterMade),
      }),
    ];
    for (const order of [rows, rows.toReversed()]) {
      expect(rebuilt(...order)).toMatchObject({
        startedAt: made.replace('Z', '.000Z'),
        endedAt: laterMade.replace('00Z', '30.000Z'),
      });
    }
  });

  test('a second that was cut off changes nothing', () => {
    expect(rebuilt(row({ duration: 31, billsec: 26 }))).toMatchObject({
      answeredAt: '2026-11-26T08:00:05.000Z',
      endedAt: '2026-11-26T08:00:32.000Z',
      seconds: { talk: 26 },
    });
  });
});
