import { printable } from '../util/printable.ts';
import { paint } from '../util/colour.ts';
import { plural } from '../util/plural.ts';
import type { ScenarioOutcome } from './run.ts';
import { displayWidth, fitWidths, longestPiece, pad, wrap } from './columns.ts';
import { scriptOfRequest } from './environment.ts';

export interface TableOptions {
  /** Colour the last column; false by default. See `wantsColour`. */
  readonly colour?: boolean;
  /** Columns of the terminal; cells are wrapped to it. As wide as it gets by default. */
  readonly width?: number | undefined;
  /** Put those who call as the same under one heading, in place of the order given; false by default. */
  readonly grouped?: boolean;
}

const HEADINGS = ['scenario', 'who calls', 'what was found', 'who rings', 'ms', 'ok'] as const;

/** No column is wider than that for the sake of a long word, in a terminal that is narrow. */
const LONG_WORD = 24;
const GAP = '  ';

/** Who calls, as `ROUTE_CALLER` says, in the order of their headings; the rest comes last. */
const GROUPS: Readonly<Record<string, string>> = {
  recipient: 'Recipients',
  courier: 'Couriers',
  contact: 'Contact persons of clients',
  client: 'Clients',
};
const REST = 'Strangers, and calls without a usable number';

/**
 * The outcomes as an aligned table with a newline at the end: a row each, an attempt a line, what failed
 * beneath its row, and the sum.
 */
export function formatTable(outcomes: readonly ScenarioOutcome[], options: TableOptions = {}): string {
  const { colour = false, width = Infinity, grouped = false } = options;
  const cells = new Map(
    outcomes.map((one) => [one, cellsOf(one).map((cell) => cell.map(printable))] as const),
  );
  const columns = HEADINGS.map((heading, column) => [
    heading,
    ...[...cells.values()].flatMap((row) => row[column] ?? []),
  ]);
  const natural = columns.map((texts) => Math.max(...texts.map(displayWidth)));
  const least = columns.map(([heading = '', ...texts]) =>
    Math.max(displayWidth(heading), Math.min(LONG_WORD, Math.max(0, ...texts.map(longestPiece)))),
  );
  const widths = fitWidths(natural, least, width - GAP.length * (HEADINGS.length - 1));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, HEADINGS[column] === 'ms')).join(GAP);
  const rowOf = (one: ScenarioOutcome): string[] => {
    const row = (cells.get(one) ?? []).map((cell, column) =>
      cell.flatMap((text) => wrap(text, widths[column] ?? 0)),
    );
    const height = Math.max(...row.map((cell) => cell.length));
    const lines = Array.from({ length: height }, (_none, at) => {
      const texts = row.map((cell) => cell[at] ?? '');
      const outcome = texts.at(-1) ?? '';
      const painted = paint(outcome, one.failures.length === 0 ? 'green' : 'red', colour && outcome !== '');
      return `${line(texts.slice(0, -1))}${GAP}${painted}`;
    });
    return [...lines, ...one.failures.map((failure) => paint(`    ${printable(failure)}`, 'red', colour))];
  };

  const groups = grouped ? groupsOf(outcomes) : [['', outcomes] as const];
  const body = groups.flatMap(([heading, members]) => [
    ...(heading === '' ? [] : ['', paint(heading, 'bold', colour)]),
    ...members.flatMap(rowOf),
  ]);
  const failed = outcomes.filter((outcome) => outcome.failures.length > 0).length;
  const sum = `${plural(outcomes.length, 'scenario')}, ${outcomes.length - failed} as expected, ${failed} not`;
  const rule = widths.map((count) => '-'.repeat(count)).join(GAP);
  const lines = [line(HEADINGS), rule, ...body, '', paint(sum, failed === 0 ? 'green' : 'red', colour)];
  return `${lines.map((text) => text.trimEnd()).join('\n')}\n`;
}

function groupsOf(
  outcomes: readonly ScenarioOutcome[],
): (readonly [heading: string, members: readonly ScenarioOutcome[]])[] {
  const headingOf = ({ result }: ScenarioOutcome): string =>
    GROUPS[result.variables.get('ROUTE_CALLER') ?? ''] ?? REST;
  return [...Object.values(GROUPS), REST]
    .map((heading) => [heading, outcomes.filter((one) => headingOf(one) === heading)] as const)
    .filter(([, members]) => members.length > 0);
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
