import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { en } from '../../../src/web/text/en.ts';
import { ru } from '../../../src/web/text/ru.ts';

test('each code with which a sign-in elsewhere comes back has its words', () => {
  const source = readFileSync('src/api/open-id.routes.ts', 'utf8');
  const [, routes = ''] = source.split('export function addOpenIdRoutes');
  const codes = [...routes.matchAll(/refuse\(c, ([^)]*)\)/g)].flatMap(([, what = '']) =>
    [...what.matchAll(/'([a-z_]+)'/g)].map(([, code = '']) => code),
  );
  expect(codes.length).toBeGreaterThan(3);
  for (const { signIn } of [ru, en]) {
    expect(Object.keys(signIn.refused).toSorted()).toEqual([...new Set(codes)].toSorted());
  }
});
