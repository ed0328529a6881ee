import type { Client, CourierMatch, Holder, Manager, Match } from '../../../src/directory/match.ts';

/**
 * Whose each number of the demo company is, as the rows of `company.ts` say: written by hand, and held
 * against every database that can answer.
 */

const olga: Manager = { user: 'olga', extPhone: '101, 102' };
const pavel: Manager = { user: 'pavel', extPhone: '103' };
const irina: Manager = { user: 'irina', extPhone: '104, 8 (903) 555-00-04' };
const sergey: Manager = { user: 'sergey', extPhone: '8-903-555-00-05' };

const books: Client = { code: 201, state: 1, manager: olga };
const tea: Client = { code: 202, state: 1, manager: irina };
const storehouse: Client = { code: 203, state: 3, manager: null };
const flowers: Client = { code: 204, state: 1, manager: sergey };

/** What most couriers have in common, and most of what they hold. */
const HOLDER = { phonek: '', phone: '', hasLeft: false, handedOver: false } as const;

const andrey = (issuedAt: string): Holder => ({
  ...HOLDER,
  courier: 11,
  phonem: '8-916-100-00-11',
  phone: '8-985-100-00-11',
  issuedAt,
});
const boris = (issuedAt: string, handedOver = false): Holder => ({
  ...HOLDER,
  courier: 12,
  phonem: '+7 (916) 100-00-12',
  phonek: '8 495 100 00 12',
  issuedAt,
  handedOver,
});
const vera = (issuedAt: string): Holder => ({
  ...HOLDER,
  courier: 13,
  phonem: '89161000013, 89261000013',
  issuedAt,
});
const gleb = (issuedAt: string): Holder => ({ ...HOLDER, courier: 14, phonem: '', issuedAt });
const denis = (issuedAt: string): Holder => ({
  ...HOLDER,
  courier: 15,
  phonem: '9161000015',
  phonek: '89161000015',
  issuedAt,
});
const egor = (issuedAt: string): Holder => ({
  ...HOLDER,
  courier: 16,
  phonem: '89161000016',
  hasLeft: true,
  issuedAt,
});
const zhanna = (issuedAt: string): Holder => ({ ...HOLDER, courier: 17, phonem: '89161000017', issuedAt });

/** The manager who is no office user, but a colleague. */
const zakhar: Manager = { user: '18', extPhone: '8 916 100-00-18' };

const courier = (code: number, manager: Manager | null, branch: number | null = null): CourierMatch => ({
  kind: 'courier',
  courier: code,
  branch,
  manager,
});
const client = (who: Client): Match => ({ kind: 'client', client: who });
const contact = (person: number, who: Client): Match => ({ kind: 'contact', person, client: who });
const held = (
  shipment: number,
  order: number,
  who: Client,
  holder: Holder,
  changes: { readonly branch?: number; readonly visible?: boolean } = {},
): Match => ({
  kind: 'recipient',
  shipment,
  order,
  visible: true,
  client: who,
  branch: holder.courier === 11 ? 1 : null,
  open: true,
  holder,
  ...changes,
});
const inNobodysHands = (
  shipment: number,
  order: number,
  who: Client,
  changes: { readonly open: boolean; readonly branch?: number; readonly writtenAs?: string },
): Match => ({
  kind: 'recipient',
  shipment,
  order,
  visible: true,
  client: who,
  branch: null,
  holder: null,
  ...changes,
});

