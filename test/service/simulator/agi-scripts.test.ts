import { describe, expect, test } from '@jest/globals';
import { loadScenarios } from '../../../src/simulator/run.ts';

const scenarios = await loadScenarios([new URL('../../../agi-scripts', import.meta.url).pathname]);

describe('The scenarios of the demo company', () => {
  test('are at least twenty, each with a title of its own', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(20);
    expect(new Set(scenarios.map(({ title }) => title)).size).toBe(scenarios.length);
  });

  test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(
    '«%s» expects a status and says who calls',
    (_title, { file, expectations, environment }) => {
      expect(file).toMatch(/\/[a-z]+(-[a-z]+)*\.agi$/);
      const names = expectations.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['ROUTE_STATUS', 'AGISTATUS']));
      expect(environment.get('agi_request')).toMatch(/^agi:\/\/127\.0\.0\.1/);
      expect(environment.has('agi_callerid')).toBe(true);
    },
  );
});
