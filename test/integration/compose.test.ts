import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { openDirectory } from '../../src/directory/open.ts';
import * as demoCompany from '../../src/directory/demo/company.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import { startMariadb } from '../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { SERVER_START_MS } from '../lab/databases/servers.ts';

/*
 * What the container db of deploy/compose.yaml reads at its first start, on a MariaDB without a container.
 */

let server: DatabaseServer;

beforeAll(async () => {
  server = await startMariadb();
  await server.sql(await readFile('deploy/demo-company.sql', 'utf8'));
}, SERVER_START_MS);

afterAll(() => server?.stop());

test.each(Object.keys(demoCompany))('deploy/demo-company.sql has the table %s of the demo', async (table) => {
  await createCourierDatabase(server, { name: 'expected' });
  await insertDemoCompany(server);
  for (const [one, other] of [
    ['courier', 'expected'],
    ['expected', 'courier'],
  ]) {
    const [row] = await server.sql(
      `SELECT count(*) AS missing FROM (SELECT * FROM ${one}.${table} EXCEPT SELECT * FROM ${other}.${table}) AS d`,
    );
    expect(row).toEqual({ missing: 0 });
  }
  const [count] = await server.sql(`SELECT count(*) > 0 AS filled FROM courier.${table}`);
  expect(count).toEqual({ filled: 1 });
});

test('deploy/docker-grants.sh makes the user that compose.yaml names', async () => {
  const script = (await readFile('deploy/docker-grants.sh', 'utf8')).replace(
    '/grants.sql',
    'deploy/grants.sql',
  );
  // The image's entrypoint has this function; here it only shows what it would run.
  const { stdout } = await promisify(execFile)('sh', ['-c', `docker_process_sql() { cat; }\n${script}`], {
    env: { ...process.env, AGI_PASSWORD: 'abc123' },
  });
  await server.sql(stdout);
  const directory = openDirectory(
    {
      url: `mysql://agi:abc123@127.0.0.1:${server.port}/courier`,
      poolSize: 1,
      contactPersonClientColumn: 'client',
      inHandStates: [1],
    },
    { maxBudgetMs: 10_000 },
  );
  try {
    expect(await directory.start()).toMatchObject({ state: 'ready', warnings: [] });
    expect((await directory.find('79162000001', 10_000)).matches).toHaveLength(1);
  } finally {
    await directory.close();
  }
});
