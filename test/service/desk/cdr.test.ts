import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../../src/calls/call.ts';
import { CdrFile } from '../../../src/desk/cdr/cdr-file.ts';
import { zoneOffset, type CdrRow } from '../../../src/desk/cdr/cdr-row.ts';
import { GapFiller, type GapFillerOptions } from '../../../src/desk/cdr/gap-filler.ts';
import { rebuildCalls } from '../../../src/desk/cdr/rebuild-calls.ts';

const OPTIONS = {
  asterisk: 'main',
  trunks: new Set(['gsm-1']),
  normalise: (raw: string) => (/^\+?7\d{10}$/.test(raw) ? raw.replace('+', '') : null),
};

/** 2026-11-26 08:00:00 UTC, which is 13:00 in Yekaterinburg. */
const EPOCH = Date.parse('2026-11-26T08:00:00Z') / 1000;
const ID = `${EPOCH}.17`;

/** A recipient calls; 101 and 102 ring, 102 answers after 5 s and talks for 27 s. */
const row = (changes: Partial<CdrRow> = {}): CdrRow => ({
  src: '+79162000001',
  dst: '74950000000',
  channel: 'PJSIP/trunk-00000001',
  dstchannel: 'PJSIP/102-00000003',
  start: '2026-11-26 13:00:00',
  answer: '2026-11-26 13:00:05',
  end: '2026-11-26 13:00:32',
  billsec: 27,
  disposition: 'ANSWERED',
  uniqueid: ID,
  linkedid: '',
  ...changes,
});
const loser = row({ dstchannel: 'PJSIP/101-00000002', disposition: 'NO ANSWER', answer: '', billsec: 0 });

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

describe('Master.csv', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));
  const write = async (text: string): Promise<CdrFile> => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-cdr-'));
    folders.push(folder);
    await writeFile(join(folder, 'Master.csv'), text);
    return new CdrFile(join(folder, 'Master.csv'));
  };
  const line = (end: string, uniqueid: string, name = 'Анна'): string =>
    `"","+79162000001","100","from-trunk","""${name}"" <+79162000001>","PJSIP/trunk-00000001","PJSIP/101-00000002",` +
    `"Dial","PJSIP/101,20","2026-11-26 13:00:00","2026-11-26 13:00:05","${end}",32,27,"ANSWERED","DOCUMENTATION","${uniqueid}",""\n`;

  test('is read as Asterisk writes it', async () => {
    const file = await write(line('2026-11-26 13:00:32', ID));
    expect(await file.rowsBetween(0, 0)).toEqual([row({ dst: '100', dstchannel: 'PJSIP/101-00000002' })]);
  });

  test('is read from its end, as far back as it must be', async () => {
    const old = Array.from({ length: 5000 }, (_, n) => line('2026-01-01 00:00:00', `1.${n}`)).join('');
    const file = await write(old + line('2026-11-26 13:00:32', ID));
    const rows = await file.rowsBetween(EPOCH * 1000, 0);
    expect(rows.at(-1)?.uniqueid).toBe(ID);
    expect(rows.length).toBeLessThan(2000);
    expect(rows.every(({ channel }) => channel === 'PJSIP/trunk-00000001')).toBe(true);
  });

  test('tolerates what a caller wrote and a line that is being written', async () => {
    const hostile = line('2026-11-26 13:00:32', '1764144000.1', 'a""b,c');
    const file = await write(`${hostile}"half a`);
    expect(await file.rowsBetween(0, 0)).toHaveLength(1);
  });

  test('that is not there has no rows; one that may not be read is told', async () => {
    expect(await new CdrFile('/no/such/Master.csv').rowsBetween(0, 0)).toEqual([]);
    await expect(new CdrFile('/').rowsBetween(0, 0)).rejects.toThrow(
      /call detail records in \/ cannot be read/,
    );
  });
});

describe('a gap is filled', () => {
  const gap = { asterisk: 'main', from: EPOCH * 1000, until: EPOCH * 1000 + 60_000, reason: 'away.' };
  const fill = async (rows: readonly CdrRow[], known: Partial<Call> | undefined) => {
    const onCall = jest.fn<GapFillerOptions['onCall']>();
    const onFilled = jest.fn<GapFillerOptions['onFilled']>();
    const onSpoken = jest.fn<NonNullable<GapFillerOptions['onSpoken']>>();
    const [rebuilt] = rebuildCalls([row()], OPTIONS);
    const filler = new GapFiller({
      ...OPTIONS,
      source: { rowsBetween: async () => rows, close: async () => undefined },
      find: async () => (known === undefined || rebuilt === undefined ? undefined : { ...rebuilt, ...known }),
      onCall,
      onSpoken,
      onFilled,
      onProblem: (problem) => {
        throw problem;
      },
      waitMs: 1,
    });
    filler.add(gap);
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

  test('when the records, or the journal, were away at first', async () => {
    const onFilled = jest.fn<GapFillerOptions['onFilled']>();
    const onProblem = jest.fn();
    const rowsBetween = jest.fn(async () => [row()]).mockRejectedValueOnce(new Error('records away'));
    const find = jest.fn(async () => undefined).mockRejectedValueOnce(new Error('journal away'));
    const filler = new GapFiller({
      ...OPTIONS,
      source: { rowsBetween, close: async () => undefined },
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
      source: { rowsBetween, close: async () => undefined },
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
      [row({ end: '2026-11-26 14:00:00' }), row({ end: '2026-11-26 14:00:00' })],
      undefined,
    );
    expect(calls).toEqual([]);
  });
});
