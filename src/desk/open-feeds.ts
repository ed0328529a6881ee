import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { CsvFolder } from '../feeds/csv-folder.ts';
import type { Feed } from '../feeds/feed-event.ts';
import { Feeder } from '../feeds/feeder.ts';
import { outboxListener } from '../feeds/outbox-listener.ts';
import { Outbox } from '../feeds/outbox.ts';
import type { Receiver } from '../feeds/receiver.ts';
import { readSigningKey } from '../feeds/signing-key.ts';
import { Webhook } from '../feeds/webhook.ts';
import type { JournalStore, SaveListener } from '../journal/journal.store.ts';
import { engineOf } from '../journal/open.ts';
import type { ReadyListener } from '../recordings/recordings.store.ts';
import { maskText } from '../phone/mask.ts';
import { messageOf } from '../util/errors.ts';

/** What leaves the desk. */
export interface Feeds {
  readonly feeders: readonly Feeder[];
  readonly outbox: Outbox;
  /** Events that wait, by the name of the feed; nothing while the journal is away. */
  waiting(): Promise<(readonly [string, number])[]>;
  /** Puts into the outbox what the journal writes. */
  readonly listener: SaveListener;
  /** Likewise a recording that is ready. */
  readonly onRecording: ReadyListener;
  start(): void;
  stop(): Promise<void>;
}

type FeedSection = Config['feeds'][number];

const SWEEP_MS = 3_600_000;
/** Folders and addresses may be longer than the column. */
const MAX_NAME = 80;

/**
 * @param store the journal; undefined while another desk does the work
 * @throws {ConfigError} a secret cannot be read, or is none
 */
export function openFeeds(
  { feeds: sections, journal, desk }: Pick<Config, 'feeds' | 'journal' | 'desk'>,
  store: () => JournalStore | undefined,
  logger: Logger,
): Feeds {
  const opened = sections.map((section, index) => ({
    feed: { name: nameOf(section), kinds: section.on } satisfies Feed,
    receiver: openReceiver(section, `feeds.${index}`, desk.timeZone),
  }));
  const outbox = new Outbox(
    engineOf(journal.url),
    opened.map(({ feed }) => feed),
  );
  const feeders = opened.map(
    ({ feed, receiver }) =>
      new Feeder({
        feed,
        receiver,
        outbox,
        store,
        onProblem: (problem) =>
          logger.error({ feed: feed.name, problem: maskText(problem) }, 'feed is not taken: its events wait'),
        onBack: () => logger.info({ feed: feed.name }, 'feed is taken again'),
      }),
  );
  const sweep = async (): Promise<void> => {
    const journalStore = store();
    if (journalStore === undefined) return;
    const events = await outbox.sweep(journalStore.db, Date.now());
    if (events > 0) logger.error({ events }, 'events of feeds were given up: nobody took them for 60 days');
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    feeders,
    outbox,
    waiting: async () => {
      const journalStore = store();
      if (journalStore === undefined) return [];
      return Promise.all(
        feeders.map(async ({ name }) => [name, await outbox.waiting(journalStore.db, name)] as const),
      ).catch(() => []);
    },
    listener: outboxListener(outbox),
    onRecording: (db, { id, call }) =>
      outbox.add(db, [{ kind: 'recording.ready', call, subject: id }], Date.now()),
    start: () => {
      for (const feeder of feeders) feeder.start();
      timer = setInterval(() => {
        sweep().catch((error: unknown) =>
          logger.error({ problem: maskText(messageOf(error)) }, 'outbox of the feeds could not be swept'),
        );
      }, SWEEP_MS);
      timer.unref();
    },
    stop: async () => {
      clearInterval(timer);
      await Promise.all(feeders.map((feeder) => feeder.stop()));
    },
  };
}

/** @param place of the section in the configuration */
function openReceiver(
  { url, secretFile, folder, every, encoding }: FeedSection,
  place: string,
  timeZone: string,
): Receiver {
  if (url !== undefined && secretFile !== undefined)
    return new Webhook({ url, key: readSigningKey(secretFile, `${place}.secretFile`) });
  return new CsvFolder({ folder: folder ?? '', everyMs: every, encoding, timeZone });
}

/** For people and for the outbox. Of an address no more than the host: the rest may be a secret. */
function nameOf({ url, folder }: FeedSection): string {
  const address = url ?? folder ?? '';
  const shown = url === undefined ? address : new URL(url).host;
  const hash = createHash('sha256').update(address).digest('hex').slice(0, 8);
  return `${shown.slice(-MAX_NAME)} ${hash}`;
}
