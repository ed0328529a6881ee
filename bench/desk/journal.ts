import { statSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../src/journal/open.ts';
import type { CallFilter } from '../../src/journal/journal.query.ts';
import type { JournalStore } from '../../src/journal/journal.store.ts';
import { fillStore } from '../../test/lab/journal/fill-journal.ts';
import { COMPANY, CUSTOMERS, numberOfCustomer } from '../../test/lab/journal/year-of-calls.ts';
import { median } from '../statistics.ts';

export interface JournalFigures {
  readonly calls: number;
  readonly bytesACall: number;
  readonly writtenPerSecond: number;
  /** By the question: the middle and the longest of some tries, ms. */
  readonly readMs: ReadonlyMap<string, { readonly p50: number; readonly max: number }>;
}

/** A page of the API. */
const PAGE = 50;
const TRIES = 20;
const HOUR_MS = 3_600_000;

/**
 * A journal of so many calls with two legs each, on a disk of the machine, written anew.
 *
 * @param file gets a copy of the journal once it is whole; undefined: nobody keeps it
 */
export async function measureJournal(calls: number, file: string | undefined): Promise<JournalFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-journal-'));
  const path = join(folder, 'journal.db');
  const store = await openJournal(`sqlite:${path}`);
  try {
    const startedAt = performance.now();
    // The newest one an hour ago: pages ask by the time.
    await fillStore(store, calls, { until: Date.now() - HOUR_MS });
    const seconds = (performance.now() - startedAt) / 1000;
    // Its end is not that of the company's own number, which stands in every call.
    const customer = numberOfCustomer(Math.floor(CUSTOMERS / 2) + 1);
    const filters: readonly (readonly [string, CallFilter])[] = [
      ['first page', {}],
      ['one number', { number: customer }],
      ['last four digits of a number', { number: customer.slice(-4) }],
      ['last two digits of a number', { number: customer.slice(-2) }],
      ['four digits that a number of every call ends with', { number: COMPANY.slice(-4) }],
      ['missed and not called back', { open: true }],
      ['a shipment', { link: { kind: 'shipment', code: '70001' } }],
      ['an extension', { extension: '105' }],
      ['what there is little of: refused', { outcome: 'refused' }],
    ];
    const readMs = new Map<string, { p50: number; max: number }>();
    for (const [name, filter] of filters) readMs.set(name, await timesOf(store, filter));
    await store.close();
    if (file !== undefined) await copyFile(path, file);
    return {
      calls,
      bytesACall: statSync(path).size / calls,
      writtenPerSecond: calls / seconds,
      readMs,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timesOf(store: JournalStore, filter: CallFilter): Promise<{ p50: number; max: number }> {
  const times: number[] = [];
  for (let n = 0; n < TRIES; n += 1) {
    const before = performance.now();
    await store.list(filter, PAGE);
    times.push(performance.now() - before);
  }
  return { p50: median(times), max: Math.max(...times) };
}
