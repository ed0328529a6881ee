import { printable } from '../util/printable.ts';
import { paint } from '../util/colour.ts';
import { plural } from '../util/plural.ts';
import type { ScenarioOutcome } from './run.ts';
import { scriptOfRequest } from './environment.ts';

export interface TableOptions {
  /** Colour the last column; false by default. See `wantsColour`. */
  readonly colour?: boolean;
}

const HEADINGS = ['scenario', 'who calls', 'what was found', 'who rings', 'ms', 'ok'] as const;

/**
 * The outcomes as an aligned table with a newline at the end: a row each, an attempt a line, what failed
 * beneath its row, and the sum.
 */
export function formatTable(
  outcomes: readonly ScenarioOutcome[],
  { colour = false }: TableOptions = {},
): string {
  const rows = outcomes.map((outcome) => cellsOf(outcome).map((cell) => cell.map(printable)));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(displayWidth(heading), ...rows.flatMap((row) => (row[column] ?? []).map(displayWidth))),
  );
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => pad(cell, widths[column] ?? 0, HEADINGS[column] === 'ms')).join('  ');

  const lines = [line(HEADINGS), widths.map((width) => '-'.repeat(width)).join('  ')];
  outcomes.forEach(({ failures }, index) => {
    const row = rows[index] ?? [];
    const height = Math.max(...row.map((cell) => cell.length));
    for (let at = 0; at < height; at++) {
      const cells = row.map((cell) => cell[at] ?? '');
      const outcome = paint(cells.at(-1) ?? '', failures.length === 0 ? 'green' : 'red', colour);
      lines.push(`${line(cells.slice(0, -1))}  ${outcome}`);
    }
    for (const failure of failures) lines.push(paint(`    ${printable(failure)}`, 'red', colour));
  });
  const failed = outcomes.filter((outcome) => outcome.failures.length > 0).length;
  const sum = `${plural(outcomes.length, 'scenario')}, ${outcomes.length - failed} as expected, ${failed} not`;
  lines.push('', paint(sum, failed === 0 ? 'green' : 'red', colour));
  return `${lines.map((text) => text.trimEnd()).join('\n')}\n`;
}

/** A row: each cell is the lines in it. */
function cellsOf({ scenario, result, failures }: ScenarioOutcome): readonly (readonly string[])[] {
  const get = (name: string): string => result.variables.get(name) ?? '';
  return [
    [scenario.title],
    [whoCalls(scenario.environment)],
    [whatWasFound(get, result.agiStatus)],
    whoRings(get),
    [result.durationMs.toFixed(1)],
    [failures.length === 0 ? 'ok' : 'FAILED'],
  ];
}

/** The number in the request wins, as it does in the server. */
function whoCalls(environment: ReadonlyMap<string, string>): string {
  const script =
    environment.get('agi_network_script') ?? scriptOfRequest(environment.get('agi_request') ?? '');
  const given = /[?&]number=([^&]*)/.exec(script)?.[1];
  return given ?? environment.get('agi_callerid') ?? 'unknown';
}

function whatWasFound(get: (name: string) => string, agiStatus: string): string {
  const who = get('ROUTE_CALLER');
  const named = (label: string, name: string): string[] =>
    get(name) === '' ? [] : [`${label} ${get(name)}`];
  const courier = named('courier', 'ROUTE_COURIER');
  const client = named('client', 'ROUTE_CLIENT');
  const shipment = named('shipment', 'ROUTE_SHIPMENT');
  const codes: Readonly<Record<string, readonly string[]>> = {
    courier,
    recipient: [['recipient', ...shipment].join(' of '), ...courier],
    contact: [['contact', ...client].join(' of ')],
    client,
  };
  const details = [...(codes[who] ?? []), ...(agiStatus === 'SUCCESS' ? [] : [`AGISTATUS ${agiStatus}`])];
  return [get('ROUTE_STATUS'), ...(details.length === 0 ? [] : [details.join(', ')])].join(': ');
}

function whoRings(get: (name: string) => string): readonly string[] {
  const count = Math.min(Number(get('ROUTE_COUNT')) || 0, 20);
  const lines = Array.from({ length: count }, (_one, index) => waysOf(get, index + 1)).flatMap(
    ([dial = '', ...further], index) => [
      index === 0 ? dial : `then ${dial}`,
      ...further.map((way) => `  or ${way}`),
    ],
  );
  return lines.length === 0 ? ['-'] : lines;
}

/** How an attempt is dialled: the first way, and the next one for when one cannot place the call. */
function waysOf(get: (name: string) => string, attempt: number): readonly string[] {
  const ways = [get(`ROUTE_DIAL_${attempt}`)];
  for (let step = 2; step <= MAX_WAYS; step++) {
    const way = get(`ROUTE_DIAL_${attempt}_${step}`);
    if (way === '') break;
    ways.push(way);
  }
  return ways;
}

/** More than a server of this version sends. */
const MAX_WAYS = 20;

function pad(text: string, width: number, right: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? fill + text : text + fill;
}

/** Columns in a terminal: combining marks take none, East Asian wide characters and emoji two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.normalize('NFC')) {
    if (/\p{Mark}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;
