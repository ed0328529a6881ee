import { describe, expect, test } from '@jest/globals';
import { isInHand } from '../../../src/calls/in-hand.ts';
import { at, call, colleague, leg, MARIA, talk } from '../web/calls.ts';

const PAVEL = { user: 'pavel', extensions: ['103'] };
const [pavel, irina] = [colleague('103', 'pavel'), colleague('104', 'irina')];
const up = (party = pavel) => leg(party, { answeredAt: at('8:40:35'), outcome: 'answered' });
const answered = { state: 'talking', answeredAt: at('8:40:35') } as const;

describe('a call is in the hands of', () => {
  test.each([
    ['whoever talks', true, call({ ...answered, legs: [up()], talks: [talk(MARIA, pavel, '8:40:35')] })],
    [
      'whoever waits for a colleague in it',
      true,
      call({ ...answered, legs: [up(), leg(irina)], talks: [talk(MARIA, pavel, '8:40:35', '8:40:50')] }),
    ],
    ['nobody while several ring', false, call({ legs: [leg(pavel), leg(irina)] })],
    ['the only one who is rung', true, call({ legs: [leg(irina, { endedAt: at('8:40:40') }), leg(pavel)] })],
    [
      'nobody whose telephone rang',
      false,
      call({
        ...answered,
        legs: [leg(pavel, { endedAt: at('8:40:35') }), up(irina)],
        talks: [talk(MARIA, irina, '8:40:35')],
      }),
    ],
    [
      'nobody who is asked whether they take it',
      false,
      call({ ...answered, legs: [up(irina), leg(pavel)], talks: [talk(MARIA, irina, '8:40:35')] }),
    ],
    [
      'nobody who has passed it on',
      false,
      call({
        ...answered,
        legs: [leg(pavel, { answeredAt: at('8:40:35'), endedAt: at('8:40:50') }), up(irina)],
        talks: [talk(MARIA, pavel, '8:40:35', '8:40:50'), talk(MARIA, irina, '8:40:51')],
      }),
    ],
    [
      'whoever has passed it on to somebody who has not answered yet',
      true,
      call({
        ...answered,
        legs: [leg(pavel, { answeredAt: at('8:40:35'), endedAt: at('8:40:50') }), leg(irina)],
        talks: [talk(MARIA, pavel, '8:40:35', '8:40:50')],
      }),
    ],
    [
      'nobody who talked before somebody else passed it on',
      false,
      call({
        ...answered,
        legs: [leg(pavel, { answeredAt: at('8:40:35'), endedAt: at('8:40:50') }), leg(MARIA)],
        talks: [talk(MARIA, pavel, '8:40:35', '8:40:50'), talk(MARIA, irina, '8:40:51', '8:40:59')],
      }),
    ],
    ['whoever calls', true, call({ direction: 'out', from: pavel, legs: [leg(MARIA)] })],
  ])('%s: %s', (_who, expected, theCall) => {
    expect(isInHand(PAVEL, theCall)).toBe(expected);
  });
});
