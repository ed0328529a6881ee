import { describe, expect, test } from '@jest/globals';
import { splitName } from '../../../src/recordings/formats.ts';
import { compilePattern, folderOf, patternProblem, readName } from '../../../src/recordings/pattern.ts';

const read = (pattern: string, name: string) => readName(compilePattern(pattern), name);

describe('a pattern', () => {
  test.each([
    ['courier-{uniqueid}.wav', 'courier-1795327859.12.wav', '1795327859.12'],
    ['courier-{uniqueid}.wav', 'courier-pbx1-1795327859.12.WAV', 'pbx1-1795327859.12'],
    [
      'courier-{uniqueid}.wav',
      'courier-courier-0b3e4f5a-7a0d-4f34-9a3c-0c2e2b0d8c11.mp3',
      'courier-0b3e4f5a-7a0d-4f34-9a3c-0c2e2b0d8c11',
    ],
    ['freepbx', 'in-74950000000-79162000001-20261126-114029-1795327229.785.wav', '1795327229.785'],
    ['freepbx', 'exten-101-unknown-20261126-114029-1795327229.10.WAV', '1795327229.10'],
    ['freepbx', 'q-600-+7916-20260101-000000-1.1-20261126-114029-1795327229.7.wav', '1795327229.7'],
    ['issabel', 'force-08211234567-3201-20250327-092517-1743042317.12206.wav', '1743042317.12206'],
    ['{any}_{uniqueid}.gsm', 'Разговор с «Анной»_1795327859.12.gsm', '1795327859.12'],
  ])('%s finds the channel in %s', (pattern, name, uniqueid) => {
    expect(read(pattern, name)?.uniqueid).toBe(uniqueid);
  });

  test.each([
    'courier-1795327859.12.wav.part',
    'courier-1795327859.12.wav~',
    '.courier-1795327859.12.wav',
    'courier-1795327859.12.txt',
    'xcourier-1795327859.12.wav',
    'courier-.wav',
    `courier-${'1'.repeat(250)}.wav`,
    'courier-1\n1.wav',
  ])('does not take %j', (name) => {
    expect(read('courier-{uniqueid}.wav', name)).toBeUndefined();
  });

  test('reads telephone and time where there is no unique id', () => {
    expect(
      read('{date}-{time}-{extension}-{number}.wav', '2026-11-26-11:40:29-101-+79162000001.wav'),
    ).toEqual({
      uniqueid: undefined,
      extension: '101',
      number: '79162000001',
      localTime: Date.UTC(2026, 10, 26, 11, 40, 29),
    });
  });

  test.each([
    ['../{uniqueid}.wav', 'below the source'],
    ['/{uniqueid}.wav', 'below the source'],
    ['{extension}.wav', '{uniqueid}'],
    ['{date}-{extension}.wav', '{time}'],
    ['{linkedid}.wav', '{linkedid}'],
    ['{any}{any}{any}{uniqueid}.wav', '{any}'],
  ])('%s is none, and it is told why', (pattern, why) => {
    expect(patternProblem(pattern)).toContain(why);
  });

  test.each([
    'courier-{uniqueid}.wav',
    'freepbx',
    'issabel',
    '{date}_{time}_{extension}.wav',
    'a/{any}/{uniqueid}.mp3',
  ])('%s is one', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });

  test('with folders knows those of a day, and where there may be several', () => {
    const day = { year: '2026', month: '11', day: '26' };
    expect(compilePattern('freepbx').folders.map((folder) => folderOf(folder, day))).toEqual([
      '2026',
      '11',
      '26',
    ]);
    const dated = folderOf('day {date} (x)', day) as RegExp;
    expect(
      ['day 2026-11-26 (x)', 'day 20261126 (x)', 'day 20261127 (x)'].map((name) => dated.test(name)),
    ).toEqual([true, true, false]);
  });

  test('takes no longer for a name that was made to fit nearly', () => {
    const name = `${'-20261126-114029'.repeat(15)}x.wav`;
    const start = performance.now();
    for (let index = 0; index < 2000; index++) read('{any}-{any}-{date}-{time}-{uniqueid}', name);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('the name of a file', () => {
  test.each([
    ['a.wav', { stem: 'a', format: 'wav' }],
    ['a.WAV', { stem: 'a', format: 'wav49' }],
    ['1795327859.12.Mp3', { stem: '1795327859.12', format: 'mp3' }],
    ['\u0438\u0306.gsm', { stem: '\u0439', format: 'gsm' }],
    ['a.wav.part', undefined],
    ['.wav', undefined],
    ['wav', undefined],
  ])('%s', (name, expected) => {
    expect(splitName(name)).toEqual(expected);
  });
});
