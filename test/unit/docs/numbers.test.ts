import { expect, test } from '@jest/globals';
import { parsePhoneField } from '../../../src/phone/field.ts';
import { createSpellings } from '../../../src/phone/spellings.ts';
import { readDocument } from './markdown.ts';

/*
 * docs/numbers.md says which ways to write a number a look-up finds without the help of a snapshot. That the database
 * and the snapshot find the same with it is held by test/integration/directory-dirt.test.ts.
 */

const page = readDocument('docs/numbers.md');
const ru = createSpellings('RU');

/** The examples of a row of the table that ends so. */
function examples(end: string): string[] {
  const row = page.split('\n').find((line) => line.startsWith('| `') && line.endsWith(`| ${end} |`)) ?? '';
  return [...row.slice(0, -end.length).matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
}

/** Places of a way to write a number among all ways. */
function placeOf(written: string): number {
  const [digits = ''] = ru.meaning(written);
  return ru.of(digits).indexOf(written);
}

test('always looked for is what it says', () => {
  const written = examples('always');
  expect(written.length).toBeGreaterThan(7);
  for (const one of written.slice(0, 4)) expect(placeOf(one)).toBeLessThan(ru.usual);
  for (const one of written.slice(4)) expect(placeOf(one)).toBeLessThan(ru.usual);
  expect(placeOf('79161234567\r')).toBeLessThan(ru.usual);
});

test('looked for from the start on is what the index can tell by how it begins', () => {
  const written = examples('from the start on, if the index has a value that begins so');
  expect(written.length).toBeGreaterThan(4);
  for (const one of [...written, ' 79161234567', '\u00A079161234567']) {
    expect([one, placeOf(one)]).toEqual([one, expect.any(Number)]);
    expect(placeOf(one)).toBeGreaterThanOrEqual(ru.usual);
    expect(ru.beginnings[placeOf(one)]).toBeDefined();
  }
});

test('looked for after a snapshot alone is every other way that there is', () => {
  const tails = ['\r', ' '].flatMap((tail) => [`89161234567${tail}`, `+79161234567${tail}`]);
  const behind = [' ', '\r\n', '\n', '\t', '\u00A0'].map((tail) => `79161234567${tail}`);
  const said = [
    ...examples('once the table was read to its end for a snapshot').slice(0, 2),
    ...behind,
    ...tails,
  ];
  const ways = ru.of('79161234567');
  const others = ways.filter(
    (way, place) =>
      place >= ru.usual && ru.beginnings[place] === undefined && !ways.slice(0, ru.usual).includes(way),
  );
  expect(new Set(said)).toEqual(new Set(others));
});

test('what is nothing to dial is not dialled', () => {
  const rows = page.split('\n').filter((line) => line.includes('| nothing: '));
  const written = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)]);
  expect(written.length).toBeGreaterThan(3);
  for (const [, field = ''] of written) {
    const { entries } = parsePhoneField(field, 'RU', { areaCode: '342', strip: ['9', '0'] });
    expect([field, entries]).toEqual([field, []]);
  }
});
