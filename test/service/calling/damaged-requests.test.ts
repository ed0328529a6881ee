import { expect, jest, test } from '@jest/globals';
import { CallEngine, type CallEngineOptions } from '../../../src/calling/engine.ts';

/* One row that cannot be read must not keep the desk from following: the rest of the engine is not needed here. */

test('a request that is damaged, or of a newer version, is left out and told', async () => {
  const row = (id: string, changes: object = {}): object => ({
    id,
    call_id: `main-${id}`,
    requester: 'session olga',
    request_key: null,
    asked_by: 'click',
    user_name: 'olga',
    links: '[]',
    created_at: Date.now(),
    cancelled_at: null,
    state: 'placed',
    ...changes,
  });
  const rows = [
    row('courier-agi-1', { links: '[{' }),
    row('courier-agi-2', { asked_by: 'a newer version' }),
    row('courier-agi-3', { links: '[{"kind":"moon"}]' }),
    row('courier-agi-4'),
  ];
  const onProblem = jest.fn();
  const engine = new CallEngine({
    timeZone: 'UTC',
    requests: () => ({ since: async () => rows }),
    onProblem,
  } as unknown as CallEngineOptions);
  await engine.load();
  expect(onProblem).toHaveBeenCalledTimes(3);
  expect(onProblem.mock.calls.map(([error]) => String(error)).join('\n')).toMatch(
    /courier-agi-1[^]*-2[^]*-3/,
  );
});
