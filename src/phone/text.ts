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

/** `7.9161230001E10`, with a comma in Russian; of fewer decimals a spreadsheet has dropped some: 7.91612E+10. */
const SCIENTIFIC = /(?<![\d.,])(\d)[.,](\d{6,14})e\+?(\d{1,2})(?![\d\p{L}])/giu;

/** `79161230001.0` and `101,00`. */
const DECIMALS = /(?<=\d{3})[.,]0{1,2}(?![\d.-]|,\d)/g;

/** The text with the numbers that went through a spreadsheet, as it writes quantities, put right. */
export function fromSpreadsheet(text: string): string {
  return text
    .replace(SCIENTIFIC, (written, first: string, decimals: string, exponent: string) =>
      decimals.length <= Number(exponent) && Number(exponent) < 15
        ? first + decimals.padEnd(Number(exponent), '0')
        : written,
    )
    .replace(DECIMALS, '');
}
