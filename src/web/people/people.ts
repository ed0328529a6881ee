import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { ask } from '../api.ts';
import { nobody, toPerson, type PeopleAnswer, type Person } from './person.ts';

/** `asking` until it is known; `failed` when the database could not be asked. */
export interface Lookup {
  readonly state: 'asking' | 'known' | 'failed';
  readonly person: Person;
}

interface Entry {
  readonly lookup: Signal<Lookup>;
  askedAt: number;
}

/** How long an answer serves rows of lists, in ms. Cards ask anew. */
const FRESH_MS = 5 * 60_000;
/** Look-ups at a time: the browser has six connections, and the rest of the page needs some. */
const MAX_ASKING = 3;
const MAX_KEPT = 2000;

const entries = new Map<string, Entry>();
const waiting: string[] = [];
let asking = 0;

/** Whose a number is. It is looked up when somebody asks for the first time. */
export function lookUp(number: string): ReadonlySignal<Lookup> {
  const entry = entryOf(number);
  if (Date.now() - entry.askedAt > FRESH_MS) enqueue(number, entry, 'last');
  return entry.lookup;
}

/** Asks anew, before all others: a call of the user's own begins, or has just ended. */
export function refresh(number: string): void {
  enqueue(number, entryOf(number), 'first');
}

function entryOf(number: string): Entry {
  let entry = entries.get(number);
  if (entry === undefined) {
    entry = { lookup: signal({ state: 'asking', person: nobody(number) }), askedAt: 0 };
    entries.set(number, entry);
    const oldest = entries.size > MAX_KEPT ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
  }
  return entry;
}

function enqueue(number: string, entry: Entry, where: 'first' | 'last'): void {
  entry.askedAt = Date.now();
  if (where === 'first') waiting.unshift(number);
  else waiting.push(number);
  // Not while a page is being drawn.
  queueMicrotask(askNext);
}

function askNext(): void {
  while (asking < MAX_ASKING) {
    const number = waiting.shift();
    if (number === undefined) return;
    asking++;
    void askFor(number).finally(() => {
      asking--;
      askNext();
    });
  }
}

async function askFor(number: string): Promise<void> {
  const entry = entryOf(number);
  try {
    const answer = await ask<PeopleAnswer>(`/api/people?number=${encodeURIComponent(number)}`);
    entry.lookup.value = { state: 'known', person: toPerson(answer) };
  } catch {
    entry.askedAt = 0;
    if (entry.lookup.value.state !== 'known')
      entry.lookup.value = { state: 'failed', person: nobody(number) };
  }
}
