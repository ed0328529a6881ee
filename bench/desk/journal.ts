import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from '../../src/calls/call.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { CallFilter } from '../../src/journal/journal.query.ts';
import type { JournalStore } from '../../src/journal/journal.store.ts';
import { inside, outside } from '../../test/lab/journal/sample-calls.ts';
import { median } from '../statistics.ts';

export interface JournalFigures {
  readonly calls: number;
  readonly bytesACall: number;
  readonly writtenPerSecond: number;
  /** By the question: the middle and the longest of some tries, ms. */
  readonly readMs: ReadonlyMap<string, { readonly p50: number; readonly max: number }>;
}

/** Calls of one transaction, as `src/journal/journal.ts` has it. */
const BATCH = 500;
/** A page of the API. */
const PAGE = 50;
const TRIES = 20;
/** A year's calls, evenly. */
const YEAR_MS = 365 * 86_400_000;
const BEGAN = Date.parse('2025-11-26T00:00:00Z');
/** Customers of a big company: each calls some times a year. */
const CUSTOMERS = 300_000;
const OPERATORS = 40;

/** A journal of so many calls with two legs each, on a disk of the machine. */
export async function measureJournal(calls: number): Promise<JournalFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-journal-'));
  const path = join(folder, 'journal.db');
  const store = await openJournal(`sqlite:${path}`);
  try {
    const random = randomNumbers();
    const startedAt = performance.now();
    for (let first = 0; first < calls; first += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, calls - first) }, (_, n) =>
        randomCall(first + n, calls, random),
      );
      await store.save(batch);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const customer = numberOf(Math.floor(CUSTOMERS / 2));
    const filters: readonly (readonly [string, CallFilter])[] = [
      ['first page', {}],
      ['one number', { number: customer }],
      ['last four digits of a number', { number: customer.slice(-4) }],
      ['last two digits of a number', { number: customer.slice(-2) }],
      ['missed and not called back', { open: true }],
      ['a shipment', { link: { kind: 'shipment', code: '70001' } }],
      ['an extension', { extension: '105' }],
      ['what there is little of: refused', { outcome: 'refused' }],
    ];
    const readMs = new Map<string, { p50: number; max: number }>();
    for (const [name, filter] of filters) readMs.set(name, await timesOf(store, filter));
    await store.close();
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

const numberOf = (customer: number): string => `79${String(160_000_000 + customer * 761).padStart(9, '0')}`;

/** Two operators ring; mostly one of them answers. */
function randomCall(n: number, calls: number, random: () => number): Call {
  const pick = (count: number): number => Math.floor(random() * count);
  const startMs = BEGAN + Math.floor((n / calls) * YEAR_MS);
  const at = (seconds: number): string => new Date(startMs + Math.round(seconds * 1000)).toISOString();
  const caller = outside(numberOf(pick(CUSTOMERS)));
  const first = pick(OPERATORS);
  const operators = [first, (first + 1) % OPERATORS].map((one) => inside(String(101 + one), `user${one}`));
  const [winner = caller, loser = caller] = operators;
  // To a tenth of a second, as calls have it.
  const ring = 2 + pick(200) / 10;
  const talk = 10 + pick(1200) / 10;
  const isAnswered = random() < 0.85;
  const outcome = isAnswered ? 'answered' : n % 5000 === 0 ? 'refused' : 'no_answer';
  const end = isAnswered ? ring + talk : ring;
  const id = `${Math.floor(startMs / 1000)}.${n * 3}`;
  const shipment = 70_000 + pick(calls);
  return {
    id: `main-${id}`,
    asterisk: 'main',
    linkedIds: [id],
    direction: 'in',
    state: 'ended',
    startedAt: at(0),
    answeredAt: isAnswered ? at(ring) : null,
    endedAt: at(end),
    from: caller,
    to: outside('74950000000'),
    answeredBy: isAnswered ? winner : null,
    outcome,
    cause: 16,
    endedBy: 'caller',
    missed: !isAnswered,
    calledBackAt: null,
    seconds: { greeting: 0, wait: ring, ring, talk: isAnswered ? talk : 0, hold: 0 },
    legs: [
      {
        party: winner,
        trunk: null,
        rangAt: at(0.2),
        answeredAt: isAnswered ? at(ring) : null,
        endedAt: at(end),
        outcome: isAnswered ? 'answered' : 'no_answer',
        cause: 16,
      },
      {
        party: loser,
        trunk: null,
        rangAt: at(0.2),
        answeredAt: null,
        endedAt: at(ring),
        outcome: isAnswered ? 'answered elsewhere' : 'no_answer',
        cause: 26,
      },
    ],
    talks: isAnswered ? [{ a: caller, b: winner, from: at(ring), until: at(end) }] : [],
    links: [
      { kind: 'shipment', code: shipment, how: 'matched', rank: 1 },
      { kind: 'order', code: Math.floor(shipment / 3), how: 'matched', rank: 1 },
      { kind: 'client', code: 200 + pick(500), how: 'matched', rank: 1 },
      { kind: 'courier', code: 10 + pick(200), how: 'matched', rank: 1 },
    ],
    request: null,
    recordings: [],
    survey: [],
    completeness: 'whole',
  };
}

/** The same in every run: mulberry32. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
