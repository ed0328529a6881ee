import { expect, test } from '@jest/globals';
import { mergeNotes } from '../../../src/web/calls/merge-notes.ts';

test.each([
  [
    'both began with nothing',
    'rings tomorrow',
    { text: 'wants a refund', before: '' },
    'rings tomorrow\nwants a refund',
  ],
  ['both went on with the same', 'A, B', { text: 'A, C', before: 'A' }, 'A, B\n, C'],
  ['one changed what the other one changed', 'A!', { text: 'B', before: 'A' }, 'A!\nB'],
  ['the colleague deleted it', '', { text: 'A\nC', before: 'A' }, 'C'],
  ['the answer was lost', 'A', { text: 'A, B', before: '' }, 'A, B'],
  ['the answer was lost, and a colleague went on', 'A\nC', { text: 'A', before: '' }, 'A\nC'],
  ['a colleague went on with words like these', 'ABC', { text: 'B', before: '' }, 'ABC\nB'],
  ['nothing was typed', 'theirs', { text: 'A', before: 'A' }, 'theirs'],
])('when %s', (_when, theirs, draft, text) => {
  expect(mergeNotes(theirs, draft)).toEqual({ text, before: theirs });
});
