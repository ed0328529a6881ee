import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';

const DOCTOR = new URL('../../../src/doctor/', import.meta.url);

/** A text as it stands in the source: `en: …, ru: …`, strings put together with + included. */
const STRING = String.raw`(?:'(?:[^'\\]|\\.)*'|\`(?:[^\`\\]|\\.)*\`)`;
const TEXT = String.raw`${STRING}(?:\s*\+\s*${STRING})*`;
const PAIR = new RegExp(String.raw`\ben:\s*(${TEXT}),\s*ru:\s*(${TEXT})`, 'g');

interface Pair {
  readonly file: string;
  readonly en: string;
  readonly ru: string;
}

const sources = readdirSync(DOCTOR, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(new URL(file, DOCTOR), 'utf8') }));

const pairs: Pair[] = sources.flatMap(({ file, text }) =>
  [...text.matchAll(PAIR)].map(([, en = '', ru = '']) => ({ file, en, ru })),
);

/** What is put into a text: `port`, `process.pid`; of a number with its noun, the number; of a word that is
 * translated, the word. */
function placeholders(text: string): string[] {
  return [...text.matchAll(/\$\{((?:[^{}]|\{[^{}]*\})*)\}/g)]
    .map(([, expression = '']) => expression)
    .map((expression) => /^(?:plural(?:Ru)?|inRussian)\(([^,)]+)[,)]/.exec(expression)?.[1] ?? expression)
    .map((expression) => expression.replace(/(?:^|\.)(?:en|ru)$/, '').replaceAll(/'[^']*'/g, 'words'))
    .toSorted();
}

describe('what doctor says', () => {
  test('stands in the source in both languages', () => {
    expect(pairs.length).toBeGreaterThan(80);
    for (const { text, file } of sources) {
      const english = [...text.matchAll(/^\s*(?:\{ )?en: ?['`\n]/gm)].length;
      const told = [...text.matchAll(PAIR)].length;
      expect([file, told]).toEqual([file, expect.any(Number)]);
      expect(told).toBeGreaterThanOrEqual(english);
    }
  });

  test.each(pairs.filter(({ en }) => en.includes('${') && !/plural|\?/.test(en)))(
    '$file: $en names the same things in Russian',
    ({ en, ru }) => {
      expect([...new Set(placeholders(ru))]).toEqual([...new Set(placeholders(en))]);
    },
  );

  test.each(pairs.filter(({ en }) => /[A-Za-z]{3} [a-z]{2}/.test(en.replaceAll(/\$\{[^}]*\}/g, ''))))(
    '$file: $en is translated',
    ({ en, ru }) => {
      expect(ru).not.toBe(en);
      expect(ru).toMatch(/[а-я]/);
    },
  );

  test.each(pairs)('$file: $en ends as its translation does', ({ en, ru }) => {
    const end = (text: string) => /[.:?]?(?=['`]$)/.exec(text)?.[0];
    expect(end(ru)).toBe(end(en));
  });
});
