import * as fc from 'fast-check';

/** As many random inputs as all the properties' shares are of; see CONTRIBUTING.md. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);

/** @param share of a property in all the inputs: what is slow gets fewer of them */
export function runs(share: number): { numRuns: number } {
  return { numRuns: Math.ceil(RUNS * share) };
}

/** As many as `npm test` has, which tries everything. */
const ALL = 4000;

/** Places from 1 up to `end`: every one of them, or with fewer inputs some, others in each run. */
export function* places(end: number): Generator<number> {
  const step = Math.max(1, Math.round(ALL / RUNS));
  for (let at = 1 + Math.floor(Math.random() * step); at < end; at += step) yield at;
}

const SURROGATES = { from: 0xd800, count: 0x800 };

/**
 * Any code point but for halves of pairs: what fast-check calls `binary`. That one takes two seconds in each file of
 * tests to look at all code points.
 */
const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - SURROGATES.count }).map(
  (at) => String.fromCodePoint(at < SURROGATES.from ? at : at + SURROGATES.count),
  (text) => {
    const code = typeof text === 'string' ? (text.codePointAt(0) ?? 0) : 0;
    return code < SURROGATES.from ? code : code - SURROGATES.count;
  },
);

/** Text of any characters at all. */
export function anyText(constraints: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: anyCharacter });
}
