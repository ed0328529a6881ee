import { describe, expect, test } from '@jest/globals';
import type { Manager } from '../../../src/directory/match.ts';
import type { Decision } from '../../../src/routing/decision.ts';
import {
  CALLER,
  client,
  clientMatch,
  contactMatch,
  courierMatch,
  decideWith,
  dials,
  holder,
  irina,
  shipment,
} from './builders.ts';

describe('a recipient', () => {
  test('reaches the courier who holds his shipment', () => {
    expect(decideWith([shipment(70001)])).toMatchObject({
      status: 'OK',
      caller: 'recipient',
      target: 'courier',
      number: CALLER,
      courier: 11,
      client: 201,
      clientState: 1,
      order: 5001,
      shipment: 70001,
      attempts: [
        {
          dial: 'PJSIP/79161000011@trunk',
          number: '79161000011',
          ring: 20,
          why: { code: 'holds-shipment', courier: 11, shipment: 70001, phone: 'phonem' },
        },
      ],
    });
  });

  test('with several couriers reaches them open shipments first, then issued last, then newest, each once', () => {
    const decision = decideWith([
      shipment(1, { open: false, holder: holder(11, undefined, '', '2026-03-09 09:00:00') }),
      shipment(2, { holder: holder(12, undefined, '', '2026-03-02 09:00:00') }),
      shipment(3, { holder: holder(13, undefined, '', '2026-03-03 09:00:00') }),
      shipment(4, { holder: holder(14) }),
      shipment(5, { holder: holder(15) }),
      shipment(6, { holder: holder(12, undefined, '', '2026-03-01 09:00:00') }),
    ]);
    expect(decision.attempts.map(({ number }) => number)).toEqual([
      '79161000013',
      '79161000012',
      '79161000015',
      '79161000014',
      '79161000011',
    ]);
    expect(decision).toMatchObject({ courier: 13, shipment: 3 });
    expect(decision.candidates.every(({ won }) => won)).toBe(true);
  });

  test('who was a courier once reaches his courier too, and the other of several couriers of one number his manager', () => {
    const left = { ...courierMatch(16), hasLeft: true as const };
    expect(decideWith([left, shipment(70001)])).toMatchObject({
      caller: 'recipient',
      courier: 11,
      candidates: [{ why: { code: 'lower-priority', winner: 'recipient' } }, { won: true }],
    });
    expect(decideWith([left, clientMatch(client(201))])).toMatchObject({ caller: 'client' });
    // Nothing else is known of the number: he may still have a parcel to bring back.
    expect(decideWith([left])).toMatchObject({ status: 'OK', caller: 'courier', target: 'manager' });
    expect(decideWith([left, courierMatch(17), shipment(70001)])).toMatchObject({ caller: 'courier' });
  });

  test('has each phone of the courier tried, in the configured order, none twice', () => {
    const both = [shipment(1, { holder: holder(11, '89161000011, 89261000011', '+7 916 100-00-11') })];
    expect(dials(decideWith(both))).toEqual(['PJSIP/79161000011@trunk', 'PJSIP/79261000011@trunk']);
    const other = [shipment(1, { holder: holder(11, '89161000011', '84951000011') })];
    expect(dials(decideWith(other, 'routing: {courierPhones: [phonek, phonem]}'))).toEqual([
      'PJSIP/74951000011@trunk',
      'PJSIP/79161000011@trunk',
    ]);
    expect(dials(decideWith(other, 'routing: {courierPhones: [phonek]}'))).toEqual([
      'PJSIP/74951000011@trunk',
    ]);
  });

  test('skips a courier without a phone and reaches the next', () => {
    const decision = decideWith([shipment(2, { holder: holder(14, 'нет') }), shipment(1)]);
    expect(decision).toMatchObject({ status: 'OK', courier: 11, shipment: 1 });
    expect(decision.candidates).toMatchObject([
      { code: 2, won: false, why: { code: 'courier-without-phone', courier: 14 } },
      { code: 1, won: true, why: { code: 'first-with-target' } },
    ]);
  });

  test('whose shipment nobody holds is identified and goes to the operators', () => {
    expect(decideWith([shipment(70005, { holder: null })])).toMatchObject({
      status: 'NO_TARGET',
      caller: 'recipient',
      target: null,
      attempts: [],
      courier: null,
      shipment: 70005,
      order: 5001,
      client: 201,
      candidates: [{ won: true, why: { code: 'not-in-hand' } }],
    });
  });

  test('whose shipment nobody holds reaches the manager of the client where that is configured', () => {
    const matches = [shipment(1, { holder: null }), shipment(2, { holder: null, open: false })];
    const decision = decideWith(matches, 'routing: {recipientWithoutCourier: manager}');
    expect(decision).toMatchObject({ status: 'OK', target: 'manager', shipment: 1, client: 201 });
    expect(dials(decision)).toEqual(['PJSIP/101&PJSIP/102']);
    expect(decision.candidates.map(({ why }) => why.code)).toEqual(['first-with-target', 'shipment-closed']);
  });

  test('of closed shipments only is known by the newest', () => {
    const closed = { holder: null, open: false };
    const decision = decideWith(
      [shipment(1, closed), shipment(2, closed)],
      'routing: {recipientWithoutCourier: manager}',
    );
    expect(decision).toMatchObject({ status: 'NO_TARGET', caller: 'recipient', shipment: 2 });
  });

  test('who is the courier himself is not connected with himself', () => {
    const own = shipment(1, { holder: holder(11, CALLER, '89161000011') });
    expect(decideWith([own])).toMatchObject({
      status: 'NO_TARGET',
      candidates: [{ why: { code: 'is-caller' } }],
    });
  });

  test('who is the courier himself, on a third telephone, is not connected with himself', () => {
    const decision = decideWith([courierMatch(11), shipment(1)], '', ['recipient']);
    expect(decision).toMatchObject({ status: 'NO_TARGET', attempts: [] });
    expect(decision.candidates[1]).toMatchObject({ why: { code: 'is-caller' } });
  });

  test('is told of couriers who come after maxAttempts, and of numbers that two couriers share', () => {
    const matches = [
      shipment(3),
      shipment(2, { holder: holder(12, '8-916-100-00-11') }),
      shipment(1, { holder: holder(13) }),
    ];
    const codes = (yaml: string) => decideWith(matches, yaml).candidates.map(({ why }) => why.code);
    expect(codes('')).toEqual(['first-with-target', 'tried-already', 'first-with-target']);
    expect(codes('routing: {maxAttempts: 1}')).toEqual(['first-with-target', 'list-full', 'list-full']);
  });
});

