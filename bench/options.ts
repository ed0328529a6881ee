import { parseArgs } from 'node:util';
import { CONTENDER_KEYS, type ContenderKey } from './contenders/contender.ts';
import { PHASES, type PhaseName } from './slice.ts';

export interface Options {
  /** Small data, short slices, few rounds: under two minutes, and only good for a first look. */
  readonly quick: boolean;
  /** End with status 1 when a ratio is missed. */
  readonly check: boolean;
  readonly only: readonly ContenderKey[];
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

  a  bare limit: Node, the one statement, one MSet, no logic
  b  ding-dong with the three sample queries, one after the other
  s  the same, that stops at the first query that finds somebody
  c  this server, live
  d  this server, from its snapshot, the database being away
  e  an AGI script in Python, forked for each call
  t  this server on a tenth of the data
`;

/** @throws {RangeError | TypeError} an option that there is not, or a value that is none */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      only: { type: 'string', default: CONTENDER_KEYS.join(',') },
      phases: { type: 'string', default: PHASES.join(',') },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      shipments: { type: 'string' },
      out: { type: 'string', default: 'bench/results/latest.json' },
      profile: { type: 'string' },
    },
  });
  const { quick, check, out, profile } = values;
  return {
    quick,
    check,
    only: values.only.split(',').map((text) => oneOf('--only', CONTENDER_KEYS, text)),
    phases: values.phases.split(',').map((text) => oneOf('--phases', PHASES, text)),
    rounds: positive('--rounds', values.rounds ?? (quick ? '1' : '5')),
    shipments: positive('--shipments', values.shipments ?? (quick ? '60000' : '600000')),
    sliceMs: positive('--seconds', values.seconds ?? (quick ? '1.5' : '4')) * 1000,
    out,
    profile,
  };
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
