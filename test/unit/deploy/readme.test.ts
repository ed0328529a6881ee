import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { buildProgram } from '../../../src/cli/program.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { monitor } from '../monitoring/records.ts';

const DEPLOY = new URL('../../../deploy/', import.meta.url);
const text = readFileSync(new URL('README.md', DEPLOY), 'utf8');

/** What stands first in each row of the tables. */
const firstCells = [...text.matchAll(/^\| (.+?) \|/gm)].map(([, cell = '']) => cell);

describe('deploy/README.md', () => {
  test('tells of every file in the folder, and of no other', () => {
    const told = [...new Set([...text.matchAll(/\]\(([^)]+)\)/g)].map(([, file = '']) => file))];
    expect(told.toSorted()).toEqual(
      readdirSync(DEPLOY)
        .filter((file) => file !== 'README.md')
        .toSorted(),
    );
  });

  test('installs files that are there', () => {
    const installed = [...text.matchAll(/^sudo .*install .*"\$deploy\/(\S+)" \/etc/gm)].map(
      ([, file]) => file,
    );
    expect(installed).toHaveLength(3);
    for (const file of installed) expect(readdirSync(DEPLOY)).toContain(file);
  });

  test('tells of every metric of ours, and of no other', async () => {
    const exposed = [...(await monitor().metrics.text()).matchAll(/^# TYPE (courier_agi_\w+)/gm)];
    const told = firstCells.flatMap((cell) => /^`(courier_agi_\w+)`$/.exec(cell)?.[1] ?? []);
    expect(told.toSorted()).toEqual(exposed.map(([, name]) => name).toSorted());
  });

  test('names the port that is the default, and commands that there are', () => {
    const { listen, http } = parseConfig('', 'defaults');
    expect(text).toContain(`http://127.0.0.1:${http.port}`);
    expect(text).toContain(`port ${listen.port}`);
    const commands = buildProgram({}, () => Promise.resolve()).commands.map((command) => command.name());
    const used = [...text.matchAll(/(?:^(?:sudo (?:-u \S+ )?)?courier-agi|main\.js) (\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(used.length).toBeGreaterThan(3);
    for (const name of used) expect(commands).toContain(name);
  });
});
