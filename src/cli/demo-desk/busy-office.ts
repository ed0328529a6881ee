import type { Ids, Script } from '../../simulator/ami/script.ts';
import { courierCallback, inbound, missed, originated, transferred } from '../../simulator/ami/stories.ts';

/** A call of the office that the pages show: it repeats, and nothing is compared with it. */
export interface Scene {
  /** When it begins, in seconds from the beginning of a round. */
  readonly at: number;
  readonly play: (ids: Ids) => Script;
}

/** Until the round begins anew, in seconds. */
export const ROUND_SECONDS = 75;

const OFFICE = '74950000000';
const EVERYBODY = ['101', '103', '104'];

/** People of `directory/demo/company.ts`. */
const ANDREY = '79161000011';
const BORIS = '79161000012';
const VERA = '79161000013';
const MARIA = '79162000001';
const ILYA = '79162000002';
const SVETLANA = '79162000009';
const VIKTOR = '79162000010';
const BOOKS = '74952000201';
const FLOWERS = '74952000204';
const OLEG = '79162000302';

const answered =
  (from: string, by: string, ringSeconds: number, talkSeconds: number, rings = EVERYBODY) =>
  (ids: Ids) =>
    inbound(ids, { from, to: OFFICE, rings, answeredBy: by, ringSeconds, talkSeconds, endedBy: 'caller' });

const unanswered =
  (from: string, ringSeconds: number, because: 'caller gives up' | 'nobody answers') => (ids: Ids) =>
    missed(ids, { from, to: OFFICE, rings: EVERYBODY, ringSeconds, because });

const courierCalls =
  (courier: string, recipient: string, outcome: 'both answer' | 'second is busy', talkSeconds: number) =>
  (ids: Ids) =>
    courierCallback(ids, {
      courier,
      recipient,
      context: 'courier-call',
      callerId: OFFICE,
      ringSeconds: 4,
      outcome,
      talkSeconds,
    });

/** An office in which three to six calls go on at a time. */
export const BUSY_OFFICE: readonly Scene[] = [
  { at: 0, play: answered(OLEG, '104', 3, 50) },
  { at: 2, play: courierCalls(BORIS, ILYA, 'second is busy', 0) },
  { at: 4, play: courierCalls(VERA, VIKTOR, 'both answer', 38) },
  { at: 9, play: unanswered(FLOWERS, 9, 'caller gives up') },
  {
    at: 13,
    play: (ids) =>
      inbound(ids, {
        from: ILYA,
        to: OFFICE,
        rings: EVERYBODY,
        answeredBy: '101',
        ringSeconds: 12,
        talkSeconds: 35,
        endedBy: 'caller',
        hold: { afterSeconds: 12, seconds: 9 },
      }),
  },
  { at: 20, play: courierCalls(ANDREY, MARIA, 'both answer', 26) },
  { at: 24, play: unanswered('79263456712', 14, 'nobody answers') },
  { at: 31, play: answered(BOOKS, '103', 6, 34) },
  {
    at: 44,
    play: (ids) =>
      transferred(ids, {
        from: BORIS,
        to: OFFICE,
        rings: ['101', '104'],
        answeredBy: '101',
        ringSeconds: 8,
        talkSeconds: 9,
        endedBy: 'caller',
        transferredTo: '103',
        talkSecondsAfter: 12,
      }),
  },
  { at: 52, play: unanswered(SVETLANA, 10, 'caller gives up') },
  {
    at: 58,
    play: (ids) =>
      originated(ids, {
        channel: 'PJSIP/104',
        context: 'courier-call',
        exten: FLOWERS,
        callerId: FLOWERS,
        ringSeconds: 4,
        outcome: 'both answer',
        talkSeconds: 14,
      }),
  },
  { at: 62, play: answered(MARIA, '101', 7, 12) },
];
