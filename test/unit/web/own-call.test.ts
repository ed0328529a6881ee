import { describe, expect, test } from '@jest/globals';
import { ownCalls, ownState, type OwnState } from '../../../src/web/calls/own-call.ts';
import type { Me, PageCall } from '../../../src/web/calls/page-call.ts';
import { at, call, colleague, leg, MARIA, OFFICE, talk } from './calls.ts';

const ME: Me = { login: 'pavel', extensions: ['103', '79035550003'] };
const [PAVEL, IRINA, OLGA] = [colleague('103', 'pavel'), colleague('104', 'irina'), colleague('101', 'olga')];
const MOBILE = { ...MARIA, number: '79035550003', raw: '79035550003' };

const over = (party = PAVEL) => leg(party, { endedAt: at('8:40:40'), outcome: 'no_answer' });
const answered = (party = PAVEL) => leg(party, { answeredAt: at('8:40:35') });

const STORIES: readonly (readonly [string, OwnState | null, PageCall])[] = [
  ['their telephone rings', 'ringing', call({ legs: [leg(PAVEL), leg(IRINA)] })],
  [
    'their telephone is dialled, and does not tell yet that it rings',
    'ringing',
    call({ legs: [leg(PAVEL, { rangAt: null })] }),
  ],
  ['their mobile rings', 'ringing', call({ legs: [leg(MOBILE)] })],
  ['others ring', null, call({ legs: [leg(IRINA)] })],
  ['it does not ring anywhere yet', null, call()],
  ['it went on to the next telephone', 'over', call({ legs: [over(), leg(IRINA)] })],
  ['it came round to them again', 'ringing', call({ legs: [over(), over(IRINA), leg(PAVEL)] })],
  [
    'they talk',
    'talking',
    call({ state: 'talking', legs: [answered()], talks: [talk(MARIA, PAVEL, '8:40:35')] }),
  ],
  [
    'another one answered',
    'elsewhere',
    call({
      state: 'talking',
      legs: [leg(PAVEL, { endedAt: at('8:40:35'), outcome: 'answered elsewhere' }), answered(IRINA)],
      talks: [talk(MARIA, IRINA, '8:40:35')],
    }),
  ],
  [
    'it rings at the one it was passed on to',
    'ringing',
    call({ state: 'talking', legs: [answered(IRINA), leg(PAVEL)], talks: [talk(MARIA, IRINA, '8:40:35')] }),
  ],
  [
    'they passed it on',
    'over',
    call({
      state: 'talking',
      legs: [
        leg(PAVEL, { answeredAt: at('8:40:35'), endedAt: at('8:40:50'), outcome: 'answered' }),
        answered(OLGA),
      ],
      talks: [talk(MARIA, PAVEL, '8:40:35', '8:40:50'), talk(MARIA, OLGA, '8:40:52')],
    }),
  ],
  [
    'the caller is on hold',
    'talking',
    call({ state: 'talking', legs: [answered()], talks: [talk(MARIA, PAVEL, '8:40:35', '8:40:50')] }),
  ],
  ['nobody answered', 'missed', call({ state: 'ended', missed: true, outcome: 'no_answer', legs: [over()] })],
  ['they call somebody', 'calling', call({ direction: 'out', from: PAVEL, to: MARIA, legs: [leg(MARIA)] })],
  [
    'they clicked, and their own telephone rings first',
    'calling',
    call({
      direction: 'out',
      from: PAVEL,
      to: MARIA,
      legs: [leg(PAVEL)],
      request: { by: 'click', user: 'pavel', key: null, result: null },
    }),
  ],
  [
    'nobody there answered',
    'over',
    call({ direction: 'out', state: 'ended', from: PAVEL, to: MARIA, legs: [over(MARIA)] }),
  ],
];

describe('what a call is to the one in front of the page', () => {
  for (const [story, expected, theCall] of STORIES) {
    test(`${story}: ${expected ?? 'nothing'}`, () => {
      expect(ownState(theCall, ME)).toBe(expected);
    });
  }

  test('is nothing to somebody without a telephone, whoever has no extension either', () => {
    expect(
      ownState(call({ legs: [leg(OFFICE), leg(colleague('103'))] }), { login: null, extensions: [] }),
    ).toBeNull();
  });
});

describe('the cards', () => {
  const talking = call({
    id: 'a',
    legs: [answered()],
    state: 'talking',
    talks: [talk(MARIA, PAVEL, '8:40:35')],
  });
  const ringing = call({ id: 'b', startedAt: at('8:39:00'), legs: [leg(PAVEL)] });
  const gone = call({ id: 'c', startedAt: at('8:45:00'), state: 'ended', legs: [over()] });
  const before = call({ id: 'd', startedAt: at('8:44:00'), state: 'ended', legs: [over()] });

  test('show the talk first, and then what rings', () => {
    expect(ownCalls([ringing, talking, gone], ME).map(({ call: { id } }) => id)).toEqual(['a', 'b']);
  });

  test('keep the last call until the next one', () => {
    expect(ownCalls([before, gone], ME).map(({ call: { id } }) => id)).toEqual(['c']);
  });

  test('never show a call of others', () => {
    expect(ownCalls([call({ legs: [leg(IRINA)] })], ME)).toEqual([]);
  });
});
