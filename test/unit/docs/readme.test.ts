import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import { App } from '../../../src/server/app.ts';
import { toVariables } from '../../../src/scripts/route/channel-variables.ts';
import { run } from '../../../src/cli/program.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { createLogger } from '../../../src/log/logger.ts';
import type { Decision } from '../../../src/routing/decision.ts';
import { parseScenario } from '../../../src/simulator/scenario.ts';
import { runScenarios } from '../../../src/simulator/run.ts';
import { codeBlocks, inlineCode, readDocument, ROOT, tableRows } from './markdown.ts';

const why = { code: 'first-with-target' } as const;
const EVERYTHING: Decision = {
  status: 'OK',
  caller: 'recipient',
  target: 'courier',
  number: '79162000001',
  invalid: null,
  attempts: [
    {
      dial: 'PJSIP/1@gsm',
      callerId: '7916',
      limit: 'gsm:2',
      ring: 20,
      why,
      fallbacks: [{ dial: 'PJSIP/1@trunk' }],
    },
  ],
  courier: 1,
  branch: 1,
  client: 1,
  clientState: 1,
  order: 1,
  shipment: 1,
  source: 'live',
  ageSeconds: 0,
  liveError: null,
  candidates: [],
};

describe.each([
  ['README.md', 'variable', 'command', 'table', 'where'],
  ['README.ru.md', 'переменная', 'команда', 'таблица', 'где'],
])('%s', (name, variables, commands, tables, where) => {
  const readme = readDocument(name);

  test('shows a configuration to begin with that is accepted', () => {
    const [first = ''] = codeBlocks(readme, 'yaml');
    expect(parseConfig(first, name).database.url).toMatch(/^mysql:/);
  });

  test('names as configuration to begin with nothing that a new installation does not find', () => {
    const [first = ''] = codeBlocks(readme, 'yaml');
    const sample = parseConfig(readDocument('deploy/courier-agi.yaml'), 'sample');
    const { database, snapshot, dial } = parseConfig(first, name);
    expect(database.passwordFile).toBe(sample.database.passwordFile);
    expect(snapshot.file).toBe(sample.snapshot.file);
    expect(dial).toEqual(sample.dial);
  });

  test('lists the channel variables that are set, all of them and no other', () => {
    const listed = tableRows(readme, variables)
      .flatMap(([cell = '']) => cell.replace(/ … _n.*$/, '').split(', '))
      .toSorted();
    expect(listed).toEqual(
      toVariables(EVERYTHING)
        .map(([variable]) => variable)
        .toSorted(),
    );
  });

  test('tells of every column that deploy/grants.sql lets be read, and of no other', () => {
    const granted = [
      ...readDocument('deploy/grants.sql').matchAll(/^GRANT SELECT \((.*)\) ON courier\.(\w+)/gm),
    ];
    const expected = granted.map(([, columns = '', table]) => [table, columns.replaceAll('`', '')]);
    expect(tableRows(readme, tables)).toEqual(expected);
  });

  test('tells what becomes of it for every command that shows something, and every way to look', () => {
    const places = tableRows(readme, where).flatMap(([cell = '']) => inlineCode(cell));
    for (const command of ['doctor', 'explain', 'top', 'calls'])
      expect(places).toContain(`courier-agi ${command}`);
    for (const path of ['/calls', '/metrics', '/status']) expect(places).toContain(path);
  });

  test('lists the commands that there are', async () => {
    let help = '';
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      help += String(text);
      return true;
    });
    await run(['--help'], {});
    write.mockRestore();
    const offered = [...help.matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, command]) => command)
      .filter((one) => one !== 'help');
    const listed = tableRows(readme, commands)
      .flatMap(([cell = '']) => inlineCode(cell))
      .map((command) => command.split(' ')[1]);
    expect(listed.toSorted()).toEqual(offered.toSorted());
  });

  test('shows a scenario that holds', async () => {
    const scenario = codeBlocks(readme, '').find((block) => block.includes('agi_callerid'));
    const config = parseConfig(
      '{listen: {port: 0}, http: {enabled: false}, database: {url: "demo:"}}',
      'test',
    );
    const app = new App({ config, file: null, databasePassword: undefined }, createLogger('silent'));
    const target = await app.start();
    try {
      const [outcome] = await runScenarios(target, [parseScenario(scenario ?? '', name)]);
      expect(outcome).toMatchObject({ failures: [], scenario: { expectations: { length: 2 } } });
    } finally {
      await app.stop(1000);
    }
  });

  test('shows dialplan lines that stand in the sample', () => {
    const lines = codeBlocks(readme, '').find((block) => block.includes('Gosub')) ?? 'none';
    const sample = readDocument('dialplan-examples/extensions.conf');
    for (const line of lines
      .trim()
      .split('\n')
      .filter((text) => text !== ''))
      expect(sample).toMatch(new RegExp(line.replaceAll(/[()${}?]/g, '\\$&').replace('n,', 'n.*,')));
  });

  test('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) expect([link, existsSync(`${ROOT}/${link}`)]).toEqual([link, true]);
  });

  test('counts the scenarios of the demo', () => {
    const count = readdirSync(`${ROOT}/agi-scripts`).filter((file) => file.endsWith('.agi')).length;
    expect(readme).toContain(String(count));
  });
});

describe('the two languages', () => {
  const [english, russian] = ['README.md', 'README.ru.md'].map(readDocument);

  test('show the same code, but for comments', () => {
    const code = (text = '') =>
      [...text.matchAll(/^```.*\n[\s\S]*?^```$/gm)]
        .map(([block]) => block.replaceAll(/ *#.*$/gm, ''))
        // The picture of a call's way is words.
        .map((block) => (block.includes('──>') ? block.replaceAll(/[^│└├]/g, '') : block));
    expect(code(russian)).toEqual(code(english));
  });

  test('have the same chapters, tables and links', () => {
    const shape = (text = '') => [
      text.match(/^## /gm)?.length,
      text.match(/^\|/gm)?.length,
      [...text.matchAll(/\]\(([^)]+)\)/g)]
        .map(([, link]) => link)
        .filter((link) => !link?.startsWith('README')),
    ];
    expect(shape(russian)).toEqual(shape(english));
  });
});
