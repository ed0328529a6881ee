/** Takes from the widest columns until all fit into `total`, or none has more than its least. */
export function fitWidths(widths: readonly number[], least: readonly number[], total: number): number[] {
  const fitted = [...widths];
  const spare = (column: number) => (fitted[column] ?? 0) > (least[column] ?? 0);
  while (fitted.reduce((a, b) => a + b, 0) > total) {
    const widest = Math.max(...fitted.filter((_width, column) => spare(column)));
    const column = fitted.findIndex((width, index) => width === widest && spare(index));
    if (column === -1) break;
    fitted[column] = widest - 1;
  }
  return fitted;
}

/** The longest piece of a text that `wrap` leaves in one. */
export function longestPiece(text: string): number {
  return Math.max(...text.split(BREAK).map((piece) => displayWidth(piece.trimEnd())));
}

/** Behind a blank, and between the devices of a dial string. */
const BREAK = /(?<=[ &])/;

/** Lines of at most `width` columns: cut at blanks and behind `&` where that is possible. */
export function wrap(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const indent = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(BREAK).flatMap((long) => hardCut(long, width))) {
    if (line !== '' && displayWidth((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = indent + piece.trimStart();
    } else line += piece;
  }
  return [...lines, line.trimEnd()];
}

function hardCut(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const pieces = [''];
  for (const character of text) {
    if (displayWidth(`${pieces.at(-1)}${character}`) > width) pieces.push('');
    pieces.push(`${pieces.pop() ?? ''}${character}`);
  }
  return pieces;
}

export function pad(text: string, width: number, right: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? fill + text : text + fill;
}

/** Columns in a terminal: combining marks take none, East Asian wide characters and emoji two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.normalize('NFC')) {
    if (/\p{Mark}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;
