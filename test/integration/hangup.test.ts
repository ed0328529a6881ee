import { afterEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { startListeningProcess } from '../lab/listening-process.ts';
import { buildProgram } from '../lab/build-program.ts';

/*
 * SIGHUP while a service starts. Its configuration is a named pipe: the first to read it waits for the test, so that
 * the signal comes at a moment that is known.
 */

const cleanups = new Cleanups();
afterEach(cleanups.run);

/** Waits until somebody reads the pipe. @returns what to write to */
async function reader(pipe: string): Promise<number> {
  let file: number | undefined;
  await eventually(
    'somebody reads the configuration',
    () => {
      try {
        // Refused as long as nobody has opened it to read.
        file = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      }
      return file !== undefined;
    },
    60_000,
  );
  return file ?? -1;
}

test.each([
  ['serve', 'configuration read again'],
  ['desk', 'the desk takes a new configuration at its next start only'],
])(
  'SIGHUP while %s starts is heard once it has started',
  async (command, message) => {
    const { folder, remove } = await makeDeskHome();
    cleanups.add(remove);
    const secretFile = join(folder, 'ami-secret');
    await writeFile(secretFile, 'change-me');
    const yaml = JSON.stringify({
      listen: { port: 0 },
      http: { enabled: false },
      database: { url: 'demo:' },
      // Nobody listens there.
      asterisk: { port: 1, secretFile },
      journal: { url: `sqlite:${join(folder, 'journal.db')}` },
      desk: { port: 0, usersFile: join(folder, 'users.json'), tokensFile: join(folder, 'tokens.json') },
    });
    const pipe = join(folder, 'courier-agi.yaml');
    execFileSync('mkfifo', [pipe]);
    const service = await startListeningProcess(
      [await buildProgram(), command, '--config', pipe],
      async (signal) => {
        const file = await reader(pipe);
        signal('SIGHUP');
        // Whoever reads it again gets a file.
        await writeFile(`${pipe}.new`, yaml);
        await rename(`${pipe}.new`, pipe);
        writeSync(file, yaml);
        closeSync(file);
      },
    );
    cleanups.add(async () => {
      service.signal('SIGKILL');
      await service.ended;
    });
    await eventually('it says so', () => service.log().includes(message));
    expect(service.log().indexOf(message)).toBeGreaterThan(service.log().indexOf('"msg":"listening"'));
  },
  120_000,
);