describe('a manager', () => {
  const three: Manager = { user: 'anna', extPhone: '101; доб. 102, 8-903-555-00-04' };

  test.each([
    ['all', ['PJSIP/101&PJSIP/102&PJSIP/79035550004@trunk']],
    ['first', ['PJSIP/101']],
    ['inTurn', ['PJSIP/101', 'PJSIP/102', 'PJSIP/79035550004@trunk']],
  ])('with several numbers rings as managerRing: %s says', (managerRing, expected) => {
    expect(dials(decideWith([courierMatch(11, three)], `routing: {managerRing: ${managerRing}}`))).toEqual(
      expected,
    );
  });

  test('is reached by the courier, with the numbers listed in the attempt', () => {
    expect(decideWith([courierMatch(11, irina)])).toMatchObject({
      status: 'OK',
      caller: 'courier',
      target: 'manager',
      courier: 11,
      client: null,
      attempts: [
        { number: '79035550004', extension: '104', why: { code: 'manager-of-courier', user: 'irina' } },
      ],
    });
  });

  test('who calls from his own mobile is not sent to his own desk', () => {
    const decision = decideWith([clientMatch(client(201, irina))], '', undefined, '79035550004');
    expect(decision).toMatchObject({ status: 'NO_TARGET', candidates: [{ why: { code: 'is-caller' } }] });
  });

  test.each(['all', 'first', 'inTurn'])(
    'of two clients of the caller rings once with managerRing: %s',
    (managerRing) => {
      const twice = [contactMatch(301, client(201)), contactMatch(302, client(202))];
      const decision = decideWith(twice, `routing: {managerRing: ${managerRing}}`);
      const once = decideWith(twice.slice(0, 1), `routing: {managerRing: ${managerRing}}`);
      expect(dials(decision)).toEqual(dials(once));
      expect(decision.candidates.map(({ won }) => won)).toEqual([true, true]);
    },
  );

  test.each([
    ['nobody is set', courierMatch(14, null), { code: 'no-manager' }],
    [
      'he has no number',
      courierMatch(14, { user: 'marina', extPhone: '' }),
      { code: 'manager-without-phone', user: 'marina' },
    ],
    ['the client is missing', clientMatch(null), { code: 'client-missing' }],
    ['the client has none', contactMatch(301, client(203, null)), { code: 'no-manager' }],
  ])('cannot be reached when %s', (_case, match, why) => {
    const decision = decideWith([match]);
    expect(decision).toMatchObject({ status: 'NO_TARGET', caller: match.kind, attempts: [] });
    expect(decision.candidates).toMatchObject([{ won: true, why }]);
  });
});

