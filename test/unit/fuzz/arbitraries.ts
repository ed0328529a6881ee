import * as fc from 'fast-check';
import type { Client, Holder, Manager, Match } from '../../../src/directory/match.ts';

/** How many random inputs there are in all; `npm run fuzz` takes a million. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 4000);

/** @param share of a property in all the inputs: what is slow gets fewer of them */
export function runs(share: number): { numRuns: number } {
  return { numRuns: Math.ceil(RUNS * share) };
}

const TEETH = [
  ...'0123456789'.split(''),
  ...'+-() .,;&/@$={}[]"\'\\|<>%#*!?:_~^`\t'.split(''),
  '\n',
  '\r\n',
  '\0',
  'я',
  'Ё',
  '٣',
  '９',
  '\u202E',
  '📞',
  '\uFFFD',
  '8-916-100-00-11',
  '+7 (916) 100-00-12',
  '79162000001',
  '101, 102',
  'доб. 12',
  ',30,A(x)',
  '&PJSIP/evil',
  '@evil',
  'Local/s@evil',
  '${SHELL(reboot)}',
  '$[1+1]',
  '"\nEXEC System "reboot',
  "' OR '1'='1",
  '; DROP TABLE contacts',
  'ROUTE_STATUS=OK',
  'HANGUP',
  'unknown',
  'anonymous',
];

/** Text made of what means something to Asterisk, to SQL, to a terminal or to a phone number. */
export const nasty = fc.oneof(
  fc.array(fc.constantFrom(...TEETH), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const code = fc.oneof(fc.integer(), fc.integer({ min: 1, max: 99 }));
const manager: fc.Arbitrary<Manager | null> = fc.option(fc.record({ user: nasty, extPhone: nasty }));
const client: fc.Arbitrary<Client | null> = fc.option(
  fc.record({ code, state: fc.option(fc.integer()), manager }),
);
const holder: fc.Arbitrary<Holder | null> = fc.option(
  fc.record({
    courier: code,
    phonem: nasty,
    phonek: nasty,
    phone: nasty,
    hasLeft: fc.boolean(),
    issuedAt: fc.option(nasty),
    handedOver: fc.boolean(),
  }),
);

/** What a database full of dirt could say of a number. */
export const matches: fc.Arbitrary<Match[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('courier' as const), courier: code, branch: fc.option(code), manager }),
    fc.record({
      kind: fc.constant('recipient' as const),
      shipment: code,
      order: fc.option(code),
      visible: fc.boolean(),
      client,
      branch: fc.option(code),
      open: fc.boolean(),
      holder,
    }),
    fc.record({ kind: fc.constant('contact' as const), person: code, client }),
    fc.record({ kind: fc.constant('client' as const), client }),
  ),
  { maxLength: 6 },
);

const KEYS = [
  'agi_network',
  'agi_network_script',
  'agi_request',
  'agi_channel',
  'agi_uniqueid',
  'agi_callerid',
  'agi_calleridname',
  'agi_callingpres',
  'agi_dnid',
  'agi_arg_1',
  'agi_arg_2',
  'agi_arg_99',
];

const script = fc
  .tuple(
    fc.constantFrom('route', '', 'other', 'route/../x'),
    fc.array(fc.tuple(fc.constantFrom('number', 'only', 'x', ''), nasty), { maxLength: 3 }),
  )
  .map(([path, query]) => `${path}?${query.map(([name, value]) => `${name}=${value}`).join('&')}`);

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...KEYS), nasty).map(([key, value]) => `${key}: ${value}`),
  },
  { weight: 2, arbitrary: script.map((value) => `agi_network_script: ${value}`) },
  { weight: 1, arbitrary: nasty },
);

/** What a peer sends first: nearly an environment, or nothing like one. */
export const opening: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(`${lines.join('\n')}\n\n`)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);
