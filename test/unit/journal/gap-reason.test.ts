import { expect, test } from '@jest/globals';
import { notKept, NOT_RUN, readReason, withFilled } from '../../../src/journal/gap-reason.ts';

test.each([
  [NOT_RUN, { kind: 'not run', filled: null }],
  [withFilled(NOT_RUN, 1), { kind: 'not run', filled: 1 }],
  [notKept(1), { kind: 'not kept', filled: null }],
  [withFilled(notKept(20), 0), { kind: 'not kept', filled: 0 }],
  ['Asterisk was stopped.', { kind: 'asterisk', words: 'Asterisk was stopped.', filled: null }],
  [withFilled('ECONNRESET', 12), { kind: 'asterisk', words: 'ECONNRESET', filled: 12 }],
  [
    `Asterisk was stopped. ${NOT_RUN}`,
    { kind: 'asterisk', words: `Asterisk was stopped. ${NOT_RUN}`, filled: null },
  ],
])('a gap because: %s', (reason, known) => {
  expect(readReason(reason)).toMatchObject(known);
});