describe('priority between kinds', () => {
  const everyKind = [
    clientMatch(client(203, { user: 'd', extPhone: '104' })),
    contactMatch(301, client(201, { user: 'c', extPhone: '103' })),
    shipment(1),
    courierMatch(15, { user: 'a', extPhone: '101' }),
  ];

  test.each([
    ['', 'courier'],
    ['routing: {priority: [recipient, courier]}', 'recipient'],
    ['routing: {priority: [contact, client, courier]}', 'contact'],
    ['routing: {priority: [client]}', 'client'],
  ])('%p lets the %s win', (yaml, caller) => {
    expect(decideWith(everyKind, yaml)).toMatchObject({ status: 'OK', caller });
  });

  test('tells of each match why it lost', () => {
    const decision = decideWith(everyKind, 'routing: {priority: [recipient, courier, client]}');
    expect(decision.candidates).toMatchObject([
      { kind: 'client', code: 203, won: false, why: { code: 'lower-priority', winner: 'recipient' } },
      { kind: 'contact', code: 301, won: false, why: { code: 'kind-left-out' } },
      { kind: 'recipient', code: 1, won: true, why: { code: 'first-with-target' } },
      { kind: 'courier', code: 15, won: false, why: { code: 'lower-priority', winner: 'recipient' } },
    ]);
  });

  test('a kind that leads to nobody gives way to the next', () => {
    const decision = decideWith([courierMatch(14, null), shipment(1)]);
    expect(decision).toMatchObject({ status: 'OK', caller: 'recipient', courier: 11 });
    expect(decision.candidates[0]).toMatchObject({
      kind: 'courier',
      won: false,
      why: { code: 'no-manager' },
    });
  });

  test('with nobody to dial the first known kind tells who calls', () => {
    const decision = decideWith([clientMatch(client(203, null, 3)), shipment(1, { holder: null })]);
    expect(decision).toMatchObject({ status: 'NO_TARGET', caller: 'recipient', shipment: 1 });
    expect(decision.candidates.map(({ won }) => won)).toEqual([false, true]);
  });

  test('only= restricts whom to look for', () => {
    expect(decideWith(everyKind, '', ['client'])).toMatchObject({
      status: 'OK',
      caller: 'client',
      client: 203,
    });
    expect(decideWith([shipment(1)], '', ['courier'])).toMatchObject({
      status: 'UNKNOWN',
      caller: null,
      attempts: [],
    });
  });

  test('no match at all is UNKNOWN', () => {
    expect(decideWith([])).toMatchObject({
      status: 'UNKNOWN',
      source: 'live',
      ageSeconds: 0,
      candidates: [],
    });
  });
});

describe('the attempts', () => {
  const crowd = [11, 12, 13, 15].map((code) => shipment(code, { holder: holder(code) }));

  test('are at most maxAttempts', () => {
    expect(decideWith(crowd, 'routing: {maxAttempts: 2}').attempts).toHaveLength(2);
  });

  test('ring as long as configured', () => {
    expect(decideWith(crowd, 'routing: {ringSeconds: 7}').attempts.map(({ ring }) => ring)).toEqual([
      7, 7, 7, 7,
    ]);
  });

  const extensions = (count: number) => Array.from({ length: count }, (_, index) => 101 + index);
  const many = (count: number) => [courierMatch(11, { user: 'all', extPhone: extensions(count).join(',') })];
  const rung = (decision: Decision) =>
    decision.attempts.map(({ extension }) => extension?.split(',').map(Number));

  test('ring ten devices at once, and the others after them', () => {
    expect(rung(decideWith(many(12)))).toEqual([extensions(12).slice(0, 10), [111, 112]]);
    expect(rung(decideWith(many(10)))).toEqual([extensions(10)]);
  });

  test('are no more than maxAttempts, however many devices there are', () => {
    const decision = decideWith(many(30), 'routing: {maxAttempts: 2}');
    expect(rung(decision)).toEqual([extensions(10), extensions(20).slice(10)]);
  });

  test('hold nothing of a dirty phone field but digits', () => {
    const dirty = '8-916-100-00-11&Local/s@evil,tT/${SHELL(id)}';
    for (const dial of dials(decideWith([shipment(1, { holder: holder(11, dirty, dirty) })]))) {
      expect(dial).toMatch(/^PJSIP\/\d+@trunk$/);
    }
  });
});

