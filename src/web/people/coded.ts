import type { ReadonlySignal } from '@preact/signals';
import { ask } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { askLater, Cache, isFresh } from './cache.ts';

/** Kinds of links that have names, and their lists in `GET /api/names`. */
const LISTS = { courier: 'couriers', client: 'clients', contact: 'contacts' } as const;
type Kind = keyof typeof LISTS;
const KINDS: readonly Kind[] = ['courier', 'client', 'contact'];
/** Codes of one request and kind, as the desk takes them. */
const MAX_CODES = 30;
const MAX_CODE = 999_999_999_999_999;

/** By `courier 11`. */
const names = new Cache<string | null>(() => null);
const wanted: Readonly<Record<Kind, Set<number>>> = {
  courier: new Set(),
  client: new Set(),
  contact: new Set(),
};
let isAsking = false;

/** What the code of a link stands for; null where that is not known. What a page draws at once is asked for at once. */
export function nameOfCode({ kind, code }: PageCall['links'][number]): ReadonlySignal<string | null> {
  const entry = names.get(`${kind} ${code}`);
  if (isNamed(kind) && code >= 0 && code <= MAX_CODE && !isFresh(entry)) {
    entry.askedAt = Date.now();
    wanted[kind].add(code);
    setTimeout(() => void askForNames());
  }
  return entry.value;
}

async function askForNames(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  while (KINDS.some((kind) => wanted[kind].size > 0)) await askForSome();
  isAsking = false;
}

async function askForSome(): Promise<void> {
  const taken = KINDS.map((kind) => [kind, take(wanted[kind])] as const);
  const query = new URLSearchParams(taken.map(([kind, codes]) => [LISTS[kind], codes.join(',')]));
  const answer = await ask<Record<(typeof LISTS)[Kind], readonly { code: number; name: string }[]>>(
    `/api/names?${query}`,
  ).catch(() => null);
  for (const [kind, codes] of taken) {
    const known = new Map(answer?.[LISTS[kind]].map(({ code, name }) => [code, name]));
    for (const code of codes) {
      const entry = names.get(`${kind} ${code}`);
      const name = known.get(code);
      // It has no name, or the database could not be asked.
      if (name === undefined) askLater(entry);
      else entry.value.value = name;
    }
  }
}

function take(codes: Set<number>): number[] {
  const some = [...codes].slice(0, MAX_CODES);
  for (const code of some) codes.delete(code);
  return some;
}

function isNamed(kind: PageCall['links'][number]['kind']): kind is Kind {
  return Object.hasOwn(LISTS, kind);
}
