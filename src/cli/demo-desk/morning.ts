import type { Call } from '../../calls/call.ts';
import type { Ids, Script } from '../../simulator/ami/script.ts';
import { courierCallback, inbound, missed, originated, transferred } from '../../simulator/ami/stories.ts';

/** One call of the played morning, and what the journal must say of it. */
export interface Episode {
  /** When it begins, in seconds from the beginning of the morning. */
  readonly at: number;
  /** For a person who watches. */
  readonly what: string;
  readonly play: (ids: Ids) => Script;
  readonly expected: Expected;
}

export interface Expected {
  readonly direction: Call['direction'];
  readonly outcome: Call['outcome'];
  /** Number or extension. */
  readonly from: string;
  /** Number or extension of whoever talked with the one who called; null when nobody did. */
  readonly answeredBy: string | null;
  /** Links of the demo company that the call must have. */
  readonly links: readonly { readonly kind: Call['links'][number]['kind']; readonly code: number }[];
}

/** Of the company. */
const OFFICE = '74950000000';
/** People of `directory/demo/company.ts`. */
const RECIPIENT = '79162000001';
const COURIER = '79161000011';
const CLIENT = '74952000201';
const STRANGER = '79031234567';

/** A morning of the demo company: a bit of everything that happens. Talks are short, so that it is worth watching. */
export const MORNING: readonly Episode[] = [
  {
    at: 0,
    what: 'a recipient asks for their parcel; 101 and 102 ring, 102 answers',
    play: (ids) =>
      inbound(ids, {
        from: RECIPIENT,
        to: OFFICE,
        rings: ['101', '102'],
        answeredBy: '102',
        ringSeconds: 4,
        talkSeconds: 12,
        endedBy: 'caller',
      }),
    expected: {
      direction: 'in',
      outcome: 'answered',
      from: RECIPIENT,
      answeredBy: '102',
      links: [
        { kind: 'shipment', code: 70_001 },
        { kind: 'courier', code: 11 },
      ],
    },
  },
  {
    at: 3,
    what: 'somebody unknown gives up after six seconds',
    play: (ids) =>
      missed(ids, {
        from: STRANGER,
        to: OFFICE,
        rings: ['101', '103'],
        ringSeconds: 6,
        because: 'caller gives up',
      }),
    expected: { direction: 'in', outcome: 'cancelled', from: STRANGER, answeredBy: null, links: [] },
  },
  {
    at: 8,
    what: 'a courier calls the office, and is put through to 103',
    play: (ids) =>
      transferred(ids, {
        from: COURIER,
        to: OFFICE,
        rings: ['101'],
        answeredBy: '101',
        ringSeconds: 2,
        talkSeconds: 5,
        endedBy: 'callee',
        transferredTo: '103',
        talkSecondsAfter: 6,
      }),
    expected: {
      direction: 'in',
      outcome: 'answered',
      from: COURIER,
      answeredBy: '101',
      links: [{ kind: 'courier', code: 11 }],
    },
  },
  {
    at: 14,
    what: 'a courier is called back and connected with their recipient',
    play: (ids) =>
      courierCallback(ids, {
        courier: COURIER,
        recipient: RECIPIENT,
        context: 'courier-call',
        callerId: OFFICE,
        ringSeconds: 3,
        outcome: 'both answer',
        talkSeconds: 8,
      }),
    expected: {
      direction: 'courier',
      outcome: 'answered',
      from: COURIER,
      answeredBy: RECIPIENT,
      links: [{ kind: 'shipment', code: 70_001 }],
    },
  },
  {
    at: 18,
    what: '101 calls the stranger back, at a click',
    play: (ids) =>
      originated(ids, {
        channel: 'PJSIP/101',
        context: 'courier-call',
        exten: STRANGER,
        callerId: STRANGER,
        ringSeconds: 3,
        outcome: 'both answer',
        talkSeconds: 7,
      }),
    expected: { direction: 'out', outcome: 'answered', from: '101', answeredBy: STRANGER, links: [] },
  },
  {
    at: 22,
    what: 'a client calls, and nobody answers',
    play: (ids) =>
      missed(ids, {
        from: CLIENT,
        to: OFFICE,
        rings: ['104'],
        ringSeconds: 8,
        because: 'nobody answers',
      }),
    expected: {
      direction: 'in',
      outcome: 'no_answer',
      from: CLIENT,
      answeredBy: null,
      links: [{ kind: 'client', code: 201 }],
    },
  },
];
