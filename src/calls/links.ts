import type { Link } from './call.ts';

/** What a link leads to. */
export type LinkTarget = Pick<Link, 'kind' | 'code'>;

export function isSameLink(one: LinkTarget, other: LinkTarget): boolean {
  return one.kind === other.kind && one.code === other.code;
}

export function hasLink(links: readonly LinkTarget[], target: LinkTarget): boolean {
  return links.some((link) => isSameLink(link, target));
}

/** Whether the router has named somebody for the caller. */
export function wasRouted(links: readonly Pick<Link, 'how'>[]): boolean {
  return links.some(({ how }) => how === 'routed');
}

/** Links that are found one after the other: each thing once, the first of its kind with rank 1. */
export class FoundLinks {
  readonly all: Link[] = [];
  readonly #how: Link['how'];

  constructor(how: Link['how']) {
    this.#how = how;
  }

  /** @param code those beyond 2^53 are strings, and the journal keeps numbers: there is no link to them */
  add(kind: Link['kind'], code: number | string | null | undefined): void {
    if (typeof code !== 'number' || hasLink(this.all, { kind, code })) return;
    const rank = this.all.filter((link) => link.kind === kind).length + 1;
    this.all.push({ kind, code, how: this.#how, rank });
  }
}
