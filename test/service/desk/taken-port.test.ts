import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseConfig } from '../../../src/config/load.ts';
import { deskMetrics } from '../../../src/desk/desk-metrics.ts';
import { assembleDesk } from '../../../src/desk/open-desk.ts';
import { Cleanups } from '../../lab/cleanups.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

test('a taken port of the surveys keeps no desk from starting, and is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-taken-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  cleanups.add(async () => {
    other.close();
  });
  await writeFile(join(folder, 'secret'), 'a-long-secret\n', { mode: 0o600 });
  const config = parseConfig(
    JSON.stringify({
      database: { url: 'demo:' },
      asterisk: [{ name: 'main', port: 1, username: 'desk', secretFile: join(folder, 'secret') }],
      // It is waited for: that the desk goes on is all that is looked at.
      journal: { url: 'mysql://desk@127.0.0.1:1/journal' },
      survey: { port: (other.address() as AddressInfo).port },
    }),
    'test',
  );
  const lines: string[] = [];
  const logger = pino({}, { write: (line) => void lines.push(line) });
  const parts = assembleDesk({ config, file: 'test', databasePassword: undefined }, logger);
  cleanups.add(() => parts.stop(2000));
  await parts.start();
  expect(parts.opening.survey?.problem).toMatch(/survey\.port.*Set survey\.port to a free one/);
  expect(lines.join('')).toMatch(/survey\.port.*is not open; it is tried again/);
  expect(parts.opening.door).toBeUndefined();
  const { text } = await deskMetrics(parts)();
  expect(text.match(/^courier_agi_desk_port_closed.*$/gm)).toEqual([
    'courier_agi_desk_port_closed{part="survey"} 1',
  ]);
});
