import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlayedAsterisk } from '../../../src/simulator/ami/played-asterisk.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { createCourierDatabase, insertDemoCompany } from '../../lab/databases/courier-schema.ts';
import { makeMariadbHome, type MariadbHome } from '../../lab/databases/mariadb.ts';
import type { DatabaseServer } from '../../lab/databases/server.ts';
import { startTcpProxy, type TcpProxy } from '../../lab/databases/tcp-proxy.ts';
import { type DeskProcess, startDeskProcess } from '../../lab/desk-process.ts';
import { startFtpServer, type FtpServer } from '../../lab/recordings/ftp-server.ts';
import { Served } from '../parts/served.ts';
import { SmallDisk } from '../parts/small-disk.ts';
import { NightCalls } from './calls.ts';
import { Hook } from './hook.ts';

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };

/** Of each call. A machine that stands still for a second is none of the troubles: overload has tests of its own. */
export const DEADLINE_MS = 6000;

/** Not as fast as in other tests: what is committed has to outlive a server that is killed. */
export const DURABLE = ['--innodb-flush-log-at-trx-commit=2'];

/** A MariaDB on a small disk of its own, behind a line that can be spoilt. */
export interface Database {
  readonly home: MariadbHome;
  readonly disk: SmallDisk;
  readonly line: TcpProxy;
  server: DatabaseServer;
}

/** Everything that a company has at night: a telephony, a router, two desks on one journal, and what they speak with. */
export interface Office {
  readonly asterisk: PlayedAsterisk;
  /** Of AMI. */
  readonly line: TcpProxy;
  readonly company: Database;
  readonly journal: Database;
  readonly ftp: FtpServer;
  readonly mirrorDisk: SmallDisk;
  readonly hook: Hook;
  readonly router: Served;
  readonly desks: DeskProcess[];
  readonly calls: NightCalls;
  /** The desk that follows. */
  readonly following: () => Promise<DeskProcess>;
  readonly startDesk: () => Promise<DeskProcess>;
}

/** @param cleanups get what is to be ended */
export async function startOffice(cleanups: Cleanups): Promise<Office> {
  const folder = mkdtempSync(join(tmpdir(), 'courier-agi-night-'));
  // MariaDB is a user of its own.
  chmodSync(folder, 0o755);
  cleanups.add(async () => rmSync(folder, { recursive: true, force: true }));
  const mirrorDisk = await SmallDisk.mount(join(folder, 'mirror'), '800m');
  cleanups.add(async () => mirrorDisk.unmount());
  const [company, journal] = [
    await startDatabase(folder, 'company', cleanups),
    await startDatabase(folder, 'journal', cleanups),
  ];
  await createCourierDatabase(company.server);
  await insertDemoCompany(company.server);
  await journal.server.sql('create database journal');

  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const line = await startTcpProxy({ host: '127.0.0.1', port: asterisk.port });
  cleanups.add(() => line.stop());
  const ftp = await startFtpServer();
  cleanups.add(ftp.stop);
  const hook = new Hook();
  await hook.start();
  cleanups.add(hook.stop);

  const router = await Served.start(`
listen: { port: 0 }
http: { enabled: false }
routing: { deadlineMs: ${DEADLINE_MS} }
database: { url: "mysql://root@127.0.0.1:${company.line.port}/courier", poolSize: 4 }
snapshot: { file: "${join(folder, 'snapshot')}" }
`);
  cleanups.add(() => router.kill());
  await router.untilLogged('snapshot taken');

  const secretFile = join(folder, 'hook-secret');
  writeFileSync(secretFile, 'not for everybody');
  const desks: DeskProcess[] = [];
  const startDesk = async (): Promise<DeskProcess> => {
    const desk = await startDeskProcess(
      { folder },
      {
        ami: { port: line.port, ...ACCOUNT },
        journalUrl: `mysql://root@127.0.0.1:${journal.line.port}/journal`,
        role: 'supervisor',
        sections: {
          database: { url: `mysql://root@127.0.0.1:${company.line.port}/courier` },
          recordings: {
            source: `ftp://anonymous@127.0.0.1:${ftp.port}/files`,
            mirror: join(mirrorDisk.folder, 'copies'),
          },
          feeds: [{ url: hook.url, secretFile, on: ['call.ended', 'recording.ready'] }],
        },
      },
    );
    cleanups.add(desk.kill);
    desks.push(desk);
    await desk.ready();
    return desk;
  };
  await startDesk();
  await startDesk();
  return {
    asterisk,
    line,
    company,
    journal,
    ftp,
    mirrorDisk,
    hook,
    router,
    desks,
    calls: new NightCalls(asterisk, ftp.folder),
    startDesk,
    following: async () => {
      for (const desk of desks) {
        const role = await desk.get('/ready').then(
          ({ body }) => body['role'],
          () => undefined,
        );
        if (role === 'following') return desk;
      }
      throw new Error('No desk follows.');
    },
  };
}

async function startDatabase(folder: string, name: string, cleanups: Cleanups): Promise<Database> {
  const disk = await SmallDisk.mount(join(folder, name), '400m');
  cleanups.add(async () => disk.unmount());
  const home = await makeMariadbHome(mkdtempSync(join(disk.folder, 'mariadb-')), 'keep');
  const server = await home.start(DURABLE);
  const line = await startTcpProxy({ host: '127.0.0.1', port: home.port });
  cleanups.add(() => line.stop());
  const database: Database = { home, disk, line, server };
  cleanups.add(() => database.server.stop());
  return database;
}
