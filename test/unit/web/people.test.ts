import { describe, expect, test } from '@jest/globals';
import {
  courierTalk,
  courierTries,
  lastTryInVain,
  rungBefore,
  triesFor,
} from '../../../src/web/calls/facts.ts';
import { owedOf, spokeWith, triedBack } from '../../../src/web/missed/owed.ts';
import { toPerson, type Candidate } from '../../../src/web/people/person.ts';
import { at, call, colleague, leg, MARIA, OFFICE, talk } from './calls.ts';

const NUMBER = '79162000002';
const BORIS = { ...MARIA, number: '79161000012', raw: '79161000012' };

const why = (code: string) => ({ code, text: code });
const NAMELESS = {
  name: null,
  company: null,
  manager: null,
  courierName: null,
  recipientCompany: null,
  plan: null,
  order: null,
  open: null,
  since: null,
  handedOver: false,
};

function candidate(parts: Partial<Candidate>): Candidate {
  const shipment = { kind: 'recipient', code: 70003, courier: 12, client: 202 } as const;
  return { ...shipment, ...NAMELESS, won: false, why: why('lower-priority'), ...parts };
}
const person = (...candidates: Candidate[]) => toPerson({ number: NUMBER, candidates, calls: [] });

describe('whose a number is', () => {
  test('a recipient of several shipments is one person, with the open ones in the order of the router', () => {
    const found = person(
      candidate({
        won: true,
        why: why('holds-shipment'),
        name: 'Мария Ковалёва',
        company: 'Чай и кофе',
      }),
      candidate({ code: 70002, courier: 11, name: 'Мария Ковалёва', company: 'Книги почтой' }),
      candidate({ code: 70005, courier: null, name: 'Мария Ковалёва', why: why('not-in-hand') }),
      candidate({ code: 70004, courier: null, name: 'Мария Ковалёва', why: why('shipment-closed') }),
    );
    expect(found).toMatchObject({ kind: 'recipient', name: 'Мария Ковалёва', closed: ['70004'], others: [] });
    expect(
      found.shipments.map(({ code, courier, obstacle }) => [code, courier?.code ?? null, obstacle]),
    ).toEqual([
      ['70003', '12', null],
      ['70002', '11', null],
      ['70005', null, 'not-in-hand'],
    ]);
  });

  test('nobody is merged with somebody else', () => {
    const found = person(
      candidate({ won: true, name: 'Мария Ковалёва' }),
      candidate({ code: 70009, name: 'Виктор Лапин' }),
      candidate({ kind: 'contact', code: 302, name: 'Олег Заварной' }),
      candidate({ kind: 'courier', code: 12, courier: 12, client: null }),
    );
    expect(found.name).toBe('Мария Ковалёва');
    expect(found.others.map(({ kind, name, code }) => `${kind} ${name ?? code}`)).toEqual([
      'recipient Виктор Лапин',
      'contact Олег Заварной',
      'courier 12',
    ]);
  });

  test('nobody is made up', () => {
    expect(person()).toMatchObject({ kind: 'unknown', name: null, shipments: [], others: [] });
    expect(person(candidate({ name: null })).name).toBeNull();
  });
});

