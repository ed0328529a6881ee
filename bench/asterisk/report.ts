import { markdown, shown } from '../report.ts';
import { median } from '../statistics.ts';
import type { AsteriskContender, AsteriskKey } from './contender.ts';
import { RATES, type AsteriskSlice, type Rate } from './slice.ts';

type Figure = (slice: AsteriskSlice) => number;

/** The rate that CPU time and memory are told of: more calls than at 10, and no queues. */
const TOLD: Rate = 50;

const p50: Figure = ({ setUpMs }) => setUpMs.p50;
const p99: Figure = ({ setUpMs }) => setUpMs.p99;
const allCpu: Figure = ({ cpuUs }) => cpuUs.asterisk + cpuUs.server + cpuUs.database;
const allMemory: Figure = ({ memoryMb }) => memoryMb.asterisk + memoryMb.server;

const COLUMNS: readonly { readonly title: string; readonly rate: Rate; readonly figure: Figure }[] = [
  ...RATES.flatMap((rate) => [
    { title: `p50 ms @${rate}`, rate, figure: p50 },
    { title: `p99 @${rate}`, rate, figure: p99 },
  ]),
  { title: 'Asterisk µs/call', rate: TOLD, figure: ({ cpuUs }) => cpuUs.asterisk },
  { title: 'server µs', rate: TOLD, figure: ({ cpuUs }) => cpuUs.server },
  { title: 'database µs', rate: TOLD, figure: ({ cpuUs }) => cpuUs.database },
  { title: 'all µs', rate: TOLD, figure: allCpu },
  { title: 'Asterisk MB', rate: TOLD, figure: ({ memoryMb }) => memoryMb.asterisk },
  { title: 'server MB', rate: TOLD, figure: ({ memoryMb }) => memoryMb.server },
];

/** Medians over the rounds, as a Markdown table. */
export function asteriskTable(
  contenders: readonly AsteriskContender[],
  slices: readonly AsteriskSlice[],
): string {
  const rows = contenders.map(({ key, name }) => [
    `(${key}) ${name}`,
    ...COLUMNS.map(({ rate, figure }) =>
      shown(median(slices.filter((one) => one.contender === key && one.rate === rate).map(figure))),
    ),
  ]);
  return markdown([['on Asterisk', ...COLUMNS.map(({ title }) => title)], ...rows]);
}

export interface AsteriskRatio {
  readonly name: string;
  readonly ratio: number;
}

const PAIRS: readonly (readonly [AsteriskKey, AsteriskKey])[] = [
  ['c', 'f'],
  ['c', 'a'],
  ['c', 'g'],
  ['f', 'g'],
];

const COMPARED: readonly { readonly name: string; readonly figure: Figure }[] = [
  { name: `set-up time, median, ${TOLD} calls/s`, figure: p50 },
  { name: `set-up time, p99, ${TOLD} calls/s`, figure: p99 },
  { name: `CPU a call of all together, ${TOLD} calls/s`, figure: allCpu },
  { name: 'memory of Asterisk and server', figure: allMemory },
];

/** Of two slices of one round each, the median of the rounds; only of pairs that were both measured. */
export function asteriskRatios(slices: readonly AsteriskSlice[]): AsteriskRatio[] {
  return COMPARED.flatMap(({ name, figure }) =>
    PAIRS.flatMap(([one, other]) => {
      const ratio = pairedRatio(slices, figure, one, other);
      return Number.isNaN(ratio) ? [] : [{ name: `${name}, ${one}/${other}`, ratio }];
    }),
  );
}

function pairedRatio(
  slices: readonly AsteriskSlice[],
  figure: Figure,
  one: AsteriskKey,
  other: AsteriskKey,
): number {
  const told = slices.filter(({ rate }) => rate === TOLD);
  const ratios = told
    .filter(({ contender }) => contender === one)
    .flatMap((slice) => {
      const against = told.find(({ round, contender }) => contender === other && round === slice.round);
      return against === undefined ? [] : [figure(slice) / figure(against)];
    });
  return median(ratios);
}

export function ratioTable(ratios: readonly AsteriskRatio[]): string {
  return markdown([
    ['ratio, median of the rounds', 'measured'],
    ...ratios.map(({ name, ratio }) => [name, ratio.toFixed(2)]),
  ]);
}

/** Calls that were lost, skipped or answered wrongly: speed means nothing beside them. */
export function asteriskFaults(slices: readonly AsteriskSlice[]): string[] {
  return slices.flatMap(({ round, rate, contender, calls: { lost, skipped, wrong } }) =>
    lost + skipped + wrong === 0
      ? []
      : [`(${contender}) ${rate} calls/s, round ${round}: ${lost} lost, ${skipped} skipped, ${wrong} wrong`],
  );
}
