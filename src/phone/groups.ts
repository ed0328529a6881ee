import type { Dialled, Reading } from './reading.ts';

export type Read = (dialled: Dialled) => Reading | undefined;

/** Digits without anything between them. */
export interface Group extends Dialled {
  /** Digits between two signs each: 3, 2 and 2 of the word `123-45-67`. */
  readonly lengths: readonly number[];
  /** The word it belongs to, from here to the next space: `123-45-67` of the group `123`, `45-67` of `45`. */
  readonly word: string;
  /** Groups from here to the end of the word. */
  readonly groupsInWord: number;
  readonly beginsWord: boolean;
  /** Whether the word whose last group this is, alone, is a number of the own country. */
  readonly endsOwnNumber: boolean;
}

/** A word as one group. */
export function wholeWord(word: string, read: Read): Group {
  const group = dialled(word);
  const endsOwnNumber = read(group)?.certainty === 'own';
  const lengths = (word.match(/\d+/g) ?? []).map(({ length }) => length);
  return { ...group, lengths, word, groupsInWord: 1, beginsWord: true, endsOwnNumber };
}

/** The groups of a word. */
export function groupsOf(word: string, read: Read): Group[] {
  const whole = wholeWord(word, read);
  return [...word.matchAll(/\+?\d+/g)].map(({ 0: text, index }, place, all) => ({
    ...dialled(text),
    lengths: [text.replace('+', '').length],
    word: place === 0 ? word : word.slice(index),
    groupsInWord: all.length - place,
    beginsWord: place === 0,
    endsOwnNumber: whole.endsOwnNumber && place === all.length - 1,
  }));
}

/** What counts of a text. */
export function dialled(text: string): Dialled {
  return { plus: text.startsWith('+'), digits: text.replace(/\D/g, '') };
}