describe('a list of trunks', () => {
  const yaml = `dial: { trunks: [
    { prefix: ["7916"], dial: [SIP/gsm, SIP/city], callerId: "79160000001", channels: 2 },
    { prefix: ["7903"], dial: SIP/bee },
    { dial: SIP/city, callerId: "74951234567" } ] }`;

  test('gives an attempt its further ways, each with the number that its trunk must show', () => {
    expect(decideWith([shipment(70_001)], yaml).attempts).toMatchObject([
      {
        dial: 'SIP/gsm/79161000011',
        callerId: '79160000001',
        limit: 'gsm:2',
        number: '79161000011',
        fallbacks: [{ dial: 'SIP/city/79161000011', callerId: '74951234567' }],
      },
    ]);
  });

  test('of several telephones at once goes along with each, and the second step has those with a second way', () => {
    const manager = { user: 'anna', extPhone: '101, 8 916 555-00-01, 8 903 555-00-02' };
    const [attempt] = decideWith([courierMatch(11, manager)], yaml).attempts;
    expect(attempt).toMatchObject({
      dial: 'PJSIP/101&SIP/gsm/79165550001&SIP/bee/79035550002',
      callerId: '&79160000001&',
      limit: '&gsm:2&',
      extension: '101',
      number: '79165550001,79035550002',
      fallbacks: [{ dial: 'SIP/city/79165550001', callerId: '74951234567' }],
    });
  });

  test('is not there where one trunk is all there is', () => {
    const [attempt] = decideWith([shipment(70_001)]).attempts;
    expect(Object.keys(attempt ?? {}).toSorted()).toEqual(['dial', 'number', 'ring', 'why']);
  });
});

describe('what not every database knows', () => {
  test('the personal telephone of a courier is rung where the configuration names it', () => {
    const match = shipment(1, { holder: { ...holder(11), phone: '8-985-100-00-11' } });
    expect(dials(decideWith([match]))).toEqual(['PJSIP/79161000011@trunk']);
    expect(dials(decideWith([match], 'routing: { courierPhones: [phone, phonem] }'))).toEqual([
      'PJSIP/79851000011@trunk',
      'PJSIP/79161000011@trunk',
    ]);
  });

  test('a courier who has left is not rung, and the next one is', () => {
    const left = shipment(2, { holder: { ...holder(12), hasLeft: true, issuedAt: '2026-03-03 09:00:00' } });
    const decision = decideWith([left, shipment(1)]);
    expect(dials(decision)).toEqual(['PJSIP/79161000011@trunk']);
    expect(decision.candidates[0]).toMatchObject({
      won: false,
      why: { code: 'courier-has-left', courier: 12 },
    });
    expect(decideWith([left])).toMatchObject({ status: 'NO_TARGET', courier: 12, shipment: 2 });
  });

  test('a shipment that is reported as handed over comes after the others, however new', () => {
    const reported = shipment(2, {
      holder: { ...holder(12), handedOver: true, issuedAt: '2026-03-03 09:00:00' },
    });
    expect(decideWith([reported, shipment(1)])).toMatchObject({ shipment: 1, courier: 11 });
    expect(decideWith([reported])).toMatchObject({ status: 'OK', shipment: 2, courier: 12 });
  });

  test('a shipment of an order that is not live comes after the others', () => {
    const hidden = shipment(2, { visible: false, holder: holder(12, undefined, '', '2026-03-03 09:00:00') });
    expect(decideWith([hidden, shipment(1)])).toMatchObject({ shipment: 1 });
  });

  test('a code beyond 2^53 is told as it is', () => {
    const code = '24014736137715713';
    expect(decideWith([shipment(1, { shipment: code, branch: code })])).toMatchObject({
      shipment: code,
      branch: code,
    });
  });
});
