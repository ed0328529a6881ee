import { expect, test } from '@jest/globals';
import type { Party } from '../../../src/calls/call.ts';
import { isCalleeKnown } from '../../../src/web/calls/facts.ts';
import { call, colleague, MARIA } from './calls.ts';

const NOBODY: Party = { number: null, raw: '', extension: null, user: null };

test.each([
  ['somebody who is not dialled yet', 'ringing', NOBODY, false],
  ['whom Asterisk does not name', 'ringing', { ...NOBODY, raw: '<unknown>' }, false],
  ['nobody, in a call that is over', 'ended', NOBODY, false],
  // Who of us it is, is left out for operators.
  ['a colleague who talks', 'talking', NOBODY, true],
  ['a recipient', 'ringing', MARIA, true],
  ['an extension', 'ringing', colleague('101'), true],
  ['a name of the dialplan', 'ringing', { ...NOBODY, raw: 'queue' }, true],
] as const)('a list tells who is called or nothing: %s', (_who, state, party, is) => {
  expect(isCalleeKnown(call({ state, direction: 'out', to: party }), party)).toBe(is);
});
