/**
 * The text with full-width digits, no-break spaces, long dashes and the like as their plain relatives, and
 * without invisible marks: numbers copied from a phone book come wrapped in direction marks. Costs nothing
 * for ASCII, which is what comes from a trunk.
 */
export function plainText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/\p{Zs}/gu, ' ');
}
