import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Call } from '../../../src/calls/call.ts';
import type { CdrRow } from '../../../src/cdr/cdr-row.ts';
import { rebuildCalls } from '../../../src/desk/cdr/rebuild-calls.ts';
import { EPOCH, ID, OPTIONS, row, UNANSWERED } from './cdr-rows.ts';

/** As with `newcdrcolumns`, and as without: there the rows behind a Local channel have a unique id of their own. */
const LINKED = [
  ['with a Linkedid', ID],
  ['without', ''],
] as const;

/** A telephone that the caller rings through a Local channel: the row of the caller, and the one behind. */
const through = (extension: string, number: number, linkedid: string, changes: Partial<CdrRow> = {}) => {
  const local = `Local/${extension}@office-0000000${number}`;
  return [
    row({ dstchannel: `${local};1`, linkedid, ...changes }),
    row({
      channel: `${local};2`,
      dst: extension,
      dstchannel: `PJSIP/${extension}-0000000${number}`,
      uniqueid: `${EPOCH}.${17 + 2 * number}`,
      linkedid,
      ...changes,
    }),
  ] as const;
};

const one = (...rows: CdrRow[]): Call => {
  const calls = rebuildCalls(rows, OPTIONS);
  expect(calls).toHaveLength(1);
  return calls[0] as Call;
};

describe.each(LINKED)('through Local channels, %s', (_which, linkedid) => {
  test('one telephone is one leg and one talk', () => {
    const [outer, inner] = through('102', 1, linkedid);
    for (const rows of [
      [outer, inner],
      [inner, outer],
    ]) {
      expect(one(...rows)).toMatchObject({
        id: `main-${ID}`,
        direction: 'in',
        from: { number: '79162000001' },
        to: { number: '74950000000' },
        answeredBy: { extension: '102', number: null },
        outcome: 'answered',
        missed: false,
        seconds: { wait: 5, talk: 27 },
        legs: [{ party: { extension: '102' }, trunk: null, outcome: 'answered' }],
        talks: [{ a: { number: '79162000001' }, b: { extension: '102' } }],
      });
    }
  });

  test('of two members of a queue one answers', () => {
    const rows = [...through('101', 1, linkedid, UNANSWERED), ...through('102', 2, linkedid)];
    const call = one(...rows);
    expect(call).toMatchObject({ answeredBy: { extension: '102' }, seconds: { talk: 27 }, missed: false });
    expect(call.legs).toMatchObject([
      { party: { extension: '101' }, trunk: null, outcome: 'answered elsewhere' },
      { party: { extension: '102' }, trunk: null, outcome: 'answered' },
    ]);
    expect([call.legs.length, call.talks.length]).toEqual([2, 1]);
  });

  test('nobody answers: missed, with the telephone that rang', () => {
    const call = one(...through('102', 1, linkedid, UNANSWERED));
    expect(call).toMatchObject({ outcome: 'no_answer', missed: true, talks: [], answeredAt: null });
    expect(call.legs).toMatchObject([{ party: { extension: '102' }, trunk: null, outcome: 'no_answer' }]);
  });

  test('one that leads to another one, which rings a mobile over a trunk', () => {
    const [outer, inner] = through('102', 1, linkedid);
    const follow = 'Local/79160000009@out-00000002';
    const call = one(
      outer,
      { ...inner, dstchannel: `${follow};1` },
      {
        ...inner,
        channel: `${follow};2`,
        dst: '79160000009',
        dstchannel: 'PJSIP/gsm-1-00000005',
        uniqueid: `${EPOCH}.30`,
      },
    );
    expect(call).toMatchObject({
      direction: 'in',
      answeredBy: { number: '79160000009' },
      seconds: { talk: 27 },
      legs: [{ trunk: 'gsm-1' }],
    });
    expect(call.legs).toHaveLength(1);
  });

  test('a talk begins when both sides are through: who was asked to press a key waited', () => {
    const [outer, inner] = through('102', 1, linkedid);
    const call = one(outer, { ...inner, answer: '2026-11-26 13:00:02', billsec: 30 });
    expect(call).toMatchObject({ answeredAt: '2026-11-26T08:00:05.000Z', seconds: { talk: 27 } });
  });

  test('a telephone that picked up and was not put through has not talked', () => {
    const [outer, inner] = through('102', 1, linkedid);
    const call = one({ ...outer, ...UNANSWERED }, inner);
    expect(call).toMatchObject({ outcome: 'no_answer', missed: true, talks: [], seconds: { talk: 0 } });
  });

  test('a machine behind it is nobody', () => {
    const [outer, inner] = through('102', 1, linkedid);
    const call = one(outer, { ...inner, dstchannel: '' });
    expect(call).toMatchObject({ outcome: null, missed: false, legs: [], talks: [] });
  });

  test('a row alone tells whom it was to reach', () => {
    const [outer] = through('102', 1, linkedid);
    expect(one(outer)).toMatchObject({
      answeredBy: { extension: '102' },
      seconds: { talk: 27 },
      legs: [{ party: { extension: '102' }, trunk: null }],
    });
  });
});

