import { afterEach, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { startListeningProcess } from '../lab/listening-process.ts';
import { buildProgram } from '../lab/build-program.ts';

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };

const cleanups = new Cleanups();
afterEach(cleanups.run);

test('a courier database that says nothing does not keep the desk from following calls', async () => {
  // As one behind a firewall: mysql2 gives up after 10 s.
  const silent = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  cleanups.add(async () => void silent.close());
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const { folder, remove } = await makeDeskHome();
  cleanups.add(remove);
  const secretFile = join(folder, 'ami-secret');
  await writeFile(secretFile, ACCOUNT.secret);
  const config = join(folder, 'courier-agi.yaml');
  await writeFile(
    config,
    JSON.stringify({
      database: { url: `mysql://agi:x@127.0.0.1:${port}/courier` },
      asterisk: { port: asterisk.port, secretFile },
      journal: { url: `sqlite:${join(folder, 'journal.db')}` },
      desk: { port: 0, usersFile: join(folder, 'users.json'), tokensFile: join(folder, 'tokens.json') },
    }),
  );
  const desk = await startListeningProcess([await buildProgram(), 'desk', '--config', config]);
  cleanups.add(async () => {
    desk.signal('SIGKILL');
    await desk.ended;
  });
  const place = (text: string) => desk.log().indexOf(text);
  await eventually('the database is given up', () => place('users could not be read') !== -1, 30_000);
  expect(place('Asterisk is followed')).not.toBe(-1);
  expect(place('Asterisk is followed')).toBeLessThan(place('users could not be read'));
}, 90_000);