/** Number, who that is, and the matches in their order. */
export const EXPECTED_MATCHES: readonly (readonly [string, string, readonly Match[]])[] = [
  ['79161000011', 'a courier', [courier(11, olga, 1)]],
  ['79161000012', 'a courier', [courier(12, pavel)]],
  ['74951000012', 'the same courier at home', [courier(12, pavel)]],
  ['79161000013', 'a courier', [courier(13, irina)]],
  ['79261000013', 'the same courier, second telephone', [courier(13, irina)]],
  ['79161000014', 'a courier without a manager', [courier(14, null)]],
  [
    '79161000015',
    'a courier who is a recipient as well',
    [courier(15, sergey), held(70008, 5001, books, andrey('2026-03-03 09:20:00'))],
  ],

  ['74952000201', 'a client', [client(books)]],
  ['74952000202', 'a client', [client(tea)]],
  ['74952000203', 'a client who has left, without a manager', [client(storehouse)]],
  ['74952000204', 'a client', [client(flowers)]],
  [
    '74952000301',
    'a contact person on the telephone of another client',
    [contact(301, books), client(storehouse)],
  ],
  ['79162000302', 'a contact person', [contact(302, tea)]],

  ['79162000001', 'a recipient', [held(70001, 5001, books, andrey('2026-03-03 09:00:00'))]],
  [
    '79162000002',
    'a recipient of three shipments: the newest first, the delivered one last',
    [
      held(70003, 5002, tea, boris('2026-03-03 09:10:00')),
      held(70002, 5001, books, andrey('2026-03-02 09:00:00')),
      inNobodysHands(70004, 5002, tea, { open: false }),
    ],
  ],
  [
    '79162000005',
    'a recipient of what lies in the warehouse',
    [inNobodysHands(70005, 5002, tea, { open: true })],
  ],
  ['79162000006', 'a recipient of what was delivered', [inNobodysHands(70006, 5001, books, { open: false })]],
  ['375291234567', 'a recipient abroad', [held(70007, 5004, flowers, denis('2026-03-03 08:00:00'))]],
  [
    '79162000009',
    'a recipient whose courier has no telephone',
    [held(70009, 5004, flowers, gleb('2026-03-03 09:30:00'))],
  ],
  [
    '79162000010',
    'a recipient whose courier has two numbers in one field',
    [held(70010, 5003, storehouse, vera('2026-03-03 09:40:00'))],
  ],

  ['79161000016', 'a courier who has left', [{ ...courier(16, olga), hasLeft: true }]],
  ['79161000017', 'a courier whose manager is a colleague', [courier(17, zakhar, 2)]],
  ['79161000018', 'that colleague', [courier(18, olga, 2)]],
  [
    '79162000011',
    'a recipient of two shipments, the newer one reported as handed over',
    [
      held(70011, 5001, books, andrey('2026-03-02 09:50:00')),
      held(70012, 5002, tea, boris('2026-03-03 09:50:00', true)),
    ],
  ],
  [
    '79162000013',
    'a recipient whose courier has left',
    [held(70013, 5001, books, egor('2026-02-26 09:00:00'))],
  ],
  [
    '79162000014',
    'a recipient in another branch than the courier’s',
    [held(70014, 5002, tea, zhanna('2026-03-03 10:00:00'), { branch: 3 })],
  ],
  [
    '79162000015',
    'a recipient whose number was typed by hand',
    [inNobodysHands(70015, 5001, books, { open: true, branch: 2, writtenAs: '8 (916) 200-00-15' })],
  ],
  [
    '79162000016',
    'a recipient of two shipments, the newer one of an order that is not live',
    [
      held(70016, 5002, tea, andrey('2026-03-03 10:10:00')),
      held(70017, 5005, tea, boris('2026-03-03 10:20:00'), { visible: false }),
    ],
  ],

  ['79990000000', 'nobody', []],
  ['', 'nobody', []],
  ['7916200000', 'nobody: a prefix of a number is not the number', []],
  ['%', 'nobody: a wildcard is a letter like others', []],
  ["' OR '1'='1", 'nobody: a quote ends nothing', []],
  ["79162000001' -- ", 'nobody: a comment hides nothing', []],
  ["\\' OR 1=1 -- ", 'nobody: a backslash escapes nothing', []],
  ['79162000001; DROP TABLE contacts', 'nobody: there is no second statement', []],
];
