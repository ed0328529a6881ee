/** Parameters of ANSI's SGR sequence (ECMA-48). */
const CODES = { bold: 1, red: 31, green: 32, yellow: 33, grey: 90 } as const;

export type Colour = keyof typeof CODES;

/** Colours are for people at a terminal who did not ask for none (no-color.org). */
export function wantsColour(stream: { readonly isTTY?: boolean }, noColor: string | undefined): boolean {
  return stream.isTTY === true && (noColor ?? '') === '';
}

/** @param wanted false leaves the text as it is; see `wantsColour` */
export function paint(text: string, colour: Colour, wanted: boolean): string {
  return wanted ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text;
}
