import { signal } from '@preact/signals';
import { ask } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';

type Link = PageCall['links'][number];

const LISTS = { courier: 'couriers', client: 'clients', contact: 'contacts' } as const;
type Kind = keyof typeof LISTS;
const KINDS: readonly Kind[] = ['courier', 'client', 'contact'];
/** Then all are forgotten, and those that are shown are asked for again. */
const MAX_KEPT = 3000;

/** By `courier 11`; `''` for a code that has no name. */
const known = signal<ReadonlyMap<string, string>>(new Map());

/** What a code stands for; null where that is not known. */
export function nameOfCode({ kind, code }: Link): string | null {
  return known.value.get(`${kind} ${code}`) || null;
}

/** Asks for the names of links that are not known yet. Without an answer their codes stay. */
export async function readNames(links: readonly Link[]): Promise<void> {
  const wanted = links.filter(({ kind, code }) => isNamed(kind) && !known.peek().has(`${kind} ${code}`));
  if (wanted.length === 0) return;
  const codesOf = (kind: Kind): number[] =>
    wanted.filter((link) => link.kind === kind).map(({ code }) => code);
  const query = new URLSearchParams(KINDS.map((kind) => [LISTS[kind], codesOf(kind).join(',')]));
  const answer = await ask<Record<(typeof LISTS)[Kind], readonly { code: number; name: string }[]>>(
    `/api/names?${query}`,
  ).catch(() => null);
  if (answer === null) return;
  const next = new Map(known.peek().size > MAX_KEPT ? [] : known.peek());
  for (const { kind, code } of wanted) next.set(`${kind} ${code}`, '');
  for (const kind of KINDS)
    for (const { code, name } of answer[LISTS[kind]]) next.set(`${kind} ${code}`, name);
  known.value = next;
}

function isNamed(kind: Link['kind']): kind is Kind {
  return Object.hasOwn(LISTS, kind);
}
