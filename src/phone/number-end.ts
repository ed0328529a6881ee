/** A national number has as many digits, or nearly: fewer are looked for as they are. */
const WHOLE = 10;

/**
 * What to look for at the end of numbers when somebody types one, or a part of one: `8 (916) 123-45-67` stands in the journal as
 * 79161234567, and `4567` is the end of it.
 *
 * @param normalise a whole number to the digits that the journal has; null when it is none
 */
export function numberEnd(text: string, normalise: (text: string) => string | null): string {
  const digits = text.replaceAll(/\D/g, '');
  return digits.length < WHOLE ? digits : (normalise(text) ?? digits);
}
