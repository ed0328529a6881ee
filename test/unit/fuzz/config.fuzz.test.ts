import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { configSchema } from '../../../src/config/config.ts';
import { ConfigError, parseConfig } from '../../../src/config/load.ts';
import { nasty } from './arbitraries.ts';
import { runs } from '../../lab/fuzz.ts';

const defaults = configSchema.parse({
  database: { url: 'mysql://agi:Geheimnis@db/courier' },
  calls: { callerId: '74951234567' },
  recordings: {},
});
const sections: Readonly<Record<string, object | undefined>> = defaults;
const leaves = Object.entries(sections).flatMap(([section, keys]) =>
  Object.keys(keys ?? {}).map((key) => [section, key] as const),
);
const anything = fc.oneof(
  nasty,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(nasty, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('prefix', 'dial', '__proto__', 'x'), nasty),
);

test('whatever stands in place of a value, it is allowed or a line that names its key', () => {
  fc.assert(
    fc.property(fc.constantFrom(...leaves), anything, ([section, key], value) => {
      const changed = { ...defaults, [section]: { ...sections[section], [key]: value } };
      try {
        const config = parseConfig(stringify(changed), 'test');
        for (const { dial } of config.dial.trunks) expect(dial).toMatch(/^[A-Za-z0-9]+\/[^&,$;"\s]+$/);
        expect(config.dial.extension).toMatch(/^[A-Za-z0-9]+\/[^&,$;"\s]+$/);
        expect(config.routing.deadlineMs).toBeGreaterThanOrEqual(100);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        expect(error.problems.length).toBeGreaterThan(0);
        for (const problem of error.problems) {
          // Where two keys exclude each other, the line begins with one of them and names the other.
          expect(problem).toMatch(new RegExp(`^${section}\\..*${key}|^${section}\\.${key}`));
          // eslint-disable-next-line no-control-regex -- a terminal would obey them
          expect(problem).not.toMatch(/[\n\r\0\u001B]/);
          expect(problem).not.toContain('Geheimnis');
        }
      }
    }),
    runs(0.01),
  );
});