test('rows as a real Asterisk wrote them, for a ring group of two of which one answered', () => {
  const events = JSON.parse(
    readFileSync(new URL('../../fixtures/ami-streams/22-g2.json', import.meta.url), 'utf8'),
  ) as Record<string, string>[];
  const rows = events
    .filter(({ Event }) => Event === 'Cdr')
    .map((event): CdrRow => {
      const of = (header: string) => event[header] ?? '';
      return {
        src: of('Source'),
        dst: of('Destination'),
        channel: of('Channel'),
        dstchannel: of('DestinationChannel'),
        lastapp: of('LastApplication'),
        start: of('StartTime'),
        answer: of('AnswerTime'),
        end: of('EndTime'),
        duration: Number(of('Duration')),
        billsec: Number(of('BillableSeconds')),
        disposition: of('Disposition'),
        uniqueid: of('UniqueID'),
        linkedid: '',
      };
    });
  expect(rows).toHaveLength(4);
  const call = one(...rows);
  expect(call).toMatchObject({
    id: 'main-1795719412.105',
    direction: 'in',
    from: { number: '79162000001' },
    to: { raw: '1003' },
    answeredBy: { extension: '101' },
    missed: false,
    seconds: { talk: 1 },
  });
  expect(call.legs.map(({ party, outcome }) => [party.extension, outcome]).toSorted()).toEqual([
    ['101', 'answered'],
    ['102', 'answered elsewhere'],
  ]);
});

test('the same name after a restart of Asterisk is another Local channel', () => {
  const [outer, inner] = through('102', 1, '');
  const hour = { start: '2026-11-26 14:00:00', answer: '2026-11-26 14:00:05', end: '2026-11-26 14:00:32' };
  const later = [outer, inner].map((one_, index) => ({
    ...one_,
    ...hour,
    uniqueid: `${EPOCH + 3600}.${1 + index}`,
  }));
  const calls = rebuildCalls([outer, inner, ...later], OPTIONS);
  expect(calls.map(({ id, seconds }) => [id, seconds.talk])).toEqual([
    [`main-${ID}`, 27],
    [`main-${EPOCH + 3600}.1`, 27],
  ]);
});

/** As Asterisk 22 wrote it for an Originate over a Local channel; ids of its own, as without ChannelId. */
describe('a call that the server made over a Local channel', () => {
  const local = 'Local/79162222222@c2c-00000002';
  const fetching = (changes: Partial<CdrRow> = {}) =>
    row({
      src: '79161234567',
      channel: `${local};2`,
      dst: '79162222222',
      dstchannel: 'PJSIP/trunk-0000002b',
      uniqueid: `${EPOCH}.18`,
      linkedid: ID,
      ...changes,
    });
  const calling = (changes: Partial<CdrRow> = {}) =>
    row({
      src: '74950000000',
      channel: `${local};1`,
      dst: '79161234567',
      dstchannel: 'PJSIP/trunk-0000002c',
      linkedid: ID,
      ...changes,
    });

  test('is a call from whom it fetched to whom it rang then, with one talk', () => {
    for (const rows of [
      [fetching(), calling()],
      [calling(), fetching()],
      [calling({ linkedid: '' }), fetching({ linkedid: '' })],
    ]) {
      const call = one(...rows);
      expect(call).toMatchObject({
        id: `main-${ID}`,
        direction: 'courier',
        from: { number: '79162222222' },
        to: { number: '79161234567' },
        answeredBy: { number: '79161234567' },
        missed: false,
        seconds: { talk: 27 },
      });
      expect([call.legs.length, call.talks.length]).toEqual([2, 1]);
    }
  });

  test.each([
    ['the second side did not answer', [fetching(), calling(UNANSWERED)], 'no_answer'],
    ['the first side did not answer', [fetching(UNANSWERED)], 'no_answer'],
    ['the first side was busy', [fetching({ ...UNANSWERED, disposition: 'BUSY' })], 'busy'],
    ['the first side heard an announcement', [fetching(), calling({ dstchannel: '' })], null],
    ['a machine rang somebody', [calling(UNANSWERED)], 'no_answer'],
  ] as const)('is not missed when %s', (_what, rows, outcome) => {
    const call = one(...rows);
    expect(call).toMatchObject({ outcome, missed: false, talks: [], answeredBy: null });
    expect(call.direction).not.toBe('in');
  });

  test('of an extension is outbound', () => {
    const first = fetching({ dst: '101', dstchannel: 'PJSIP/101-0000002b' });
    expect(one(first, calling())).toMatchObject({ direction: 'out', from: { extension: '101' } });
  });
});
