import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { inlineCode, readDocument, ROOT, tableRows } from './markdown.ts';

const sources = readdirSync(`${ROOT}/src`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(`${ROOT}/src/${file}`, 'utf8') }));

/** The codes of all classes of errors, and those that stand for a look-up that was not made, and for a defect. */
const thrown = sources.flatMap(({ text }) =>
  [
    ...text.matchAll(/^ {2}(?:override )?readonly code = '(\w+)'|^const (?:BREAKER_OPEN|DEFECT) = '(\w+)'/gm),
  ].map(([, code, constant]) => code ?? constant ?? ''),
);

/** Files with refusals of the desk. */
const REFUSALS: readonly string[] = ['api/errors.ts', 'calling/refusals.ts'];

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
      // Their codes are the keys of a table: see below.
      if (REFUSALS.includes(file)) continue;
      const classes = text.match(/^(?:export )?class \w+ extends CodedError\b/gm) ?? [];
      const codes = text.match(/^ {2}(?:override )?readonly code = '\w+'/gm) ?? [];
      expect([file, codes.length]).toEqual([file, classes.length]);
    }
  });

  test('tells of every refusal of the desk, with its status', () => {
    const refusals = sources.filter(({ file }) => REFUSALS.includes(file)).map(({ text }) => text);
    // A call to a wrong number is refused as every other request about one.
    const statuses = new Map(
      [...refusals.join('\n').matchAll(/^ {2}(\w+): \{\s+status: (\d+),/gm)].map(
        ([, code = '', status = '']) => [code, status],
      ),
    );
    const given = [...statuses].map(([code, status]) => [`\`${code}\``, status]);
    const told = tableRows(
      readDocument('docs/errors.md').split('In the answers of its HTTP')[1] ?? '',
      'code',
    );
    expect(given.length).toBeGreaterThan(5);
    expect(told.map((cells) => cells.slice(0, 2)).toSorted()).toEqual(given.toSorted());
  });

  test('gives no code to two classes', () => {
    expect(thrown).toHaveLength(new Set(thrown).size);
  });
});
