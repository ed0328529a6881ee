import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadScenarios, runScenarios } from '../../../src/simulator/run.ts';
import { parseScenario } from '../../../src/simulator/scenario.ts';
import { withServer } from './scripted-server.ts';

describe('loadScenarios', () => {
  test('reads files as given, and a folder as its .agi files by name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scenarios-'));
    try {
      for (const name of ['b.agi', 'a.agi', 'README.md'])
        await writeFile(join(folder, name), `# ${name}\nexpect A=1`);
      const scenarios = await loadScenarios([join(folder, 'b.agi'), folder]);
      expect(scenarios.map(({ title }) => title)).toEqual(['b.agi', 'a.agi', 'b.agi']);
      expect(scenarios[0]?.file).toBe(join(folder, 'b.agi'));
      await writeFile(join(folder, 'c.agi'), '# c\nwhat');
      await expect(loadScenarios([folder])).rejects.toThrow(`${join(folder, 'c.agi')}:2: received «what»`);
      await expect(loadScenarios([join(folder, 'none.agi')])).rejects.toThrow('none.agi');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('runScenarios', () => {
  const scenarios = Array.from({ length: 9 }, (_one, index) =>
    parseScenario(
      `# ${index}\nagi_callerid: ${index}\nexpect SEEN=${index === 4 ? 'another' : index}`,
      'a.agi',
    ),
  );

  test.each([1, 3, 20])('plays %i at once and keeps the order', async (concurrency) => {
    let open = 0;
    let most = 0;
    const outcomes = await withServer(
      async ({ until, ask, socket }) => {
        most = Math.max(most, ++open);
        const text = await until('\n\n');
        await ask(`SET VARIABLE SEEN ${/agi_callerid: (\d)/.exec(text)?.[1] ?? ''}`);
        open--;
        socket.end();
      },
      (target) => runScenarios(target, scenarios, { concurrency }),
    );
    expect(outcomes.map(({ scenario }) => scenario.title)).toEqual(scenarios.map(({ title }) => title));
    expect(outcomes.map(({ result }) => result.variables.get('SEEN'))).toEqual(
      scenarios.map((_one, index) => String(index)),
    );
    expect(outcomes.flatMap(({ failures }) => failures)).toEqual(['SEEN is «4», expected «another»']);
    expect(most).toBeLessThanOrEqual(concurrency);
  });

  test('has nothing to do without scenarios', async () => {
    await expect(runScenarios({ host: '127.0.0.1', port: 1 }, [])).resolves.toEqual([]);
  });
});
