import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CallRefusedError } from '../../../src/calling/refusals.ts';
import type { CallRequest } from '../../../src/calling/request.ts';
import { PROGRAM, startRig, type Rig } from './rig.ts';

/* Couriers of the demo company: 11 holds shipment 70001, 12 holds 70003, 16 has left, 14 has no telephone. */

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    calls: { confirmCourier: true, recordCouriers: true, announceRecipient: 'custom/recorded' },
  });
});
afterAll(() => rig.stop());

const COURIER = '79161000011';
const RECIPIENT = '79162000001';

/** What is told of a courier's request: a code, or the links of the call that is made. */
async function attempt(request: Pick<CallRequest, 'from' | 'to'> & Partial<CallRequest>): Promise<unknown> {
  try {
    const call = await rig.place({ requester: PROGRAM, by: 'courier', ...request });
    return call.links.map(({ kind, code }) => `${kind} ${code}`);
  } catch (error) {
    if (error instanceof CallRefusedError) return error.code;
    throw error;
  }
}

const by = {
  code: (courier: number) => ({ kind: 'courier', courier }) as const,
  number: (number: string) => ({ kind: 'number', number }) as const,
};
const to = {
  shipment: (shipment: number) => ({ kind: 'shipment', shipment }) as const,
  number: (number: string) => ({ kind: 'number', number }) as const,
  extension: (extension: string) => ({ kind: 'extension', extension }) as const,
};

const HELD = ['shipment 70001', 'order 5001', 'client 201', 'courier 11'];

describe('who may be called by a courier', () => {
  test.each([
    ['the recipient of what they hold, by shipment', by.code(11), to.shipment(70_001), HELD],
    ['by number', by.code(11), to.number('8 916 200-00-01'), HELD],
    ['when the courier is known by their number', by.number(`+${COURIER}`), to.number(RECIPIENT), HELD],
    ['a colleague of the office', by.code(11), to.extension('103'), ['courier 11']],
    ['what another courier holds', by.code(11), to.shipment(70_003), 'not_entitled'],
    ['that by number', by.code(12), to.number(RECIPIENT), 'not_entitled'],
    ['what was delivered', by.code(13), to.shipment(70_004), 'not_entitled'],
    ['what nobody holds', by.code(11), to.shipment(70_005), 'not_entitled'],
    ['any other number', by.code(11), to.number('79990001122'), 'not_entitled'],
    ['a shipment that there is not', by.code(11), to.shipment(1), 'no_number'],
    ['by somebody who has left', by.code(16), to.shipment(70_013), 'not_entitled'],
    ['by their number', by.number('79161000016'), to.shipment(70_013), 'not_entitled'],
    ['by somebody without a telephone', by.code(14), to.shipment(70_009), 'no_telephone'],
    ['by nobody', by.code(999), to.shipment(70_001), 'no_telephone'],
    ['by a recipient', by.number(RECIPIENT), to.number(RECIPIENT), 'not_entitled'],
  ])('%s', async (_what, from, target, expected) => {
    expect(await attempt({ from, to: target })).toEqual(expected);
  });

  test.each([
    ['their manager', '102', ['courier 11']],
    ['the number of the office', '100', ['courier 11']],
    ['nobody else of the office', '103', 'not_entitled'],
  ])('through the door: %s', async (_what, extension, expected) => {
    const target = to.extension(extension);
    expect(await attempt({ from: by.number(COURIER), to: target, officeNumbers: ['100'] })).toEqual(expected);
  });
});

test("the courier's telephone is rung over the dialplan, and sees nothing of the recipient", async () => {
  const before = rig.asked().length;
  const { id } = await rig.place({ requester: PROGRAM, from: by.code(12), to: to.shipment(70_003) });
  const [request] = rig.asked().slice(before);
  expect(request).toMatchObject({
    // The played Asterisk has no Local channels: it reaches the courier over the trunk.
    channel: 'PJSIP/79161000012@trunk',
    exten: '79162000002',
    callerId: '74951234567',
  });
  expect(request?.variables).toEqual([
    'COURIER_CALLERID=74951234567',
    'COURIER_SHOWN=74951234567',
    'COURIER_RING=30',
    'COURIER_OUTSIDE=yes',
    'COURIER_LINE=PJSIP/79162000002@trunk',
    'COURIER_FIRST_LINE=PJSIP/79161000012@trunk',
    'COURIER_CONFIRM=yes',
    'COURIER_RECORD=yes',
    'COURIER_ANNOUNCE=custom/recorded',
  ]);
  expect(await rig.ended(id)).toMatchObject({
    direction: 'courier',
    links: expect.arrayContaining([{ kind: 'shipment', code: 70_003, how: 'requested', rank: 1 }]),
    outcome: 'answered',
  });
});

test("dial.courierPrefix goes before a courier's number, and before no recipient's", async () => {
  const prefixed = await startRig({ courierPrefix: '*5' });
  try {
    await prefixed.place({ requester: PROGRAM, from: by.code(11), to: to.shipment(70_001) });
    expect(prefixed.asked()[0]?.variables).toEqual(
      expect.arrayContaining([
        'COURIER_FIRST_LINE=PJSIP/*579161000011@trunk',
        'COURIER_FIRST_PREFIX=yes',
        `COURIER_LINE=PJSIP/${RECIPIENT}@trunk`,
      ]),
    );
  } finally {
    await prefixed.stop();
  }
});
