import { describe, expect, test } from '@jest/globals';
import { rowsOf, type Gap } from '../../../src/web/journal/rows.ts';
import { MAX_SEARCHED } from '../../../src/directory/names/search.ts';
import {
  codeOrNumber,
  MAX_SEARCHED as MAX_ASKED,
  searchTarget,
} from '../../../src/web/shell/search-target.ts';
import { call } from './calls.ts';

const gap = (from: string, until: string): Gap => ({ asterisk: 'main', from, until, reason: 'lost' });
const NEWER = call({ id: 'newer', startedAt: '2026-11-26T10:00:00.000Z' });
const OLDER = call({ id: 'older', startedAt: '2026-11-24T10:00:00.000Z' });
const BETWEEN = gap('2026-11-25T08:00:00.000Z', '2026-11-25T09:00:00.000Z');
const BEFORE_ALL = gap('2026-11-23T08:00:00.000Z', '2026-11-23T09:00:00.000Z');

/** The rows as words; days are those of UTC. */
function shown(gaps: readonly Gap[], isWhole: boolean): string[] {
  return rowsOf([NEWER, OLDER], gaps, isWhole, (at) => at.slice(8, 10)).map((row) =>
    row.kind === 'day' ? row.day : row.kind === 'call' ? row.call.id : `until ${row.gap.until.slice(8, 10)}`,
  );
}

describe('rows of the journal', () => {
  test('have a gap under its own day', () => {
    expect(shown([BETWEEN], false)).toEqual(['26', 'newer', '25', 'until 25', '24', 'older']);
  });

  test('have a gap before the first call once the list is whole', () => {
    expect(shown([BEFORE_ALL], false)).toEqual(['26', 'newer', '24', 'older']);
    expect(shown([BEFORE_ALL], true)).toEqual(['26', 'newer', '24', 'older', '23', 'until 23']);
  });
});

describe('the search', () => {
  test.each([
    ['8 916 200-00-02', '/journal?number=79162000002'],
    ['+7 (916) 200-00-02', '/journal?number=79162000002'],
    ['101', '/journal?number=101'],
    ['50123', '/shipments/50123'],
    ['заказ 5001', '/journal?kind=order&code=5001'],
    ['Order № 5001', '/journal?kind=order&code=5001'],
    ['#51', '/journal?kind=order&code=51'],
    ['Быстров', `/search?text=${encodeURIComponent('Быстров')}`],
    ['A&b=<c>', '/search?text=A%26b%3D%3Cc%3E'],
    ['5', null],
    ['Я', null],
    ['?!', null],
    ['', null],
  ])('for %j leads to %s', (text, target) => {
    expect(searchTarget(text)).toBe(target);
  });

  test.each([
    ['4600000700031', '4600000700031'],
    ['8 916 200-00-02', '89162000002'],
    ['+7 916 200-00-02', null],
    ['50123', null],
    ['заказ 5001234', null],
  ])('takes %j for a code if the desk knows it as one', (text, code) => {
    expect(codeOrNumber(text)).toBe(code);
  });

  test('asks for no more characters than the desk takes', () => {
    expect(MAX_ASKED).toBe(MAX_SEARCHED);
    expect(searchTarget('я'.repeat(100))).toBe(
      `/search?text=${encodeURIComponent('я'.repeat(MAX_SEARCHED))}`,
    );
  });
});
