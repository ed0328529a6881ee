import { readSecret, type LoadedConfig } from '../config/load.ts';
import type { JournalCall } from '../journal/call.row.ts';
import { backUpJournal } from '../journal/backup.ts';
import { gapDocument } from '../journal/gap.ts';
import type { Gap } from '../journal/journal.store.ts';
import { openExistingJournal } from '../journal/open.ts';
import { numberEnd } from '../phone/number-end.ts';
import { digitsReader } from '../phone/number.ts';
import { megabytes } from '../util/disk.ts';
import { EXIT } from './exit.ts';
import { callLine, emptyLine, gapLine } from './journal.text.ts';

export interface JournalOptions {
  /** In ms since 1970. */
  readonly since: number;
  /** A number however it is written, or the digits that it ends with. */
  readonly number: string | undefined;
  readonly json: boolean;
}

const PAGE = 500;

/**
 * Prints the journal, the newest call first, and the gaps.
 *
 * @throws {JournalStoreError | JournalUrlError | JournalVersionError}
 */
export async function printJournal(
  { config }: LoadedConfig,
  { since, number: text, json }: JournalOptions,
): Promise<number> {
  const { journal, numbers } = config;
  const { url, passwordFile } = journal;
  const normalise = digitsReader(numbers);
  const number = text === undefined ? undefined : numberEnd(text, normalise);
  const store = await openExistingJournal(
    url,
    passwordFile === undefined ? undefined : readSecret(passwordFile),
  );
  const { timeZone } = config.desk;
  let isEmpty = true;
  const print = (entry: JournalCall | Gap): void => {
    isEmpty = false;
    if ('reason' in entry)
      process.stdout.write(json ? `${JSON.stringify(gapDocument(entry))}\n` : gapLine(entry, timeZone));
    else process.stdout.write(json ? `${JSON.stringify(entry)}\n` : callLine(entry, timeZone));
  };
  try {
    const gaps = (await store.gaps(since, Date.now())).slice();
    let next: number | null = null;
    do {
      const page = await store.list({ since, number }, PAGE, next);
      for (const call of page.calls) {
        while (gaps[0] !== undefined && gaps[0].from > Date.parse(call.startedAt))
          print(gaps.shift() ?? gaps[0]);
        print(call);
      }
      next = page.next;
    } while (next !== null);
    for (const gap of gaps) print(gap);
    if (isEmpty && !json) process.stdout.write(emptyLine(since, timeZone));
  } finally {
    await store.close();
  }
  return EXIT.good;
}

/** Copies the journal into a new file. @throws {JournalBackupError} */
export async function backUp({ config }: LoadedConfig, file: string): Promise<number> {
  const bytes = await backUpJournal(config.journal.url, file);
  process.stdout.write(`${file}: ${megabytes(bytes)} MB, looked through\n`);
  return EXIT.good;
}
