import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { readSecret, type LoadedConfig } from '../config/load.ts';
import { eraseFromFolder } from '../feeds/erase-from-folder.ts';
import type { BlankedNumber } from '../journal/blank-calls.ts';
import type { JournalStore } from '../journal/journal.store.ts';
import { openExistingJournal, PATIENT_MS } from '../journal/open.ts';
import { maskNumber } from '../phone/mask.ts';
import { digitsReader, normaliseNumber } from '../phone/number.ts';
import { eraseRecordingsOfCall, isKept } from '../recordings/erase.ts';
import { Mirror } from '../recordings/mirror.ts';
import { RecordingsStore } from '../recordings/recordings.store.ts';
import { SourceSearcher } from '../recordings/search-source.ts';
import { openSource } from '../recordings/sources/address.ts';
import { CodedError } from '../util/errors.ts';
import { packageVersion } from '../util/package.ts';
import { plural } from '../util/plural.ts';
import { EXIT } from './exit.ts';

/** What was to be erased is no telephone number. */
export class EraseNumberError extends CodedError {
  readonly code = 'ERASE_NUMBER';
}

/** What was erased, and what is left. */
export interface Certificate {
  readonly id: string;
  readonly at: string;
  /** With its middle hidden: the certificate must not keep what was erased. */
  readonly number: string;
  readonly by: string;
  readonly version: string;
  readonly journal: Pick<BlankedNumber, 'notes' | 'live'> & { readonly calls: number };
  /** `left`: files that the source did not let go, and recordings that could not be looked for (`unsearched`), and why. */
  readonly recordings: {
    readonly erased: number;
    readonly left: number;
    readonly unsearched: number;
    readonly problem: string | null;
  };
  /** Rows of tables that nobody had fetched yet, by folder. */
  readonly folders: Readonly<Record<string, number>>;
  /** What this command does not reach, and who has it. */
  readonly elsewhere: readonly string[];
}

const ELSEWHERE = [
  "the office system's own tables (contacts, users), and with them the router's snapshot, which follows within minutes",
  "Asterisk's call detail records and its log",
  'what webhooks and fetched files have brought to other programs',
  'backups of the journal',
  'the last events of a desk that runs, which it repeats to those who follow it until it is started anew',
];

/**
 * Erases what the desk knows of a number, and prints a certificate.
 *
 * @throws {EraseNumberError | JournalStoreError | JournalUrlError | JournalVersionError}
 */
export async function erase({ config }: LoadedConfig, text: string, json: boolean): Promise<number> {
  const { numbers, journal, feeds } = config;
  const number = normaliseNumber(text, numbers.country, numbers);
  if (number.kind !== 'number') {
    throw new EraseNumberError(`${JSON.stringify(text)} is no telephone number: write it as 79161234567.`);
  }
  const { url, passwordFile } = journal;
  const store = await openExistingJournal(
    url,
    passwordFile === undefined ? undefined : readSecret(passwordFile),
    PATIENT_MS,
  );
  try {
    // First what hangs on the calls: where that fails, the command can be run again and finds them.
    const recordings = await eraseRecordings(config, store, await store.callsOf(number.digits));
    // A call whose persons are forgotten is not found again, nor are its recordings.
    const blanked: BlankedNumber =
      recordings.unsearched === 0 ? await store.blankNumber(number.digits) : { calls: [], notes: 0, live: 0 };
    const folders: Record<string, number> = {};
    for (const { folder, encoding } of feeds) {
      if (folder !== undefined) folders[folder] = await eraseFromFolder(folder, encoding, number.digits);
    }
    const certificate: Certificate = {
      id: randomUUID(),
      at: new Date().toISOString(),
      number: maskNumber(number.digits),
      by: userInfo().username,
      version: packageVersion(),
      journal: { calls: blanked.calls.length, notes: blanked.notes, live: blanked.live },
      recordings,
      folders,
      elsewhere: ELSEWHERE,
    };
    await store.db
      .insertInto('erasures')
      .values({
        id: certificate.id,
        at: Date.parse(certificate.at),
        erased_by: certificate.by.slice(0, 60),
        calls: blanked.calls.length,
        recordings: recordings.erased,
        rows_of_files: Object.values(folders).reduce((sum, rows) => sum + rows, 0),
      })
      .execute();
    process.stdout.write(json ? `${JSON.stringify(certificate)}\n` : certificateText(certificate));
    return blanked.live === 0 && recordings.left === 0 ? EXIT.good : EXIT.failed;
  } finally {
    await store.close();
  }
}

/** Those of the calls. */
async function eraseRecordings(
  config: LoadedConfig['config'],
  journal: JournalStore,
  calls: readonly string[],
): Promise<Certificate['recordings']> {
  const { recordings: section, numbers } = config;
  const total = { erased: 0, left: 0, unsearched: 0, problem: null as string | null };
  const store = new RecordingsStore(journal.connections);
  if (section === undefined) return withoutSection(store, calls);
  const password = section.passwordFile === undefined ? undefined : readSecret(section.passwordFile);
  const source = openSource(section, password);
  const kept = {
    store,
    source,
    searcher: new SourceSearcher({
      source,
      patterns: section.pattern,
      timeZone: config.desk.timeZone,
      toNumber: digitsReader(numbers),
    }),
    mirror: new Mirror({ folder: section.mirror }),
  };
  for (const call of calls) {
    const { recordings, left, unsearched, problem } = await eraseRecordingsOfCall(kept, call);
    total.erased += recordings;
    total.left += left;
    total.unsearched += unsearched;
    total.problem ??= problem;
  }
  return total;
}

/** Recordings of a time when the section was there: the names of their files may hold the number. */
async function withoutSection(
  store: RecordingsStore,
  calls: readonly string[],
): Promise<Certificate['recordings']> {
  let known = 0;
  for (const call of calls) {
    known += (await store.ofCall(call)).filter(isKept).length;
  }
  const problem =
    'The section recordings, which says where they are, is not in the configuration: put it back; for a source that ' +
    'is gone for good name an empty folder as recordings.source.';
  return { erased: 0, left: known, unsearched: known, problem: known === 0 ? null : problem };
}

function certificateText(certificate: Certificate): string {
  const { id, at, number, by, version, journal, recordings, folders, elsewhere } = certificate;
  const { left, unsearched } = recordings;
  const lines = [
    `Certificate of erasure ${id}`,
    `${at}  number ${number}  by ${by}  courier-agi ${version}`,
    '',
    `journal: the persons of ${plural(journal.calls, 'call')} forgotten; totals stay`,
    `notes and comments that named the number: ${journal.notes} removed`,
    `recordings: ${recordings.erased} erased`,
    ...(left === unsearched
      ? []
      : [
          `recordings still at their source: ${left - unsearched}. ${recordings.problem ?? ''} The desk tries again.`,
        ]),
    ...(unsearched === 0
      ? []
      : [
          `recordings that could not be looked for: ${unsearched}. ${recordings.problem ?? ''} The journal is as before: run this again when they can be.`,
        ]),
    ...Object.entries(folders).map(([folder, rows]) => `${folder}: ${plural(rows, 'row')} removed`),
    'logs: numbers are masked there, unless log.numbers is full',
    ...(journal.live === 0
      ? []
      : ['', `${plural(journal.live, 'call')} with it still last: run this again when they are over.`]),
    '',
    'Not reached by this command:',
    ...elsewhere.map((what) => `- ${what}`),
  ];
  return `${lines.join('\n')}\n`;
}
