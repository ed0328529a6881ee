import { parseArgs } from 'node:util';
import { ASTERISK_KEYS, type AsteriskKey } from './asterisk/contender.ts';
import { CONTENDER_KEYS, type ContenderKey } from './contenders/contender.ts';
import type { CallingBenchOptions } from './calling/bench.ts';
import { DESK_PARTS, type DeskBenchOptions } from './desk/bench.ts';
import { PHASES, type PhaseName } from './slice.ts';

export interface Options {
  /** Small data, short slices, few rounds: under two minutes, and only good for a first look. */
  readonly quick: boolean;
  /** End with status 1 when a ratio is missed. */
  readonly check: boolean;
  readonly only: readonly ContenderKey[];
  /** The part on a real Asterisk, alone. */
  readonly asterisk: boolean;
  /** The desk alone: what it measures, and how much; undefined: the router. */
  readonly desk: DeskBenchOptions | undefined;
  /** Calls that the desk makes, on a real Asterisk, alone; undefined: something else. */
  readonly calling: CallingBenchOptions | undefined;
  /** `only` for that part. */
  readonly onlyOnAsterisk: readonly AsteriskKey[];
  /** Kinds of load; saturation is derived from `closed 50`. */
  readonly phases: readonly PhaseName[];
  readonly rounds: number;
  /** Shipments in the database; a tenth of them in the small one. */
  readonly shipments: number;
  /** Length of one slice of load. */
  readonly sliceMs: number;
  /** Where the JSON goes. */
  readonly out: string;
  /** A folder for a CPU profile of the contenders written in Node; undefined: none is made. */
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench -- [--quick] [--check] [--only a,c] [--phases 'closed 10,open 500'] [--rounds N] [--seconds N] [--out FILE] [--profile FOLDER]
npm run bench -- --asterisk [--quick] [--only c,f] [--rounds N] [--seconds N] [--shipments N] [--out FILE]
npm run bench -- --desk [--quick] [--only following,journal,beside,feeds,card,pages] [--rate N] [--seconds N] [--calls N] [--rounds N]
                       [--events N] [--rung N] [--journal FILE]
npm run bench -- --calling [--rate N] [--calls N] [--shipments N]

  a  bare limit: Node, the one statement, one MSet, no logic
  b  ding-dong with the three sample queries, one after the other
  s  the same, that stops at the first query that finds somebody
  c  this server, live
  d  this server, from its snapshot, the database being away
  e  an AGI script in Python, forked for each call
  t  this server on a tenth of the data

--asterisk: on a real Asterisk, with calls that come by SIP at 10, 50 and 100 calls/s

  g  no look-up
  a  bare limit, asked with AGI()
  c  this server, live, asked with AGI()
  f  func_odbc with the three sample queries, which stops at the first that finds somebody

--desk: the desk on a played Asterisk. Ends with status 1 when a goal is missed

  following  calls for a minute: every one right, CPU an event, memory, how far the journal is behind
  journal    a big journal: bytes a call, writing, reading
  beside     the router with and without a busy desk
  feeds      events for a receiver that refuses one in three: each arrives, in order; how soon, memory
  card       a real Asterisk, five telephones and browsers: from the INVITE to the card
  pages      a big journal in the browser: first page and filters

--calling: calls that the desk makes on a real Asterisk, from the request to the first INVITE. Ends with status 1 when a
goal is missed
`;

const ALONE = { rounds: '5', seconds: '4', out: 'bench/results/latest.json' };
/** About five minutes. Each of the four contenders begins one round. */
const ON_ASTERISK = { rounds: '4', seconds: '3', out: 'bench/results/asterisk-latest.json' };

/** @throws {RangeError | TypeError} an option that there is not, or a value that is none */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      asterisk: { type: 'boolean', default: false },
      desk: { type: 'boolean', default: false },
      calling: { type: 'boolean', default: false },
      rate: { type: 'string' },
      calls: { type: 'string' },
      events: { type: 'string' },
      rung: { type: 'string' },
      journal: { type: 'string' },
      only: { type: 'string' },
      phases: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      shipments: { type: 'string' },
      out: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const { quick, check, asterisk, desk, calling, profile } = values;
  const usual = asterisk ? ON_ASTERISK : ALONE;
  if (asterisk && (check || values.phases !== undefined)) {
    throw new RangeError(
      '--asterisk has rates of its own and no ratios to reach: leave --phases and --check out',
    );
  }
  return {
    quick,
    check,
    asterisk,
    desk: desk ? deskOptions(values) : undefined,
    calling: calling ? callingOptions(values) : undefined,
    only: asterisk || desk ? [] : listOf('--only', CONTENDER_KEYS, values.only),
    onlyOnAsterisk: asterisk ? listOf('--only', ASTERISK_KEYS, values.only) : [],
    phases: listOf('--phases', PHASES, values.phases),
    rounds: positive('--rounds', values.rounds ?? (quick ? '1' : usual.rounds)),
    shipments: positive('--shipments', values.shipments ?? (quick ? '60000' : '600000')),
    sliceMs: positive('--seconds', values.seconds ?? (quick ? '1.5' : usual.seconds)) * 1000,
    out: values.out ?? usual.out,
    profile,
  };
}

function deskOptions(values: {
  readonly quick: boolean;
  readonly only?: string | undefined;
  readonly rate?: string | undefined;
  readonly seconds?: string | undefined;
  readonly calls?: string | undefined;
  readonly rounds?: string | undefined;
  readonly events?: string | undefined;
  readonly rung?: string | undefined;
  readonly journal?: string | undefined;
}): DeskBenchOptions {
  const { quick, only, rate = '100', seconds, calls, rounds, events, rung } = values;
  return {
    parts: listOf('--only', DESK_PARTS, only),
    callsPerSecond: positive('--rate', rate),
    seconds: positive('--seconds', seconds ?? (quick ? '15' : '60')),
    calls: positive('--calls', calls ?? (quick ? '50000' : '1000000')),
    rounds: positive('--rounds', rounds ?? (quick ? '1' : '5')),
    events: positive('--events', events ?? (quick ? '10000' : '100000')),
    journal: values.journal,
    rung: positive('--rung', rung ?? (quick ? '10' : '60')),
  };
}

function callingOptions(values: {
  readonly rate?: string | undefined;
  readonly calls?: string | undefined;
  readonly shipments?: string | undefined;
}): CallingBenchOptions {
  const { rate = '5', calls = '200', shipments = '60000' } = values;
  return {
    callsPerSecond: positive('--rate', rate),
    calls: positive('--calls', calls),
    shipments: positive('--shipments', shipments),
  };
}

/** All of them when nothing is said. */
function listOf<Value extends string>(
  name: string,
  all: readonly Value[],
  text: string | undefined,
): readonly Value[] {
  return text?.split(',').map((one) => oneOf(name, all, one)) ?? all;
}

function oneOf<Value extends string>(name: string, allowed: readonly Value[], text: string): Value {
  const found = allowed.find((value) => value === text.trim());
  if (found === undefined)
    throw new RangeError(`${name} received ${text}; it takes a list of: ${allowed.join(', ')}`);
  return found;
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new RangeError(`${name} received ${text}; it must be a number above 0`);
  return number;
}
