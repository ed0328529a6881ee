import { deflateRawSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { Call } from '../../../src/calls/call.ts';
import { FIRST_DICTIONARY } from '../../../src/journal/call.dictionary.ts';
import { decodeCall, encodeCall } from '../../../src/journal/call.document.ts';
import { answeredCall, missedCall } from '../../lab/journal/sample-calls.ts';

const NUMBER = '79162000001';

test.each<[string, Call]>([
  ['answered', answeredCall(1, NUMBER)],
  ['missed', missedCall(2, NUMBER)],
  ['that lasts', { ...answeredCall(3, NUMBER, { state: 'talking', endedAt: null }), outcome: null }],
  ['whose times are no times', answeredCall(4, NUMBER, { endedAt: 'tomorrow', answeredAt: '2026-01-12' })],
  ['that began at no time', answeredCall(5, NUMBER, { startedAt: 'never' })],
  ['whose parts are out of order', answeredCall(6, NUMBER, { endedAt: '1970-01-01T00:00:00.000Z' })],
  ['with raw texts that look like times', answeredCall(7, '2026-01-12T08:00:00.000Z')],
])('a call %s is read as it was written', (_what, call) => {
  expect(decodeCall(encodeCall(call))).toEqual(call);
});

test('a call of an older version is read', () => {
  const call = answeredCall(1, NUMBER);
  const packed = deflateRawSync(JSON.stringify(call), { dictionary: FIRST_DICTIONARY });
  expect(decodeCall(Buffer.concat([Buffer.of(1), packed]))).toEqual(call);
});
