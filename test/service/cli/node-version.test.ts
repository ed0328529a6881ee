import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { complainOfNode, isAtLeast, requiredNode } from '../../../src/util/node-version.ts';

const SOURCES = new URL('../../../src/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, SOURCES), 'utf8');
const staticImports = (text: string) =>
  [...text.matchAll(/^(?:import|export) (?:.* from )?'(.*)'/gm)].map(([, name]) => name);

// A real Node.js 18 is started by test/integration/install.test.ts.
describe('a Node.js that is too old', () => {
  test.each([
    ['20.19.0', true],
    ['20.19.10', true],
    ['22.0.0', true],
    ['100.0.0', true],
    ['20.18.9', false],
    ['18.20.4', false],
  ])('%s is new enough for 20.19.0: %s', (version, enough) => {
    expect(isAtLeast(version, '20.19.0')).toBe(enough);
  });

  test('gets one line, with where a newer one is', () => {
    expect(complainOfNode('18.20.4')).toMatch(
      /^courier-agi needs Node\.js [\d.]+ .* this is 18\.20\.4: .*nodejs\.org\S+$/,
    );
    expect(complainOfNode(process.versions.node)).toBeNull();
  });

  test('is compared with engines.node of package.json', () => {
    const { engines } = JSON.parse(read('../package.json')) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${requiredNode()}`);
  });

  test('has loaded nothing that it may stumble over by then', () => {
    expect(staticImports(read('main.ts'))).toEqual(['./util/hangups.ts', './util/node-version.ts']);
    expect(staticImports(read('util/hangups.ts'))).toEqual([]);
    expect(staticImports(read('util/node-version.ts'))).toEqual(['node:fs', './package.ts']);
    expect(staticImports(read('util/package.ts'))).toEqual(['node:fs']);
  });
});
