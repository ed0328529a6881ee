import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseConfig } from '../../../src/config/load.ts';
import { EmbeddedDirectory } from '../../../src/directory/demo/embedded.directory.ts';
import type { DirectoryAnswer } from '../../../src/directory/directory.ts';
import { CALLER_KINDS, compareMatches, type Match } from '../../../src/directory/match.ts';
import { SnapshotBuilder, type SnapshotEntry } from '../../../src/directory/snapshot/snapshot.ts';
import { toVariables } from '../../../src/scripts/route/channel-variables.ts';
import { Router } from '../../../src/scripts/route/router.ts';
import { loadScenarios } from '../../../src/simulator/run.ts';
import { believableMatches } from './arbitraries.ts';
import { runs } from '../../lab/fuzz.ts';

const NUMBER = '79162000001';

/** Every variable of a call, but for those that tell where the answer comes from. */
async function variablesOf(
  yaml: string,
  number: string,
  answer: DirectoryAnswer,
  only?: ReadonlySet<(typeof CALLER_KINDS)[number]>,
): Promise<Record<string, string>> {
  const router = new Router(parseConfig(yaml, 'test'), { find: () => Promise.resolve(answer) });
  const variables = toVariables(await router.route(number, 1000, { only }));
  return Object.fromEntries(variables.filter(([name]) => !/^ROUTE_(?:SOURCE|AGE)$/.test(name)));
}

/** As the server remembers it: page by page in whatever order, through the file and back. */
function remembered(number: string, matches: readonly Match[]): DirectoryAnswer {
  const builder = new SnapshotBuilder(Date.now());
  for (const match of matches) {
    const entry: SnapshotEntry = JSON.parse(JSON.stringify([number, match]));
    builder.add([entry]);
  }
  return { matches: builder.build().find(number), source: 'snapshot', ageSeconds: 7 };
}

describe('the snapshot says what the database says', () => {
  const directory = new EmbeddedDirectory();
  afterAll(() => directory.close());

  test('in every variable of every scenario', async () => {
    const scenarios = await loadScenarios([join(import.meta.dirname, '..', '..', '..', 'agi-scripts')]);
    const router = new Router(parseConfig('', 'test'), directory);
    let compared = 0;
    for (const { title, environment } of scenarios) {
      const number = router.normalise(environment.get('agi_callerid') ?? '');
      if (number.kind === 'invalid') continue;
      const live = await directory.find(number.digits);
      const snapshot = remembered(number.digits, live.matches.toReversed());
      for (const manager of ['operators', 'manager']) {
        const yaml = `routing: { recipientWithoutCourier: ${manager}, courierPhones: [phone, phonem, phonek] }`;
        expect({ title, ...(await variablesOf(yaml, number.digits, snapshot)) }).toEqual({
          title,
          ...(await variablesOf(yaml, number.digits, live)),
        });
      }
      compared += 1;
    }
    expect(compared).toBeGreaterThan(30);
  });

  test('whatever the database holds, and whatever is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        believableMatches,
        fc.constantFrom('operators', 'manager'),
        fc.option(fc.subarray([...CALLER_KINDS], { minLength: 1 })),
        async (found, manager, kinds) => {
          const live: DirectoryAnswer = {
            matches: found.toSorted(compareMatches),
            source: 'live',
            ageSeconds: 0,
          };
          const only = kinds === null ? undefined : new Set(kinds);
          const yaml = `routing: { recipientWithoutCourier: ${manager}, maxAttempts: 20 }`;
          expect(await variablesOf(yaml, NUMBER, remembered(NUMBER, found), only)).toEqual(
            await variablesOf(yaml, NUMBER, live, only),
          );
        },
      ),
      runs(0.1),
    );
  });

  test('once, where the same entry stands in contacts in two ways', async () => {
    const { matches } = await directory.find(NUMBER);
    expect(matches).toHaveLength(1);
    expect(remembered(NUMBER, [...matches, ...matches]).matches).toEqual(matches);
  });

  test('of 60,000 closed shipments it remembers one, the newest', () => {
    const closed = Array.from({ length: 60_000 }, (_one, index): Match => ({
      kind: 'recipient',
      shipment: ((index * 7919) % 60_000) + 1,
      order: 1,
      visible: true,
      client: null,
      branch: null,
      open: false,
      holder: null,
    }));
    const startedAt = performance.now();
    expect(remembered(NUMBER, closed).matches).toMatchObject([{ shipment: 60_000 }]);
    // Each of them looks at the one that is known, not at all that came before.
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
