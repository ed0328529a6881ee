import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.ts';
import { readDocument } from '../docs/markdown.ts';

// test/integration/replica.test.ts runs it, with other ports.
test('deploy/haproxy.cfg takes calls, and asks whether a server is ready, on the ports that are the defaults', () => {
  const config = readDocument('deploy/haproxy.cfg');
  const { listen, http } = parseConfig('', 'defaults');
  expect(config).toContain(`bind :${listen.port}\n`);
  expect(config.match(/^ +server agi\d \S+:(\d+)$/gm)).toEqual([
    `    server agi1 10.0.0.11:${listen.port}`,
    `    server agi2 10.0.0.12:${listen.port}`,
  ]);
  expect(config).toContain(`check port ${http.port} `);
});
