import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildProgram } from '../lab/build-program.ts';

/* The compiled connection in a process of its own: jest's memory would hide that of the statements. */

test('what statements of hundreds of values take is given back: each batch has another length', async () => {
  const main = await buildProgram();
  const connection = pathToFileURL(join(dirname(main), 'journal', 'sqlite', 'connection.js')).href;
  // Together they have 240 MB of values, and each at most 1.6 MB.
  const program = `
    import { SqliteConnection } from ${JSON.stringify(connection)};
    const connection = new SqliteConnection(':memory:');
    const values = Array.from({ length: 400 }, (_, n) => String(n).padStart(4000));
    const count = (length) => {
      const list = Array.from({ length }, () => '(?)').join(', ');
      const { rows } = connection.run('select count(*) as n from (values ' + list + ')', values.slice(0, length));
      return rows[0].n;
    };
    let counted = count(400);
    const before = process.memoryUsage().rss;
    for (let length = 201; length < 400; length += 1) {
      counted += count(length);
      if (length % 20 > 0) continue;
      gc();
      // Only then a statement that was collected is freed.
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(JSON.stringify({ counted, megabytes: (process.memoryUsage().rss - before) / 1e6 }));
    connection.close();`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--input-type=module',
    '-e',
    program,
  ]);
  const { counted, megabytes } = JSON.parse(stdout);
  expect(counted).toBe(60_100);
  expect(megabytes).toBeLessThan(60);
}, 120_000);
