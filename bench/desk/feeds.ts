import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { parseConfig } from '../../src/config/load.ts';
import { openFeeds } from '../../src/desk/open-feeds.ts';
import { openJournal } from '../../src/journal/open.ts';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { type DeskProcess, makeDeskHome, startDeskProcess } from '../../test/lab/desk-process.ts';
import { answeredCall } from '../../test/lab/journal/sample-calls.ts';
import { cpuMs, residentMb } from '../process-figures.ts';
import { tell } from '../progress.ts';
import { median } from '../statistics.ts';
import type { Arrived } from './arrived.ts';
import { ACCOUNT } from './played-calls.ts';

export interface FeedFigures {
  readonly events: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly requests: number;
  readonly again: number;
  /** Of the desk, its start included, ms. */
  readonly cpuMsARequest: number;
  /** Until so many of a hundred had arrived. */
  readonly seconds: { readonly half: number; readonly most: number; readonly all: number };
  /** Resident, in the middle of each third of the events. */
  readonly memoryMb: { readonly most: number; readonly second: number; readonly third: number };
}

/** Calls of one transaction. */
const BATCH = 500;
/** An event that fails ten times in a row waits for some minutes in all. */
const PATIENCE_MS = 30 * 60_000;

/** A desk that finds so many events in its outbox, two of each call, and a receiver that refuses one in three. */
export async function measureFeeds(events: number): Promise<FeedFigures> {
  const receiver = fork(new URL('receiver.js', import.meta.url));
  let told: Arrived = { port: 0, arrived: 0, requests: 0, again: 0, outOfOrder: 0 };
  receiver.on('message', (report: Arrived) => {
    told = report;
  });
  while (told.port === 0) await sleep(20);
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  const home = await makeDeskHome();
  let desk: DeskProcess | undefined;
  try {
    const secretFile = join(home.folder, 'hook-secret');
    await writeFile(secretFile, 'not for everybody');
    const url = `http://127.0.0.1:${told.port}/hook`;
    const feeds = [{ url, secretFile, on: ['call.ended', 'recording.ready'] }];
    tell('filling the outbox');
    await fill(`sqlite:${join(home.folder, 'journal.db')}`, feeds, events / 2);
    const startedAt = performance.now();
    desk = await startDeskProcess(home, { ami: { port: asterisk.port, ...ACCOUNT }, sections: { feeds } });
    const samples: { readonly arrived: number; readonly seconds: number; readonly mb: number }[] = [];
    while (told.arrived < events && performance.now() - startedAt < PATIENCE_MS) {
      await sleep(500);
      const seconds = (performance.now() - startedAt) / 1000;
      samples.push({ arrived: told.arrived, seconds, mb: residentMb(desk.pid) });
      if (samples.length % 20 === 0) tell(`${told.arrived} events in ${seconds.toFixed(0)} s`);
    }
    const until = (share: number) =>
      samples.find(({ arrived }) => arrived >= events * share)?.seconds ?? Number.NaN;
    const memoryOf = (from: number, to: number) =>
      median(
        samples
          .filter(({ arrived }) => arrived >= events * from && arrived < events * to)
          .map(({ mb }) => mb),
      );
    return {
      events,
      lost: events - told.arrived,
      outOfOrder: told.outOfOrder,
      requests: told.requests,
      again: told.again,
      cpuMsARequest: cpuMs(desk.pid) / told.requests,
      seconds: { half: until(0.5), most: until(0.999), all: until(1) },
      memoryMb: {
        most: Math.max(...samples.map(({ mb }) => mb)),
        second: memoryOf(1 / 3, 2 / 3),
        third: memoryOf(2 / 3, 1),
      },
    };
  } finally {
    await desk?.kill();
    await home.remove();
    await asterisk.stop();
    receiver.disconnect();
  }
}

/** Through the desk's own outbox, as if it had written these calls before. */
async function fill(journalUrl: string, feeds: readonly unknown[], calls: number): Promise<void> {
  const config = parseConfig(JSON.stringify({ journal: { url: journalUrl }, feeds }), 'the bench');
  const { listener, onRecording } = openFeeds(config, () => undefined, pino({ level: 'silent' }));
  const store = await openJournal(journalUrl, undefined, listener);
  for (let first = 0; first < calls; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, calls - first) }, (_, n) =>
      answeredCall(first + n, '79161234567'),
    );
    await store.save(batch);
    await store.db.transaction().execute(async (db) => {
      for (const { id } of batch) await onRecording(db, { id: `${id} sound`, call: id });
    });
  }
  await store.close();
}
