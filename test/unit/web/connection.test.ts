import { expect, test } from '@jest/globals';
import { connectionOf, ownTelephone, type Connection } from '../../../src/web/calls/connection.ts';
import type { Me, PageCall } from '../../../src/web/calls/page-call.ts';
import { at, call, colleague, leg, MARIA, talk } from './calls.ts';

const ME: Me = { login: 'pavel', extensions: ['103', '79035550003'] };
const PAVEL = colleague('103', 'pavel');
const COURIER = { ...MARIA, number: '79161000011', raw: '79161000011' };
/** Asked for at this time, when the call had one leg. */
const ASKED = {
  place: 'shipment 70001',
  at: Date.parse(at('8:41:00')),
  legs: 1,
  isCancelled: false,
};
const SOON = Date.parse(at('8:41:02'));
const LATE = Date.parse(at('8:41:30'));

const handedOver = leg(PAVEL, { answeredAt: at('8:40:35'), endedAt: at('8:41:00'), outcome: 'answered' });
const rings = leg(COURIER, { rangAt: at('8:41:01') });
const busy = leg(COURIER, { rangAt: null, endedAt: at('8:41:02'), outcome: 'busy' });
const comesBack = leg(PAVEL, { rangAt: at('8:41:02') });
const isBack = { ...comesBack, answeredAt: at('8:41:05') };
const calling = (clock: string): Connection => ({ state: 'calling', since: Date.parse(at(clock)) });

test.each<[string, Connection | null, PageCall['legs'], number]>([
  ['nothing has been heard yet', calling('8:41:00'), [], SOON],
  ['nothing has been heard for long', null, [], LATE],
  ['the courier is rung', calling('8:41:01'), [rings], LATE],
  ['one trunk has failed and the next one rings', calling('8:41:01'), [busy, rings], LATE],
  ['they talk', null, [leg(COURIER, { answeredAt: at('8:41:09') })], LATE],
  ['the caller comes back', { state: 'failed', outcome: 'busy', ringsBack: true }, [busy, comesBack], LATE],
  ['the caller is back', { state: 'failed', outcome: 'busy', ringsBack: false }, [busy, isBack], LATE],
  ['no line took the call', { state: 'failed', outcome: null, ringsBack: true }, [comesBack], SOON],
])('when %s', (_when, expected, legs, now) => {
  const theCall = call({ state: 'talking', answeredAt: at('8:40:35'), legs: [handedOver, ...legs] });
  expect(connectionOf(theCall, ASKED, ME, now)).toEqual(expected);
  expect(connectionOf(theCall, { ...ASKED, isCancelled: true }, ME, now)).toBeNull();
});

test('nobody is called any more when the caller has hung up', () => {
  expect(connectionOf(call({ state: 'ended', legs: [handedOver, rings] }), ASKED, ME, SOON)).toBeNull();
});

test('the caller comes back to the telephone that the user talked at', () => {
  const mobile = { ...MARIA, number: '79035550003', raw: '79035550003' };
  const [desk, other] = [colleague('104', 'pavel'), colleague('101', 'olga')];
  const talks = [talk(MARIA, desk, '8:40:35', '8:40:50'), talk(MARIA, other, '8:40:51')];
  expect(ownTelephone(call({ talks }), ME)).toBe('104');
  expect(ownTelephone(call({ talks: [talk(MARIA, mobile, '8:40:35')] }), ME)).toBe('103');
  expect(ownTelephone(call(), { login: 'pavel', extensions: [] })).toBeNull();
});
