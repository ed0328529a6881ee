/** Of a user, or of a token. */
const NAME = /^[\p{L}\p{N}_.@-](?:[\p{L}\p{N}_.@ -]{0,58}[\p{L}\p{N}_.@-])?$/u;
export const NAME_RULE = 'up to 60 letters, digits, blanks and _ . @ -';

/** The same for names that differ in capital and small letters alone. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

export function isName(name: string): boolean {
  return NAME.test(name);
}
