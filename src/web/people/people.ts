import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { ask } from '../api.ts';
import { nobody, toPerson, type PeopleAnswer, type Person, type PersonKind } from './person.ts';

/** `asking` until it is known; `failed` when the database could not be asked. */
export interface Lookup {
  readonly state: 'asking' | 'known' | 'failed';
  readonly person: Person;
}

/** In short, for rows; `unknown` until it is known as well. */
export interface Named {
  readonly kind: PersonKind | 'unknown';
  readonly isKnown: boolean;
  readonly name: string | null;
  readonly company: string | null;
}

interface Entry<Value> {
  readonly value: Signal<Value>;
  askedAt: number;
}

/** How long an answer serves, in ms. Cards ask anew. */
const FRESH_MS = 5 * 60_000;
/** After a failure nobody is asked about again for so long, in ms: what failed is drawn anew, and would ask at once. */
const FAILED_MS = 5000;
const MAX_KEPT = 3000;

/** What is known by number; the oldest is forgotten. */
class Cache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #empty: (number: string) => Value;

  constructor(empty: (number: string) => Value) {
    this.#empty = empty;
  }

  get(number: string): Entry<Value> {
    let entry = this.#entries.get(number);
    if (entry === undefined) {
      entry = { value: signal(this.#empty(number)), askedAt: 0 };
      this.#entries.set(number, entry);
      const oldest = this.#entries.size > MAX_KEPT ? this.#entries.keys().next().value : undefined;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry;
  }
}

const people = new Cache<Lookup>((number) => ({ state: 'asking', person: nobody(number) }));
const names = new Cache<Named>(() => ({ kind: 'unknown', isKnown: false, name: null, company: null }));

/** Whose a number is, with shipments and last calls. It is looked up when somebody asks for the first time. */
export function lookUp(number: string): ReadonlySignal<Lookup> {
  const entry = people.get(number);
  if (Date.now() - entry.askedAt > FRESH_MS) refresh(number);
  return entry.value;
}

/** Asks anew: a call of the user's own begins, or has just ended. */
export function refresh(number: string): void {
  const entry = people.get(number);
  entry.askedAt = Date.now();
  ask<PeopleAnswer>(`/api/people?number=${encodeURIComponent(number)}`).then(
    (answer) => {
      const person = toPerson(answer);
      entry.value.value = { state: 'known', person };
      const { kind, name } = person;
      const company = answer.candidates.find(({ won }) => won)?.company ?? person.company;
      names.get(number).value.value = { kind, isKnown: true, name, company };
    },
    () => {
      askLater(entry);
      if (entry.value.peek().state !== 'known')
        entry.value.value = { state: 'failed', person: nobody(number) };
    },
  );
}

/** Numbers of one request, as the desk takes them. */
const MAX_NUMBERS = 30;
const wanted = new Set<string>();
let isAsking = false;

/** Whose a number is, in short. What a page draws at once is asked for at once. */
export function nameFor(number: string): ReadonlySignal<Named> {
  const entry = names.get(number);
  if (Date.now() - entry.askedAt > FRESH_MS) {
    entry.askedAt = Date.now();
    wanted.add(number);
    setTimeout(() => void askForNames());
  }
  return entry.value;
}

async function askForNames(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  while (wanted.size > 0) {
    const numbers = [...wanted].slice(0, MAX_NUMBERS);
    for (const number of numbers) wanted.delete(number);
    await askForSome(numbers);
  }
  isAsking = false;
}

async function askForSome(numbers: readonly string[]): Promise<void> {
  try {
    const answer = await ask<{
      people: (Omit<Named, 'kind'> & { number: string; kind: PersonKind | null })[];
    }>(`/api/names?numbers=${encodeURIComponent(numbers.join(','))}`);
    for (const { number, kind, name, company } of answer.people) {
      names.get(number).value.value = { kind: kind ?? 'unknown', isKnown: true, name, company };
    }
  } catch {
    // They are asked for again when they are drawn again.
    for (const number of numbers) askLater(names.get(number));
  }
}

function askLater(entry: Entry<unknown>): void {
  entry.askedAt = Date.now() - FRESH_MS + FAILED_MS;
}
