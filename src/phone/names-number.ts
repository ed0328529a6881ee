/**
 * Whether a text that somebody wrote freely has a number in it: with 8 or +7 in front of it, or nothing, and with blanks,
 * brackets and dashes.
 *
 * @param number 7 to 15 digits
 */
export function namesNumber(text: string | null, number: string): boolean {
  return text !== null && text.replaceAll(/\D/g, '').includes(number.slice(-10));
}
