import { afterAll, describe, expect, test } from '@jest/globals';
import { EmbeddedDirectory } from '../../../src/directory/demo/embedded.directory.ts';
import { createFieldParser } from '../../../src/phone/field.ts';
import { entitlementOf } from '../../../src/routing/entitlement.ts';

const directory = new EmbeddedDirectory();
afterAll(() => directory.close());

const parseField = createFieldParser('RU', { strip: ['9', '0'] });

async function ask(courier: string, number: string, isOffice = false) {
  const [caller, wanted] = await Promise.all([directory.find(courier), directory.find(number)]);
  return entitlementOf(caller.matches, { number, matches: wanted.matches, isOffice }, parseField);
}

describe('a courier may be connected with', () => {
  test.each([
    ['the recipient of a shipment in their hands', '79161000011', '79162000001', 11, [70_001]],
    [
      'a recipient of whose shipments another courier holds one more',
      '79161000011',
      '79162000002',
      11,
      [70_002],
    ],
    ['the recipient of the other one', '79161000012', '79162000002', 12, [70_003]],
    ['a colleague who is a recipient', '79161000011', '79161000015', 11, [70_008]],
    ['a recipient abroad', '79161000015', '375291234567', 15, [70_007]],
    [
      'a recipient whose shipment they reported as handed over: the office has not closed it',
      '79161000012',
      '79162000011',
      12,
      [70_012],
    ],
    ['the extension of their manager', '79161000011', '102', 11, []],
    ['their manager, who is a colleague with a mobile', '79161000017', '79161000018', 17, []],
  ])('%s', async (_what, courier, number, code, shipments) => {
    expect(await ask(courier, number)).toEqual({ entitled: true, courier: code, shipments });
  });

  test('the office', async () => {
    expect(await ask('79161000014', '100', true)).toEqual({ entitled: true, courier: 14, shipments: [] });
  });
});

describe('nobody else is connected:', () => {
  test.each([
    ['a recipient whose shipment another courier holds', '79161000012', '79162000001', 'not-in-hand'],
    ['a delivered shipment', '79161000013', '79162000006', 'not-in-hand'],
    ['a shipment in the warehouse', '79161000011', '79162000005', 'not-in-hand'],
    ['a client', '79161000011', '74952000201', 'not-a-recipient'],
    ['a number that nobody has', '79161000011', '79990001122', 'not-a-recipient'],
    ["another courier's manager", '79161000011', '103', 'not-a-recipient'],
    ['a courier who has left, and holds the shipment', '79161000016', '79162000013', 'courier-left'],
    ['a courier who has left, and their manager', '79161000016', '101', 'courier-left'],
    ['a recipient who calls', '79162000001', '79162000001', 'not-a-courier'],
    ['a client who calls', '74952000201', '79162000001', 'not-a-courier'],
    ['a stranger who calls', '79990001122', '79162000001', 'not-a-courier'],
  ])('%s', async (_what, courier, number, why) => {
    expect(await ask(courier, number)).toMatchObject({ entitled: false, why });
  });

  test.each([
    ['a stranger', '79990001122', 'not-a-courier'],
    ['a courier who has left', '79161000016', 'courier-left'],
  ])('not even the office with %s', async (_who, courier, why) => {
    expect(await ask(courier, '100', true)).toMatchObject({ entitled: false, why });
  });

  test('a shipment that was closed while it still counts as in the hands of the courier', () => {
    const holder = {
      courier: 11,
      phonem: '',
      phonek: '',
      phone: '',
      hasLeft: false,
      issuedAt: null,
      handedOver: false,
    };
    const shipment = {
      kind: 'recipient' as const,
      shipment: 1,
      order: null,
      visible: true,
      client: null,
      branch: null,
      open: false,
      holder,
    };
    const courier = { kind: 'courier' as const, courier: 11, branch: null, manager: null };
    const wanted = { number: '79162000001', isOffice: false };
    expect(entitlementOf([courier], { ...wanted, matches: [shipment] }, parseField)).toMatchObject({
      why: 'not-in-hand',
    });
    expect(
      entitlementOf([courier], { ...wanted, matches: [{ ...shipment, open: true }] }, parseField),
    ).toMatchObject({ entitled: true });
  });
});
