import { join } from 'node:path';
import type { DatabaseServer } from '../test/lab/databases/server.ts';
import { startTcpProxy } from '../test/lab/databases/tcp-proxy.ts';
import type { Contender } from './contenders/contender.ts';
import type { Contenders } from './contenders/start.ts';
import type { Options } from './options.ts';
import { tell } from './progress.ts';

/** Those of `--only`; one that cannot be started is left out, and said so. */
export async function startAll(
  started: Contenders,
  { only }: Options,
  database: DatabaseServer,
  folder: string,
): Promise<Contender[]> {
  const start = {
    a: () => started.bare(),
    b: () => started.dingDong(),
    s: () => started.dingDongStoppingEarly(),
    c: () => started.server('c', 'this server, live'),
    d: () => fromSnapshot(started, database, folder),
    e: () => started.forked(),
    t: () => started.server('t', 'this server, a tenth of the data', { url: database.url('courier_small') }),
  };
  const contenders: Contender[] = [];
  for (const key of only) {
    tell(`starting contender ${key}`);
    try {
      contenders.push(await start[key]());
    } catch (error) {
      tell(`contender ${key} is left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return contenders;
}

/** Takes a snapshot through a line that is cut afterwards: then the database is away for this one alone. */
async function fromSnapshot(
  started: Contenders,
  database: DatabaseServer,
  folder: string,
): Promise<Contender> {
  const snapshotFile = join(folder, 'snapshot');
  const line = await startTcpProxy(database);
  const url = `mysql://root@127.0.0.1:${line.port}/courier`;
  const taker = await started.server('d', 'this server, taking a snapshot', { url, snapshotFile });
  await started.stop(taker.pid);
  await line.stop();
  return started.server('d', 'this server, from the snapshot', { url, snapshotFile });
}
