import type { ReadonlySignal } from '@preact/signals';
import { ask } from '../api.ts';
import { askLater, Cache, isFresh } from './cache.ts';
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

const people = new Cache<Lookup>((number) => ({ state: 'asking', person: nobody(number) }));
const names = new Cache<Named>(() => ({ kind: 'unknown', isKnown: false, name: null, company: null }));

/** Whose a number is, with shipments and last calls. It is looked up when somebody asks for the first time. */
export function lookUp(number: string): ReadonlySignal<Lookup> {
  const entry = people.get(number);
  if (!isFresh(entry)) refresh(number);
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
  if (!isFresh(entry)) {
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
