import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Client, Manager, Match } from '../../../src/directory/match.ts';
import { CompactMatchIndex } from '../../../src/directory/snapshot/compact-match-index.ts';
import { runs } from '../../lab/fuzz.ts';

const CODE = fc.oneof(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.constantFrom('24014736137715713', '18446744073709551615'),
);
const TEXT = fc.string({ maxLength: 12 });
const MANAGER: fc.Arbitrary<Manager> = fc.record({ user: TEXT, extPhone: TEXT });
const CLIENT: fc.Arbitrary<Client> = fc.record({
  code: CODE,
  state: fc.option(fc.integer({ min: -5, max: 1000 })),
  manager: fc.option(MANAGER),
});
const ISSUED = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 19).replace('T', ' '));
const MATCH: fc.Arbitrary<Match> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('courier' as const),
      courier: CODE,
      branch: fc.option(CODE),
      manager: fc.option(MANAGER),
      hasLeft: fc.constant(true as const),
    },
    { requiredKeys: ['kind', 'courier', 'branch', 'manager'] },
  ),
  fc.record({ kind: fc.constant('contact' as const), person: CODE, client: fc.option(CLIENT) }),
  fc.record({ kind: fc.constant('client' as const), client: fc.option(CLIENT) }),
  fc.record({
    kind: fc.constant('recipient' as const),
    shipment: CODE,
    order: fc.option(CODE),
    visible: fc.boolean(),
    client: fc.option(CLIENT),
    branch: fc.option(CODE),
    open: fc.boolean(),
    holder: fc.option(
      fc.record({
        courier: CODE,
        phonem: TEXT,
        phonek: TEXT,
        phone: TEXT,
        hasLeft: fc.boolean(),
        issuedAt: fc.option(ISSUED),
        handedOver: fc.boolean(),
      }),
    ),
  }),
);
/** Few, so that some have many matches; among them those that differ in their zeros only. */
const NUMBER = fc.oneof(
  fc.constantFrom('0', '00', '79161234567', '079161234567', '999999999999999', '000000000000000'),
  fc.integer({ min: 10_000, max: 10_200 }).map(String),
  fc.bigInt({ min: 10n ** 14n, max: 10n ** 15n - 1n }).map(String),
);

describe('matches that are packed', () => {
  test('come out as they went in, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(NUMBER, MATCH), { maxLength: 300 }), (entries) => {
        const packed = new CompactMatchIndex();
        const plain = new Map<string, Match[]>();
        for (const [number, match] of entries) {
          packed.add(number, match);
          plain.set(number, [...(plain.get(number) ?? []), match]);
        }
        packed.close();
        expect(packed.size).toBe(plain.size);
        for (const [number, matches] of plain) {
          const found = packed.find(number);
          expect(found).toHaveLength(matches.length);
          expect(found).toEqual(expect.arrayContaining(matches));
        }
        expect(packed.find('123')).toEqual([]);
      }),
      runs(0.1),
    );
  });

  test('are there in a directory of twenty thousand numbers that differ in their last digits', () => {
    const packed = new CompactMatchIndex();
    const numberOf = (index: number) => `7916${String(index).padStart(7, '0')}`;
    for (let index = 0; index < 20_000; index++) {
      packed.add(numberOf(index), { kind: 'courier', courier: index + 1, branch: null, manager: null });
    }
    packed.close();
    expect(packed.size).toBe(20_000);
    for (let index = 0; index < 20_000; index += 99) {
      expect(packed.find(numberOf(index))).toEqual([
        { kind: 'courier', courier: index + 1, branch: null, manager: null },
      ]);
    }
    expect(packed.find(numberOf(20_000))).toEqual([]);
  });
});
