import * as fc from 'fast-check';
import { codeOf, type Client, type Holder, type Manager, type Match } from '../../../src/directory/match.ts';
import { anyText } from '../../lab/fuzz.ts';

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
  anyText({ maxLength: 20 }),
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

const positive = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.constantFrom('24014736137715713', '9007199254740993'),
);
const phones = fc.oneof(
  fc.integer({ min: 10, max: 30 }).map((last) => `8 916 100-00-${last}`),
  fc.constantFrom('', '101', '101, 102', '79162000001', '8-916-100-00-11, доб. 12; @evil'),
);
const believableManager = fc.option(
  fc.record({ user: fc.constantFrom('olga', 'pavel', '12'), extPhone: phones }),
);
const believableClient = fc.option(
  fc.record({ code: positive, state: fc.option(fc.nat(9)), manager: believableManager }),
);
const day = fc.integer({ min: 1, max: 28 }).map((one) => `2026-03-${String(one).padStart(2, '0')} 09:00:00`);

/** What a look-up can say of a number: codes are positive, dates are dates, and no match comes twice. */
export const believableMatches: fc.Arbitrary<Match[]> = fc.uniqueArray(
  fc.oneof(
    fc.record({
      kind: fc.constant('courier' as const),
      courier: positive,
      branch: fc.option(positive),
      manager: believableManager,
    }),
    fc.record({
      kind: fc.constant('recipient' as const),
      shipment: positive,
      order: fc.option(positive),
      visible: fc.boolean(),
      client: believableClient,
      branch: fc.option(positive),
      open: fc.boolean(),
      holder: fc.option(
        fc.record({
          courier: positive,
          phonem: phones,
          phonek: phones,
          phone: phones,
          hasLeft: fc.boolean(),
          issuedAt: fc.option(day),
          handedOver: fc.boolean(),
        }),
      ),
    }),
    fc.record({ kind: fc.constant('contact' as const), person: positive, client: believableClient }),
    fc.record({ kind: fc.constant('client' as const), client: believableClient }),
  ),
  {
    maxLength: 8,
    selector: (match) =>
      `${match.kind} ${codeOf(match)} ${match.kind === 'recipient' ? match.holder?.courier : ''}`,
  },
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
