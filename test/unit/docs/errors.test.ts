import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { inlineCode, readDocument, ROOT } from './markdown.ts';

const sources = readdirSync(`${ROOT}/src`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(`${ROOT}/src/${file}`, 'utf8') }));

/** The codes of all classes of errors, and the one that stands for a look-up that was not made. */
const thrown = sources.flatMap(({ text }) =>
  [...text.matchAll(/^ {2}(?:override )?readonly code = '(\w+)'|^const BREAKER_OPEN = '(\w+)'/gm)].map(
    ([, code, constant]) => code ?? constant ?? '',
  ),
);

/** In the first cells of all tables. */
const documented = [...readDocument('docs/errors.md').matchAll(/^\| (`[A-Z_]+`) \|/gm)].flatMap(
  ([, cell = '']) => inlineCode(cell),
);

describe('docs/errors.md', () => {
  test('tells of every code that is thrown, and of no other', () => {
    expect(thrown.length).toBeGreaterThan(20);
    expect(documented.toSorted()).toEqual([...new Set(thrown)].toSorted());
  });

  test('reads the code of every class of errors that there is', () => {
    for (const { file, text } of sources) {
      const classes = text.match(/^(?:export )?class \w+ extends CodedError\b/gm) ?? [];
      const codes = text.match(/^ {2}(?:override )?readonly code = '\w+'/gm) ?? [];
      expect([file, codes.length]).toEqual([file, classes.length]);
    }
  });

  test('gives no code to two classes', () => {
    expect(thrown).toHaveLength(new Set(thrown).size);
  });
});
