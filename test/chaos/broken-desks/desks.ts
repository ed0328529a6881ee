import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlayedAsterisk } from '../../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../../src/simulator/ami/stories.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { startDeskProcess } from '../../lab/desk-process.ts';
import { eventually } from '../../lab/eventually.ts';
import { SmallDisk } from '../parts/small-disk.ts';

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const CALL_EVERY_MS = 500;

/**
 * Three desks that followed calls until something befell them: one is killed, one frozen, and the disk of one is full. Calls
 * go on at their Asterisk.
 *
 * @param cleanups ends them
 */
export async function breakDesks(cleanups: Cleanups): Promise<void> {
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const calls = setInterval(() => {
    void asterisk.play(
      inbound(asterisk.ids, {
        from: '79162001000',
        to: '74950000000',
        rings: ['101', '102'],
        answeredBy: '101',
        ringSeconds: 0.5,
        talkSeconds: 1,
        endedBy: 'caller',
      }),
    );
  }, CALL_EVERY_MS);
  cleanups.add(async () => clearInterval(calls));

  const startDesk = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'courier-agi-broken-desk-'));
    cleanups.add(() => rm(folder, { recursive: true, force: true }));
    const disk = await SmallDisk.mount(folder, '16m');
    cleanups.add(async () => disk.unmount());
    const desk = await startDeskProcess(disk, { ami: { port: asterisk.port, ...ACCOUNT } });
    cleanups.add(desk.kill);
    await desk.ready();
    await eventually('it follows calls', async () => (await desk.calls()).length > 0, 30_000);
    return { desk, disk };
  };
  const [killed, frozen, full] = [await startDesk(), await startDesk(), await startDesk()];
  await killed.desk.kill();
  process.kill(frozen.desk.pid, 'SIGSTOP');
  full.disk.fill();
  await eventually('it tells that', async () => (await full.desk.get('/ready')).status === 503, 30_000);
}