describe('what is told of a caller', () => {
  const ringing = call({ startedAt: at('9:10:00') });
  const tried = call({
    id: 'try',
    direction: 'courier',
    state: 'ended',
    outcome: 'no_answer',
    startedAt: at('9:03:00'),
    from: BORIS,
    to: MARIA,
    legs: [leg(BORIS, { outcome: 'answered' }), leg(MARIA, { outcome: 'no_answer' })],
    links: [
      { kind: 'shipment', code: 70003, how: 'requested', rank: 1 },
      { kind: 'courier', code: 12, how: 'requested', rank: 1 },
    ],
  });
  const spoken = call({
    id: 'talk',
    state: 'ended',
    startedAt: at('9:05:00'),
    talks: [talk(MARIA, OFFICE, '9:05:05', '9:06:00')],
  });

  test('that a courier got no answer, until somebody has spoken with them', () => {
    expect(lastTryInVain([ringing, tried], NUMBER, ringing)?.id).toBe('try');
    expect(lastTryInVain([ringing, spoken, tried], NUMBER, ringing)).toBeNull();
    expect(lastTryInVain([ringing], NUMBER, ringing)).toBeNull();
  });

  test('nothing of a call back that the courier did not pick up: the recipient was not rung', () => {
    const alone = { ...tried, legs: [leg(BORIS, { outcome: 'no_answer' })] };
    expect(lastTryInVain([ringing, alone], NUMBER, ringing)).toBeNull();
    expect(lastTryInVain([ringing, alone, { ...tried, id: 'before' }], NUMBER, ringing)?.id).toBe('before');
    expect(courierTries([alone], NUMBER)).toEqual([]);
  });

  test('which attempts belong to which shipment', () => {
    const [first, second] = person(candidate({}), candidate({ code: 70002, courier: 11 })).shipments;
    const tries = courierTries([tried, spoken, ringing], NUMBER);
    expect(tries.map(({ id }) => id)).toEqual(['try']);
    expect(first === undefined ? [] : triesFor(tries, first)).toHaveLength(1);
    expect(second === undefined ? [] : triesFor(tries, second)).toHaveLength(0);
  });

  test('nor to all shipments of the number when only the number tells what they were about', () => {
    const links = [
      { kind: 'shipment', code: 70003, how: 'matched', rank: 1 },
      { kind: 'shipment', code: 70002, how: 'matched', rank: 2 },
    ] as const;
    const shipments = person(candidate({}), candidate({ code: 70002, courier: 11 })).shipments;
    expect(shipments.map((one) => triesFor([{ ...tried, links: [...links] }], one).length)).toEqual([1, 0]);
  });

  test('whom it rang before it came to the office', () => {
    const after = call({
      legs: [
        leg(BORIS, { trunk: 'trunk', endedAt: at('9:10:20'), outcome: 'no_answer' }),
        leg(colleague('103')),
      ],
    });
    expect(rungBefore(after).map(({ party }) => party.number)).toEqual([BORIS.number]);
  });

  test('that the courier is talking right now', () => {
    const talking = call({
      direction: 'courier',
      state: 'talking',
      from: BORIS,
      links: [{ kind: 'courier', code: 12, how: 'requested', rank: 1 }],
      talks: [talk(BORIS, MARIA, '9:08:00')],
    });
    expect(courierTalk([ringing, talking], '12', null)).toEqual({ call: talking, since: at('9:08:00') });
    expect(courierTalk([ringing, talking], '11', null)).toBeNull();
  });
});

describe('who is owed a call', () => {
  const missed = (id: string, startedAt: string, number: string | null = NUMBER, wait = 12) =>
    call({
      id,
      startedAt,
      state: 'ended',
      missed: true,
      from: { ...MARIA, number, raw: number ?? '' },
      seconds: { greeting: 0, wait, ring: wait, talk: 0, hold: 0 },
    });

  test('is one a number, the one who waits longest first', () => {
    const owed = owedOf(
      [
        missed('c', at('9:30:00'), '79035554820'),
        missed('b', at('9:20:00'), NUMBER, 41),
        missed('a', at('8:55:00')),
      ],
      [],
    );
    expect(owed.map(({ number, calls, waited }) => [number, calls.length, waited])).toEqual([
      [NUMBER, 2, 41],
      ['79035554820', 1, 12],
    ]);
  });

  test('is nobody who cannot be called, or was', () => {
    expect(owedOf([missed('a', at('9:00:00'), null)], [])).toEqual([]);
    expect(owedOf([{ ...missed('a', at('9:00:00')), calledBackAt: at('9:01:00') }], [])).toEqual([]);
  });

  test('is told who calls them back now, and who tried in vain', () => {
    const back = call({
      id: 'back',
      direction: 'out',
      startedAt: at('9:05:00'),
      from: colleague('101', 'olga'),
      to: MARIA,
    });
    const [owed] = owedOf([missed('a', at('9:00:00'))], [back]);
    expect(owed?.calling?.id).toBe('back');
    if (owed === undefined) return;
    expect(triedBack(owed, [{ ...back, state: 'ended', outcome: 'busy' }])?.id).toBe('back');
    expect(triedBack(owed, [{ ...back, state: 'ended', startedAt: at('8:05:00') }])).toBeNull();
  });

  test('is told who has spoken with them, as far as the desk tells', () => {
    const SOMEBODY = { number: null, raw: '', extension: null, user: null };
    const answeredAt = at('9:05:10');
    const back = call({ direction: 'out', state: 'talking', answeredAt, from: SOMEBODY, to: MARIA });
    const [named, ended] = [
      { ...back, from: { ...SOMEBODY, user: 'olga' } },
      { ...back, state: 'ended' as const, from: colleague('101', 'olga') },
    ];
    expect(spokeWith(NUMBER, answeredAt, [back])).toBeNull();
    expect(spokeWith(NUMBER, answeredAt, [back, named])).toEqual(named.from);
    expect(spokeWith(NUMBER, answeredAt, [ended, named])).toEqual(ended.from);
    expect(spokeWith(NUMBER, at('9:06:00'), [ended])).toBeNull();
    const again = call({ answeredAt, answeredBy: colleague('102') });
    expect(spokeWith(NUMBER, answeredAt, [again])).toEqual(again.answeredBy);
  });
});
