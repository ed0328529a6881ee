import { describe, expect, jest, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../../src/calls/call.ts';
import type { CdrRow, CdrSource } from '../../../src/cdr/cdr-row.ts';
import { CdrError } from '../../../src/cdr/errors.ts';
import { GapFiller, type GapFillerOptions } from '../../../src/desk/cdr/gap-filler.ts';
import { rebuildCalls } from '../../../src/desk/cdr/rebuild-calls.ts';
import { eventually } from '../../lab/eventually.ts';
import { EPOCH, ID, loser, OPTIONS, row, UNANSWERED } from './cdr-rows.ts';

const sourceOf = (rowsBetween: CdrSource['rowsBetween']): CdrSource => ({
  rowsBetween,
  withoutIds: () => new CdrError('no unique id'),
  close: async () => undefined,
});

describe('a gap is filled', () => {
  const gap = { asterisk: 'main', from: EPOCH * 1000, until: EPOCH * 1000 + 60_000, reason: 'away.' };
  const fill = async (rows: readonly CdrRow[], known: Partial<Call> | undefined, laterMs = 0) => {
    const onCall = jest.fn<GapFillerOptions['onCall']>();
    const onFilled = jest.fn<GapFillerOptions['onFilled']>();
    const onSpoken = jest.fn<NonNullable<GapFillerOptions['onSpoken']>>();
    const [rebuilt] = rebuildCalls([row()], OPTIONS);
    const filler = new GapFiller({
      ...OPTIONS,
      source: sourceOf(async () => rows),
      find: async () => (known === undefined || rebuilt === undefined ? undefined : { ...rebuilt, ...known }),
      onCall,
      onSpoken,
      onFilled,
      onProblem: (problem) => {
        throw problem;
      },
      waitMs: 1,
    });
    filler.add({ ...gap, from: gap.from + laterMs, until: gap.until + laterMs });
    for (let turn = 0; turn < 200 && onFilled.mock.calls.length === 0; turn++) await sleep(5);
    await filler.stop();
    return {
      calls: onCall.mock.calls.map(([call]) => call),
      spoken: onSpoken.mock.calls.flatMap(([channels]) => channels),
      filled: onFilled.mock.calls[0]?.[1],
    };
  };

  test('with a call that the journal does not have', async () => {
    const { calls, filled } = await fill([row()], undefined);
    expect([calls.length, filled]).toEqual([1, 1]);
  });

  test.each([
    ['behind', 42_000],
    ['ahead', -60_000],
  ])('also when the clock of Asterisk is 30 s %s', async (_which, laterMs) => {
    expect((await fill([row()], undefined, laterMs)).filled).toBe(1);
    expect((await fill([row()], { completeness: 'whole' }, laterMs)).filled).toBe(0);
  });

  test('with the channel that its recording is named after, if anybody spoke', async () => {
    const { spoken } = await fill([row()], undefined);
    expect(spoken).toMatchObject([
      {
        call: `main-${ID}`,
        channel: ID,
        from: Date.parse('2026-11-26T08:00:05Z'),
        until: Date.parse('2026-11-26T08:00:32Z'),
        pieces: [],
      },
    ]);
    expect((await fill([loser], undefined)).spoken).toEqual([]);
  });

  test('with the end of a call that it has in part, keeping what is known', async () => {
    const { calls } = await fill([row()], {
      completeness: 'partial',
      outcome: null,
      endedAt: null,
      seconds: { greeting: 1, wait: 4, ring: 3, talk: 0, hold: 2 },
    });
    expect(calls).toEqual([
      expect.objectContaining({
        outcome: 'answered',
        endedAt: '2026-11-26T08:00:32.000Z',
        seconds: { greeting: 1, wait: 4, ring: 3, talk: 27, hold: 2 },
        completeness: 'rebuilt',
      }),
    ]);
  });

  test('with who rang and spoke of a call that is damaged in the journal', async () => {
    const { calls } = await fill([row()], { completeness: 'partial', legs: [], talks: [] });
    const [rebuilt] = rebuildCalls([row()], OPTIONS);
    expect(calls).toEqual([
      expect.objectContaining({ legs: rebuilt?.legs, talks: rebuilt?.talks, completeness: 'rebuilt' }),
    ]);
    expect(rebuilt?.legs).not.toEqual([]);
  });

  test.each([
    ['has whole', { completeness: 'whole' as const }],
    ['has forgotten the persons of', { linkedIds: [], completeness: 'partial' as const }],
    ['still follows', { state: 'talking' as const, completeness: 'partial' as const }],
  ])('not with a call that the journal %s', async (_what, known) => {
    expect((await fill([row()], known)).calls).toEqual([]);
  });

  test.each([
    ['in', true],
    ['courier', false],
    ['out', false],
    ['internal', false],
    ['test', false],
  ] as const)('a call of direction %s that rang in vain is missed: %s', async (direction, missed) => {
    const known = { direction, outcome: null, talks: [], completeness: 'partial' as const };
    const { calls } = await fill([loser], known);
    expect(calls).toEqual([expect.objectContaining({ direction, outcome: 'no_answer', missed })]);
  });

  describe('a call with a consultation under a Linkedid of its own', () => {
    const OTHER = `${EPOCH + 20}.19`;
    const talk = row({ linkedid: ID, dstchannel: 'PJSIP/101-00000002' });
    const consultation = row({
      ...UNANSWERED,
      channel: 'PJSIP/101-00000004',
      src: '101',
      dst: '103',
      dstchannel: 'PJSIP/103-00000005',
      start: '2026-11-26 13:00:20',
      end: '2026-11-26 13:00:40',
      duration: 20,
      uniqueid: OTHER,
      linkedid: OTHER,
    });
    const known = {
      linkedIds: [ID, OTHER],
      outcome: null,
      answeredBy: null,
      completeness: 'partial' as const,
    };

    test.each([
      ['before', [talk, consultation]],
      ['after', [consultation, talk]],
    ])('that nobody answered is one call that was answered, its own rows %s', async (_order, rows) => {
      const { calls, filled } = await fill(rows, { ...known, legs: [], talks: [] });
      expect(filled).toBe(1);
      expect(calls).toEqual([
        expect.objectContaining({
          id: `main-${ID}`,
          linkedIds: [ID, OTHER],
          outcome: 'answered',
          missed: false,
          answeredBy: expect.objectContaining({ extension: '101' }),
          endedAt: '2026-11-26T08:00:40.000Z',
          seconds: expect.objectContaining({ talk: 27 }),
          talks: [expect.objectContaining({ b: expect.objectContaining({ extension: '101' }) })],
          legs: [
            expect.objectContaining({ outcome: 'answered' }),
            expect.objectContaining({ outcome: 'no_answer' }),
          ],
        }),
      ]);
    });

    test('that was over before the gap is a part of it all the same', async () => {
      const minutes = 60_000 * 10;
      const late = row({
        linkedid: ID,
        end: '2026-11-26 13:10:05',
        duration: 605,
        billsec: 600,
      });
      const asked = { ...consultation, disposition: 'ANSWERED', answer: '2026-11-26 13:00:30', billsec: 10 };
      const { calls } = await fill([late, asked], { ...known, talks: [] }, minutes);
      expect(calls.map(({ talks }) => talks.length)).toEqual([2]);
      expect(calls[0]?.seconds.talk).toBe(600);
    });

    test('that is known to have been answered, and for how long, stays so', async () => {
      const seconds = { greeting: 0, wait: 5, ring: 5, talk: 12, hold: 0 };
      const { calls } = await fill([consultation], { ...known, outcome: 'answered', talks: [], seconds });
      expect(calls).toEqual([
        expect.objectContaining({ outcome: 'answered', missed: false, seconds, completeness: 'rebuilt' }),
      ]);
    });
  });

  test('a call that the router had named somebody for is missed, though no telephone rang', async () => {
    const routed = { kind: 'courier' as const, code: 11, how: 'routed' as const, rank: 1 };
    const known = { outcome: null, talks: [], legs: [], completeness: 'partial' as const };
    const unrung = { ...loser, dstchannel: '' };
    const missedOf = async (links: Call['links']) =>
      (await fill([unrung], { ...known, links })).calls[0]?.missed;
    expect([await missedOf([]), await missedOf([routed])]).toEqual([false, true]);
  });

  test('when the records, or the journal, were away at first', async () => {
    const onFilled = jest.fn<GapFillerOptions['onFilled']>();
    const onProblem = jest.fn();
    const rowsBetween = jest.fn(async () => [row()]).mockRejectedValueOnce(new Error('records away'));
    const find = jest.fn(async () => undefined).mockRejectedValueOnce(new Error('journal away'));
    const filler = new GapFiller({
      ...OPTIONS,
      source: sourceOf(rowsBetween),
      find,
      onCall: jest.fn(),
      onFilled,
      onProblem,
      waitMs: 1,
      pauseMs: 1,
    });
    filler.add(gap);
    for (let turn = 0; turn < 200 && onFilled.mock.calls.length === 0; turn++) await sleep(5);
    await filler.stop();
    expect(onFilled.mock.calls).toEqual([[gap, 1]]);
    expect(onProblem.mock.calls).toEqual([[new Error('records away')], [new Error('journal away')]]);
  });

  test('not any more when the desk stops', async () => {
    const onProblem = jest.fn();
    const rowsBetween = jest.fn(async () => {
      throw new Error('records away');
    });
    const filler = new GapFiller({
      ...OPTIONS,
      source: sourceOf(rowsBetween),
      find: async () => undefined,
      onCall: jest.fn(),
      onFilled: jest.fn(),
      onProblem,
      waitMs: 1,
      pauseMs: 60_000,
    });
    filler.add(gap);
    for (let turn = 0; turn < 200 && onProblem.mock.calls.length === 0; turn++) await sleep(5);
    await filler.stop();
    expect(rowsBetween).toHaveBeenCalledTimes(1);
  });

  test('not with calls of another time', async () => {
    const { calls } = await fill(
      [1, 2].map(() => row({ end: '2026-11-26 14:00:00', duration: 3600 })),
      undefined,
    );
    expect(calls).toEqual([]);
  });

  /** Tries several gaps until the condition holds. @returns what was told, and the gaps that were filled */
  const fillAll = async (
    gaps: readonly (typeof gap)[],
    rowsBetween: CdrSource['rowsBetween'],
    condition: (filled: readonly unknown[]) => boolean,
  ) => {
    const onCall = jest.fn<GapFillerOptions['onCall']>();
    const filled: unknown[] = [];
    const problems: unknown[] = [];
    const filler = new GapFiller({
      ...OPTIONS,
      source: sourceOf(rowsBetween),
      find: async () => undefined,
      onCall,
      onFilled: (one, calls) => filled.push([one, calls]),
      onProblem: (problem) => problems.push(problem),
      waitMs: 1,
      pauseMs: 1,
    });
    for (const one of gaps) filler.add(one);
    await eventually('the gaps were tried', () => condition(filled));
    await filler.stop();
    return { filled, problems, calls: onCall.mock.calls.map(([call]) => call) };
  };

  test('when the records come at last, and the reason why not was told once', async () => {
    let tries = 0;
    const away = new CdrError('There is no file.');
    const { filled, problems } = await fillAll(
      [gap],
      async () => {
        tries += 1;
        if (tries < 5) throw away;
        return [row()];
      },
      ({ length }) => length > 0,
    );
    expect(filled).toEqual([[gap, 1]]);
    expect(problems).toEqual([away]);
  });

  test('not while rows of its time have no unique id, but with what the others tell', async () => {
    const nameless = row({ uniqueid: '' });
    let tries = 0;
    const { filled, problems, calls } = await fillAll(
      [gap],
      async () => {
        tries += 1;
        return [row(), nameless];
      },
      () => tries > 3,
    );
    expect(filled).toEqual([]);
    expect(problems).toEqual([new CdrError('no unique id')]);
    expect(calls[0]?.id).toBe(`main-${ID}`);
  });

  test('though an older one is tried in vain for ever', async () => {
    const older = { ...gap, from: gap.from - 7_200_000, until: gap.until - 7_200_000 };
    const rows = [
      row({
        uniqueid: '',
        start: '2026-11-26 11:00:00',
        answer: '2026-11-26 11:00:05',
        end: '2026-11-26 11:00:32',
      }),
      row(),
    ];
    const { filled } = await fillAll(
      [older, gap],
      async () => rows,
      ({ length }) => length > 0,
    );
    expect(filled).toEqual([[gap, 1]]);
  });

  test('with no call when there was none: rows with unique ids, of another time', async () => {
    const night = { ...gap, from: gap.from + 12 * 3_600_000, until: gap.until + 12 * 3_600_000 };
    const { filled, problems } = await fillAll(
      [night],
      async () => [row()],
      ({ length }) => length > 0,
    );
    expect([filled, problems]).toEqual([[[night, 0]], []]);
  });
});
