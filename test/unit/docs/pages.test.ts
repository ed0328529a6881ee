import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RIGHTS } from '../../../src/api/rights.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { configSchema } from '../../../src/config/config.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { watchedDeskMetrics } from '../../service/desk/watched-desk.ts';
import { monitor } from '../monitoring/records.ts';
import { codeBlocks, inlineCode, readDocument, ROOT } from './markdown.ts';

const PAGES = [
  ...readdirSync(`${ROOT}/docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'deploy/README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
];

const SECTION_KEY = new RegExp(`^(${Object.keys(configSchema.shape).join('|')})\\.(\\w+)\\b(?!/)`);

describe.each(PAGES)('%s', (page) => {
  const text = readDocument(page);

  test('links to files that are there', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
      expect([link, existsSync(join(ROOT, dirname(page), link))]).toEqual([link, true]);
    }
  });

  test('shows configurations that are accepted', () => {
    for (const block of codeBlocks(text, 'yaml')) parseConfig(block, page);
  });

  test('names keys of the configuration, commands and files that there are', () => {
    const commands = buildProgram({}, () => Promise.resolve()).commands.map((command) => command.name());
    for (const code of inlineCode(text.replaceAll(/^```[^]*?^```$/gm, ''))) {
      const [, command] = /^(?:sudo )?courier-agi (\w+)/.exec(code) ?? [];
      if (command !== undefined) expect(commands).toContain(command);
      const [, section = '', key = ''] = SECTION_KEY.exec(code) ?? [];
      if (section !== '' && key !== 'ts' && !(code in RIGHTS)) {
        expect(readDocument('deploy/courier-agi.yaml')).toMatch(
          new RegExp(`^#?${section}:.*\\n(?:#? .*\\n|\\n)*?#? +(?:# )?${key}:`, 'm'),
        );
      }
      if (/^(?:src|test|deploy|docs|bench)\/[\w/.-]+\.\w+$/.test(code)) {
        expect([code, existsSync(join(ROOT, code))]).toEqual([code, true]);
      }
    }
  });
});

test('README.md leads to every page', () => {
  const readme = readDocument('README.md');
  for (const page of PAGES) expect(readme).toContain(`](${page})`);
});

describe('docs/architecture.md', () => {
  const page = readDocument('docs/architecture.md');

  test('shows every room of the house, and no other', () => {
    const [, house = ''] = page.split('## The house');
    const told = [...house.matchAll(/^\| \d \| ([^|]+) \|/gm)].flatMap(([, cell = '']) => inlineCode(cell));
    const rooms = readdirSync(`${ROOT}/src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(told.toSorted()).toEqual(rooms.map(({ name }) => name).toSorted());
  });

  test('leads a call through files that are there', () => {
    const prose = page.replaceAll(/^```[^]*?^```$/gm, '');
    const files = inlineCode(prose).filter((code) => /^[\w-]+\/[\w/.-]+\.ts$/.test(code));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) expect([file, existsSync(join(ROOT, 'src', file))]).toEqual([file, true]);
  });

  test('gives a reason for every dependency, and for no other', () => {
    const [, table = ''] = page.split('## What it stands on');
    const told = [...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => inlineCode(cell));
    const { dependencies } = JSON.parse(readDocument('package.json')) as { dependencies: object };
    const bundled = ['preact', '@preact/signals', 'vite'];
    expect(told.toSorted()).toEqual([...Object.keys(dependencies), ...bundled].toSorted());
  });
});

describe('docs/metrics.md', () => {
  const page = readDocument('docs/metrics.md');

  test('tells of every metric of ours, and of no other', async () => {
    const text = `${await monitor().metrics.text()}\n${await watchedDeskMetrics()}`;
    const exposed = [...text.matchAll(/^# TYPE (courier_agi_\w+)/gm)];
    const told = [...page.matchAll(/^\| `(courier_agi_\w+)` \|/gm)].map(([, name]) => name);
    expect(told.toSorted()).toEqual(exposed.map(([, name]) => name).toSorted());
  });

  test('names the ports that are the defaults', () => {
    const { listen, http, desk } = parseConfig('', 'defaults');
    expect(page).toContain(`http://127.0.0.1:${http.port}`);
    expect(page).toContain(`port ${listen.port}`);
    expect(page).toContain(`http://127.0.0.1:${desk.port}`);
  });
});
