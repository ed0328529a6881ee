import type { PageCall } from '../calls/page-call.ts';
import type { Gap } from '../journal/rows.ts';

export type Happening =
  | { readonly name: 'call'; readonly call: PageCall }
  /** The call `id` turned out to be a part of `into`, and is no more. */
  | { readonly name: 'joined'; readonly id: string; readonly into: string }
  | { readonly name: 'gap'; readonly gap: Gap }
  /** What goes on was read anew: other facts may have changed as well. */
  | { readonly name: 'reloaded' };
type Listener = (what: Happening) => void;
const listeners = new Set<Listener>();

/** @returns ends it */
export function onHappening(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function tell(what: Happening): void {
  for (const listener of listeners) listener(what);
}
