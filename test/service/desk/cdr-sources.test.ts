import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CdrFile } from '../../../src/cdr/cdr-file.ts';
import { CdrError } from '../../../src/cdr/errors.ts';
import { readPages } from '../../../src/cdr/pages.ts';
import { EPOCH, ID, row } from './cdr-rows.ts';

describe('Master.csv', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));
  const write = async (text: string, mostBytes?: number): Promise<CdrFile> => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-cdr-'));
    folders.push(folder);
    await writeFile(join(folder, 'Master.csv'), text);
    return new CdrFile(join(folder, 'Master.csv'), mostBytes);
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

  test('that is not there, or may not be read, is told with what to do', async () => {
    const missing = new CdrFile('/no/such/Master.csv').rowsBetween(0, 0);
    await expect(missing).rejects.toThrow(CdrError);
    await expect(missing).rejects.toThrow(/\/no\/such\/Master\.csv.*first call.*asterisk\.cdr.*cdr_csv/);
    await expect(new CdrFile('/').rowsBetween(0, 0)).rejects.toThrow(
      /call detail records in \/ cannot be read/,
    );
  });

  test('without loguniqueid has rows without unique ids', async () => {
    const file = await write(line('2026-11-26 13:00:32', ID).replace(`,"${ID}",""`, ''));
    expect(await file.rowsBetween(0, 0)).toEqual([expect.objectContaining({ uniqueid: '', linkedid: '' })]);
    expect(file.withoutIds().message).toMatch(/Master\.csv have no unique id.*loguniqueid = yes.*\[csv\]/);
  });

  describe('that was rotated', () => {
    const HOUR_MS = 3_600_000;
    const GAP = EPOCH * 1000;
    /** Files beside Master.csv, by the ending of their names, with the hour of their last record before or after the gap. */
    const rotate = async (others: Record<string, [text: string, hours: number]>, mostBytes?: number) => {
      const folder = await mkdtemp(join(tmpdir(), 'courier-agi-cdr-'));
      folders.push(folder);
      const path = join(folder, 'Master.csv');
      await writeFile(path, line('2026-11-26 14:00:00', '3.1'));
      for (const [ending, [text, hours]] of Object.entries(others)) {
        const time = new Date(GAP + hours * HOUR_MS);
        await writeFile(path + ending, text);
        await utimes(path + ending, time, time);
      }
      const rows = await new CdrFile(path, mostBytes).rowsBetween(GAP, 0);
      return rows.map(({ uniqueid }) => uniqueid);
    };

    test.each([['.1'], ['-20261126'], ['-20261126-1764144000']])(
      'within a gap is read with %s',
      async (ending) => {
        const text = line('2026-11-26 13:00:32', '2.1') + line('2026-11-26 13:30:00', '2.2');
        expect(await rotate({ [ending]: [text, 1] })).toEqual(['2.1', '2.2', '3.1']);
      },
    );

    test('more than once is read back to the gap, in the order of time, and no farther', async () => {
      const ids = await rotate({
        '.1': [line('2026-11-26 13:50:00', '2.1'), 2],
        '.2': [line('2026-11-26 13:40:00', '1.1'), 1],
        '.3': [line('2026-11-26 10:00:00', '0.1'), -1],
        '.4.gz': ['packed', -24],
        '.bak': [line('2026-11-26 13:40:00', '9.9'), 1],
      });
      expect(ids).toEqual(['1.1', '2.1', '3.1']);
    });

    test.each([['.1.gz'], ['-20261126.xz'], ['.2.zst']])(
      'into %s is told with what to do',
      async (ending) => {
        const read = rotate({ [ending]: ['packed', 1] });
        await expect(read).rejects.toThrow(CdrError);
        await expect(rotate({ [ending]: ['packed', 1] })).rejects.toThrow(
          /Master\.csv.*file is packed.*gunzip.*delaycompress/,
        );
      },
    );

    test('is not read in part either', async () => {
      const text = Array.from({ length: 5000 }, (_, n) => line('2026-11-26 13:00:32', `1.${n}`)).join('');
      await expect(rotate({ '.1': [text, 1] }, 300_000)).rejects.toThrow(/MB since a gap/);
    });

    test('long ago is read alone, and so is the first one of an Asterisk', async () => {
      expect(await rotate({ '.1.gz': ['packed', -1] })).toEqual(['3.1']);
      expect(await rotate({})).toEqual(['3.1']);
    });
  });

  test('is not read in part when it is too long', async () => {
    const text = Array.from({ length: 5000 }, (_, n) => line('2026-11-26 13:00:32', `1.${n}`)).join('');
    const file = await write(text, 300_000);
    await expect(file.rowsBetween(EPOCH * 1000, 0)).rejects.toThrow(CdrError);
    const whole = await write(text, 10_000_000);
    expect(await whole.rowsBetween(EPOCH * 1000, 0)).toHaveLength(5000);
  });
});

describe('a table of records', () => {
  const table = Array.from({ length: 50 }, (_, n) => ({
    n,
    calldate: `2026-11-26 13:00:${String(Math.floor(n / 3)).padStart(2, '0')}`,
  }));
  const read = async (since: string, limit: number) =>
    table.filter(({ calldate }) => calldate >= since).slice(0, limit);

  test.each([4, 5, 7, 49, 50, 51])('is read whole in pages of %s rows', async (page) => {
    expect(await readPages(read, '', { page })).toEqual(table);
    expect(await readPages(read, '2026-11-26 13:00:09', { page })).toEqual(table.slice(27));
  });

  test('is not read in part: a second longer than a page, or more rows than are kept', async () => {
    await expect(readPages(read, '', { page: 3 })).rejects.toThrow(CdrError);
    await expect(readPages(read, '', { page: 10, most: 20 })).rejects.toThrow(/more than 20 rows/);
  });
});
