import { existsSync } from 'node:fs';
import { type Database, DURABLE, type Office } from './office.ts';

/** Something that falls ill for a while. */
export interface Trouble {
  readonly title: string;
  readonly begin: (office: Office) => Promise<void> | void;
  readonly end: (office: Office) => Promise<void> | void;
  /** What somebody is told of it, once for each reason, when it lasts so long. */
  readonly alarm?: { readonly message: string; readonly afterMs: number };
  /** Default: as the others. */
  readonly lastsMs?: number;
}

const JOURNAL = 'journal cannot be written';
const SOURCE = 'recordings cannot be collected';
const FEED = 'feed is not taken';
const ASTERISK = 'Asterisk is not followed';

/** Longer than a desk keeps the work of following to itself. */
const LEASE_MS = 10_000;

let frozen = 0;

/** In the order in which they come. */
export const TROUBLES: readonly Trouble[] = [
  {
    title: 'FTP server dead',
    begin: ({ ftp }) => ftp.down(),
    end: ({ ftp }) => ftp.up(),
    alarm: { message: SOURCE, afterMs: 8000 },
  },
  {
    title: 'FTP server frozen',
    begin: ({ ftp }) => ftp.freeze(),
    end: ({ ftp }) => ftp.thaw(),
    alarm: { message: SOURCE, afterMs: 60_000 },
  },
  {
    title: 'disk of the recordings full',
    begin: ({ mirrorDisk }) => mirrorDisk.fill(),
    end: ({ mirrorDisk }) => mirrorDisk.free(),
    alarm: { message: SOURCE, afterMs: 20_000 },
  },
  {
    title: 'receiver of webhooks refuses',
    begin: ({ hook }) => void (hook.mood = 'refuses'),
    end: ({ hook }) => void (hook.mood = 'well'),
    alarm: { message: FEED, afterMs: 6000 },
    lastsMs: 7000,
  },
  {
    title: 'receiver of webhooks dead',
    begin: ({ hook }) => hook.stop(),
    end: ({ hook }) => hook.start(),
    alarm: { message: FEED, afterMs: 6000 },
  },
  {
    title: 'receiver of webhooks says nothing',
    begin: ({ hook }) => void (hook.mood = 'says nothing'),
    end: ({ hook }) => void (hook.mood = 'well'),
    alarm: { message: FEED, afterMs: 60_000 },
  },
  {
    title: 'receiver of webhooks slow',
    begin: ({ hook }) => void (hook.mood = 'is slow'),
    end: ({ hook }) => void (hook.mood = 'well'),
  },
  {
    title: 'database of the company dead',
    begin: ({ company }) => company.server.stop(),
    end: async ({ company }) => {
      company.server = await company.home.start(DURABLE);
    },
  },
  {
    title: 'database of the company frozen',
    begin: ({ company }) => company.server.freeze(),
    end: ({ company }) => company.server.thaw(),
  },
  {
    title: 'database of the company 300 ms away',
    begin: ({ company }) => company.line.delay(300),
    end: ({ company }) => company.line.delay(0),
  },
  {
    title: 'disk of the company full',
    begin: ({ company }) => company.disk.fill(),
    end: ({ company }) => freeDisk(company),
  },
  {
    title: 'database of the journal dead',
    begin: ({ journal }) => journal.server.stop(),
    end: async ({ journal }) => {
      journal.server = await journal.home.start(DURABLE);
    },
    alarm: { message: JOURNAL, afterMs: 0 },
  },
  {
    title: 'database of the journal frozen',
    begin: ({ journal }) => journal.server.freeze(),
    end: ({ journal }) => journal.server.thaw(),
    alarm: { message: JOURNAL, afterMs: 8000 },
  },
  {
    title: 'database of the journal 300 ms away',
    begin: ({ journal }) => journal.line.delay(300),
    end: ({ journal }) => journal.line.delay(0),
  },
  {
    title: 'disk of the journal full',
    begin: ({ journal }) => journal.disk.fill(),
    end: ({ journal }) => freeDisk(journal),
  },
  {
    title: 'line to Asterisk cut',
    begin: ({ line }) => line.cut(),
    end: ({ line }) => line.mend(),
    alarm: { message: ASTERISK, afterMs: 0 },
  },
  {
    title: 'line to Asterisk forgotten by a firewall',
    begin: ({ line }) => line.forgetConnections(),
    end: () => undefined,
    alarm: { message: ASTERISK, afterMs: 0 },
  },
  {
    title: 'Asterisk dead',
    begin: ({ calls }) => calls.cut(),
    end: async ({ asterisk, calls }) => {
      await asterisk.start();
      calls.begin();
    },
    alarm: { message: ASTERISK, afterMs: 0 },
  },
  {
    title: 'the desk that follows killed',
    begin: async (office) => {
      const desk = await office.following();
      office.desks.splice(office.desks.indexOf(desk), 1);
      await desk.kill();
    },
    end: async (office) => void (await office.startDesk()),
    lastsMs: LEASE_MS,
  },
  {
    title: 'the desk that follows frozen',
    begin: async (office) => {
      frozen = (await office.following()).pid;
      process.kill(frozen, 'SIGSTOP');
    },
    end: () => void process.kill(frozen, 'SIGCONT'),
    lastsMs: LEASE_MS,
  },
  {
    title: 'the other desk killed',
    begin: async (office) => {
      const following = await office.following();
      const other = office.desks.find((desk) => desk !== following);
      if (other === undefined) throw new Error('There is no other desk.');
      office.desks.splice(office.desks.indexOf(other), 1);
      await other.kill();
    },
    end: async (office) => void (await office.startDesk()),
  },
];

/** A MariaDB that cannot write what it has promised may end itself; systemd starts it again. */
async function freeDisk(database: Database): Promise<void> {
  database.disk.free();
  if (!existsSync(`/proc/${database.server.pid}`)) database.server = await database.home.start(DURABLE);
}
