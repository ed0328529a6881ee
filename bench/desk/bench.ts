import { tell } from '../progress.ts';
import { measureBeside } from './beside.ts';
import { measureCard } from './card.ts';
import { measureFeeds } from './feeds.ts';
import { measureFollowing } from './following.ts';
import { measureJournal } from './journal.ts';
import { measurePages } from './pages.ts';

export interface DeskBenchOptions {
  readonly callsPerSecond: number;
  /** How long calls come. */
  readonly seconds: number;
  /** Calls of the big journal. */
  readonly calls: number;
  /** With and without a desk, in turns. */
  readonly rounds: number;
  /** Events of a feed. */
  readonly events: number;
  /** Calls that ring at five telephones. */
  readonly rung: number;
  /** File of the big journal, kept for the next run of `pages`; undefined: of this run alone. */
  readonly journal: string | undefined;
  readonly parts: readonly DeskPart[];
}

export const DESK_PARTS = ['following', 'journal', 'beside', 'feeds', 'card', 'pages'] as const;
export type DeskPart = (typeof DESK_PARTS)[number];

const SLICE_MS = 4000;

interface Line {
  readonly name: string;
  readonly value: string;
  readonly goal: string;
  readonly reached: boolean | undefined;
}

/** The desk on a played Asterisk, its journal alone, and the router beside it. @returns the exit status: 1 when a goal is missed */
export async function benchDesk(options: DeskBenchOptions): Promise<number> {
  const lines: Line[] = [];
  const measure = async (part: DeskPart, what: string, look: () => Promise<readonly Line[]>) => {
    if (!options.parts.includes(part)) return;
    tell(what);
    lines.push(...(await look()));
  };
  await measure('following', `calls for ${options.seconds} s`, () => following(options));
  await measure('journal', `a journal of ${options.calls} calls`, () => journal(options));
  await measure('beside', 'the router with and without a desk', () => beside(options));
  await measure('card', `${options.rung} calls at five telephones and browsers`, () => card(options));
  await measure('pages', `the pages of a journal of ${options.calls} calls`, () => pages(options));

  await measure('feeds', `${options.events} events of a feed`, () => feeds(options));

  const width = Math.max(...lines.map(({ name }) => name.length));
  const text = lines.map(({ name, value, goal, reached }) => {
    const verdict = reached === undefined ? '' : reached ? 'ok' : 'MISSED';
    return `${name.padEnd(width)}  ${value.padStart(14)}  ${goal.padStart(14)}  ${verdict}`.trimEnd();
  });
  process.stdout.write(`\n${text.join('\n')}\n`);
  return lines.some(({ reached }) => reached === false) ? 1 : 0;
}

async function following({ callsPerSecond, seconds }: DeskBenchOptions): Promise<Line[]> {
  const { calls, wrong, gaps, eventsPerSecond, cpuMicrosAnEvent, behindMs, memoryMb } =
    await measureFollowing(callsPerSecond, seconds);
  const growth = memoryMb.third / memoryMb.second;
  return [
    figure('events a second', eventsPerSecond, 0),
    most('calls that are not in the journal as they were', wrong, 0, 0),
    figure('calls', calls, 0),
    figure('gaps that the journal tells, in which calls may be wrong', gaps, 0),
    most('CPU an event, us', cpuMicrosAnEvent, 60, 1),
    figure('from the end of a call until it is told, middle, ms', behindMs.p50, 0),
    most('… longest, ms (half a second is meant)', behindMs.max, 1500, 0),
    most('memory, most, MB', memoryMb.most, 250, 0),
    most('… last third, compared with the one before', growth, 1.05, 2),
  ];
}

async function journal({ calls, journal: file }: DeskBenchOptions): Promise<Line[]> {
  const { bytesACall, writtenPerSecond, readMs } = await measureJournal(calls, file);
  const goals: Readonly<Record<string, number>> = {
    'first page': 20,
    'one number': 20,
    'last four digits of a number': 300,
  };
  return [
    most('journal: bytes a call', bytesACall, 700, 0),
    least('journal: calls written a second', writtenPerSecond, 1000, 0),
    ...[...readMs].map(([name, { p50, max }]) => {
      const goal = goals[name];
      const line = `journal: ${name}, middle of 20, ms (longest ${max.toFixed(1)})`;
      return goal === undefined ? figure(line, p50, 1) : most(line, p50, goal, 1);
    }),
  ];
}

async function beside({ callsPerSecond, rounds }: DeskBenchOptions): Promise<Line[]> {
  const figures = await measureBeside({ callsPerSecond, rounds, sliceMs: SLICE_MS });
  return [
    figure('router without a desk, 10 callers, calls a second', figures.without.callsPerSecond, 0),
    figure('router beside a busy desk, calls a second', figures.with.callsPerSecond, 0),
    least('… the second divided by the first', figures.ratio, 0.9, 2),
    ...[figures.without, figures.with].flatMap(({ answered, p50, p99 }, index) => [
      figure(
        `router ${index === 0 ? 'without' : 'beside'}, ${callsPerSecond} calls/s, answered, %`,
        answered,
        1,
      ),
      figure('… after, middle, ms', p50, 1),
      figure('… p99, ms', p99, 1),
    ]),
  ];
}

async function feeds({ events }: DeskBenchOptions): Promise<Line[]> {
  const { lost, outOfOrder, requests, again, cpuMsARequest, seconds, memoryMb } = await measureFeeds(events);
  return [
    most(`feeds: events of ${events} that did not arrive`, lost, 0, 0),
    most('… that came before an earlier one of their call', outOfOrder, 0, 0),
    figure('… that came twice', again, 0),
    figure('requests, a third of them refused', requests, 0),
    figure('CPU of the desk a request, ms', cpuMsARequest, 2),
    figure('half of the events had arrived after, s', seconds.half, 0),
    figure('… 99.9 %', seconds.most, 0),
    figure('… all', seconds.all, 0),
    most('feeds: memory, most, MB', memoryMb.most, 250, 0),
    most(
      '… last third of the events, compared with the one before',
      memoryMb.third / memoryMb.second,
      1.1,
      2,
    ),
  ];
}

async function card({ rung }: DeskBenchOptions): Promise<Line[]> {
  const { shown, named, gone } = await measureCard(rung);
  return [
    figure('card: from the INVITE until it is painted, middle, ms', shown.p50, 0),
    most('… p99', shown.p99, 300, 0),
    figure('… longest', shown.max, 0),
    figure('card: until it has the name, middle, ms', named.p50, 0),
    figure('… p99', named.p99, 0),
    figure('card: from the answer until the others say so, middle, ms', gone.p50, 0),
    most('… longest', gone.max, 300, 0),
  ];
}

async function pages({ calls, journal: file }: DeskBenchOptions): Promise<Line[]> {
  const { times } = await measurePages(calls, file);
  return [...times].map(([name, { p50, max }]) =>
    most(`pages: ${name}, middle of its tries, ms (longest ${max.toFixed(0)})`, p50, 200, 0),
  );
}

function figure(name: string, value: number, digits: number): Line {
  return { name, value: value.toFixed(digits), goal: '', reached: undefined };
}

function most(name: string, value: number, goal: number, digits: number): Line {
  return { name, value: value.toFixed(digits), goal: `≤ ${goal}`, reached: value <= goal };
}

function least(name: string, value: number, goal: number, digits: number): Line {
  return { name, value: value.toFixed(digits), goal: `≥ ${goal}`, reached: value >= goal };
}
