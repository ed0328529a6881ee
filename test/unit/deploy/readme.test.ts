import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { buildProgram } from '../../../src/cli/program.ts';

const DEPLOY = new URL('../../../deploy/', import.meta.url);
const text = readFileSync(new URL('README.md', DEPLOY), 'utf8');

describe('deploy/README.md', () => {
  test('tells of every file in the folder, and of no other', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, file = '']) => file);
    const told = [...new Set(links.filter((link) => !link.startsWith('../')))];
    expect(told.toSorted()).toEqual(
      readdirSync(DEPLOY)
        .filter((file) => file !== 'README.md')
        .toSorted(),
    );
  });

  test('installs files that are there', () => {
    const installed = [...text.matchAll(/^sudo .*install .*"\$deploy\/(\S+)" \/(?:etc|usr)/gm)].map(
      ([, file]) => file,
    );
    expect(installed).toHaveLength(5);
    for (const file of installed) expect(readdirSync(DEPLOY)).toContain(file);
  });

  test('names commands that there are', () => {
    const commands = buildProgram({}, () => Promise.resolve()).commands.map((command) => command.name());
    const used = [...text.matchAll(/(?:^(?:sudo (?:-u \S+ )?)?courier-agi|main\.js) (\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(used.length).toBeGreaterThan(2);
    for (const name of used) expect(commands).toContain(name);
  });
});
