import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { apiQuery, filterParams, matches, parseFilters } from '../../../src/web/journal/filters.ts';
import { CALL_OUTCOMES } from '../../../src/calls/call.ts';
import { CALL_OUTCOMES as PAGE_OUTCOMES } from '../../../src/web/journal/outcomes.ts';
import { at, call, colleague, leg } from './calls.ts';

const NOW = new Date(2026, 10, 26, 15, 30).getTime();
const parse = (text: string) => parseFilters(new URLSearchParams(text));
const asked = (text: string) => Object.fromEntries(apiQuery(parse(text), NOW));

describe('filters of the journal', () => {
  test('are the same after a way through the address', () => {
    const word = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text);
    const filters = fc.record({
      when: fc.constantFrom('any', 'today', 'yesterday', 'week', 'month'),
      direction: fc.constantFrom('any', 'in', 'out', 'courier', 'internal', 'test'),
      outcome: fc.constantFrom('any', 'missed', 'open', ...CALL_OUTCOMES),
      number: fc.stringMatching(/^\d{0,15}$/),
      user: word,
    });
    fc.assert(
      fc.property(filters, (some) => {
        const parsed = parseFilters(new URLSearchParams(some));
        expect(parseFilters(filterParams(parsed))).toEqual(parsed);
        expect(parsed).toMatchObject(some);
      }),
    );
  });

  test('leave out of the address what is as usual, and what is nonsense', () => {
    expect(filterParams(parse('')).toString()).toBe('');
    expect(
      filterParams(
        parse('when=never&direction=up&outcome=x&number=ab&kind=cat&code=1&from=yesterday'),
      ).toString(),
    ).toBe('');
    expect(asked('when=range&from=2026-13-45&until=2026-00-10')).toEqual({});
    expect(filterParams(parse('kind=shipment&code=70001')).toString()).toBe('kind=shipment&code=70001');
  });

  test('ask the desk for days of the user', () => {
    const midnight = (day: number) => new Date(2026, 10, day).toISOString();
    expect(asked('when=today')).toEqual({ since: midnight(26) });
    expect(asked('when=yesterday')).toEqual({ since: midnight(25), until: midnight(26) });
    expect(asked('when=week')).toEqual({ since: midnight(20) });
    expect(asked('when=range&from=2026-11-03&until=2026-11-03')).toEqual({
      since: midnight(3),
      until: midnight(4),
    });
    expect(asked('when=range')).toEqual({});
  });

  test('ask in the words of the desk', () => {
    expect(asked('outcome=missed&number=4567&direction=in')).toEqual({
      missed: '1',
      number: '4567',
      direction: 'in',
    });
    expect(asked('outcome=open&user=olga')).toEqual({ open: '1', user: 'olga' });
    expect(asked('outcome=busy&kind=courier&code=11')).toEqual({
      outcome: 'busy',
      kind: 'courier',
      code: '11',
    });
    // The desk takes two digits at least.
    expect(asked('number=4')).toEqual({});
  });

  test('know the outcomes that the desk knows', () => {
    expect(PAGE_OUTCOMES).toEqual(CALL_OUTCOMES);
  });
});

describe('a call that has just begun', () => {
  const ringing = call({
    startedAt: new Date(NOW).toISOString(),
    legs: [leg(colleague('103', 'pavel'))],
    links: [{ kind: 'shipment', code: 70003, how: 'routed', rank: 1 }],
  });

  test.each([
    ['', true],
    ['when=today', true],
    ['when=yesterday', false],
    ['direction=in', true],
    ['direction=out', false],
    ['outcome=missed', false],
    ['number=0002', true],
    ['number=0003', false],
    ['user=pavel', true],
    ['user=olga', false],
    ['extension=103', true],
    ['kind=shipment&code=70003', true],
    ['kind=shipment&code=70004', false],
  ])('under the filters "%s" is shown: %s', (text, isShown) => {
    expect(matches(ringing, parse(text), NOW)).toBe(isShown);
  });

  test('is owed a call when it was missed and nobody called back', () => {
    const missed = call({ missed: true, state: 'ended' });
    expect(matches(missed, parse('outcome=open'), NOW)).toBe(true);
    expect(matches({ ...missed, calledBackAt: at('8:50:00') }, parse('outcome=open'), NOW)).toBe(false);
  });
});
