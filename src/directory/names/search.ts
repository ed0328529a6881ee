import type { FoundName } from './names.ts';

/** Letters or digits that a search has at least: less would find everybody. */
export const MIN_SEARCHED = 2;
export const MAX_SEARCHED = 60;
/** Of each kind. */
export const MAX_FOUND = 10;

/**
 * The table of shipments holds hundreds of thousands, and no index of it knows a name. So of the recipients only those of
 * the newest shipments are searched, by their codes: what that costs does not grow with the table.
 */
export const RECENT_SHIPMENTS = 20_000;

/** What is searched by name. */
export const SEARCHED = [
  { kind: 'courier', table: 'kurier', column: 'name' },
  { kind: 'client', table: 'clients', column: 'company' },
  { kind: 'contact', table: 'fio', column: 'name' },
  { kind: 'recipient', table: 'address', column: 'name' },
] as const satisfies readonly { kind: FoundName['kind']; table: string; column: string }[];

/** What a bar code may be: digits, or letters and signs with them. */
export function isBarcode(text: string): boolean {
  return /^[A-Za-z\d_-]{4,40}$/.test(text) && /\d/.test(text);
}

/** For `like … escape '!'`: what stands anywhere in a name, each sign for itself. */
export function likePattern(text: string): string {
  return `%${text.replaceAll(/[!%_]/g, '!$&')}%`;
}
