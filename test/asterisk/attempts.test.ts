import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Behaviour, PhoneRule } from '../lab/sip/phone.scenario.ts';
import { type NamedCall, type Outcome, outcomeOf, placeAll, troubleIn } from './calls.ts';
import { type Company, OPERATORS_NUMBER, startCompany, TELEPHONIES } from './company.ts';

/** A recipient with three numbers to try: courier 12's mobile and landline, then courier 11. */
const RECIPIENT = '79162000002';
const ATTEMPTS = ['79161000012', '74951000012', '79161000011'] as const;
/** Everybody whom the recipient may reach, in order. */
const CHAIN = [...ATTEMPTS, OPERATORS_NUMBER];

const FAILURES: readonly Behaviour[] = [
  'busy',
  'decline',
  'unavailable',
  'congested',
  'unknownNumber',
  'noAnswer',
  'silent',
];

interface Case {
  readonly title: string;
  readonly call: NamedCall;
  readonly rules: readonly PhoneRule[];
}

let cases = 0;

/** @param behaviours of the recipient's chain, in order; the rest answers */
function recipientCase(title: string, behaviours: readonly Behaviour[], call: Partial<NamedCall> = {}): Case {
  const name = `case-${cases++}`;
  const rules = behaviours.map((behaviour, index) => ({ name, to: CHAIN[index] ?? '', behaviour }));
  return { title, rules, call: { name, from: RECIPIENT, ...call } };
}

const NEXT_IS_TRIED = FAILURES.flatMap((failure) =>
  ATTEMPTS.map((_, index) => ({
    ...recipientCase(`attempt ${index + 1} is ${failure}: the next one is rung and answers`, [
      ...Array<Behaviour>(index).fill('busy'),
      failure,
    ]),
    expected: CHAIN.slice(0, index + 2),
  })),
);

const ALL_FAIL = FAILURES.map((failure) =>
  recipientCase(
    `every attempt is ${failure}: the operators are rung once`,
    Array<Behaviour>(3).fill(failure),
  ),
);

const CALLER_GIVES_UP = CHAIN.map((number, index) => ({
  ...recipientCase(
    `the caller hangs up while ${number} rings: nobody else is rung`,
    [...Array<Behaviour>(index).fill('busy'), 'noAnswer'],
    // Before the last one has rung long enough, and late enough for a busy machine to ring him.
    { giveUpAfterMs: 2000 },
  ),
  expected: CHAIN.slice(0, index + 1),
}));

const OPERATORS_BUSY = recipientCase('everybody is busy, the operators too: the caller hears it', [
  'busy',
  'busy',
  'busy',
  'busy',
]);
const CALLEE_ENDS = ATTEMPTS.map((number, index) => ({
  ...recipientCase(
    `${number} answers and hangs up: the call is over, the operators are not rung`,
    [...Array<Behaviour>(index).fill('busy'), 'answerThenHangUp'],
    { talkMs: 10_000 },
  ),
  expected: CHAIN.slice(0, index + 1),
}));
const CALLER_ENDS = recipientCase('the caller ends the talk: the courier is released', [], { talkMs: 300 });

const COURIER = '79161000011';
const COURIER_OF_PAVEL = '79161000012';
const MANAGERS = {
  first: {
    title: 'both extensions of a manager ring at once, and the one that answers has the call',
    call: { name: 'manager-answers', from: COURIER },
    rules: [{ name: 'manager-answers', to: '101', behaviour: 'noAnswer' }],
  },
  busy: {
    title: 'one extension is busy: the other one still answers',
    call: { name: 'manager-half-busy', from: COURIER },
    rules: [{ name: 'manager-half-busy', to: '101', behaviour: 'busy' }],
  },
  none: {
    title: 'no extension answers: the operators are rung once',
    call: { name: 'manager-away', from: COURIER },
    rules: [
      { name: 'manager-away', to: '101', behaviour: 'noAnswer' },
      { name: 'manager-away', to: '102', behaviour: 'busy' },
    ],
  },
  off: {
    title: 'the telephone of the manager is switched off: the operators are rung at once',
    call: { name: 'manager-off', from: COURIER_OF_PAVEL },
    rules: [],
  },
} satisfies Record<string, Case>;

const ALL: readonly Case[] = [
  ...NEXT_IS_TRIED,
  ...ALL_FAIL,
  ...CALLER_GIVES_UP,
  ...CALLEE_ENDS,
  OPERATORS_BUSY,
  CALLER_ENDS,
  ...Object.values(MANAGERS),
];

describe.each(TELEPHONIES)('Asterisk $version with $driver', (telephony) => {
  let company: Company;
  let outcomes: ReadonlyMap<string, Outcome | Error>;
  const of = ({ call }: Case) => outcomeOf(outcomes, call.name);

  beforeAll(async () => {
    company = await startCompany({
      ...telephony,
      rules: ALL.flatMap((one) => one.rules),
      ringSeconds: 3,
      registered: ['101', '102', '104'],
    });
    outcomes = await placeAll(
      company,
      ALL.map((one) => one.call),
    );
  }, 180_000);

  afterAll(async () => {
    await company.stop();
  });

  test.each(NEXT_IS_TRIED)('$title', (one) => {
    const { call, numbers, rung } = of(one);
    expect(numbers).toEqual(one.expected);
    expect(call.status).toBe(200);
    expect(rung.at(-1)?.status).toBe(200);
  });

  test.each(ALL_FAIL)('$title', (one) => {
    const { call, numbers } = of(one);
    expect(numbers).toEqual(CHAIN);
    expect(call.status).toBe(200);
  });

  test('an attempt rings as long as ROUTE_RING says, and the next one follows at once', () => {
    const { rung } = of(ALL_FAIL[FAILURES.indexOf('noAnswer')] ?? OPERATORS_BUSY);
    for (const attempt of rung.slice(0, 3)) {
      const rangMs = (attempt.cancelledAt ?? 0) - attempt.at;
      // ringSeconds is 3 here, and a busy telephone hears of its call a moment later than Asterisk begins to count. Longer is
      // the machine's load.
      expect(rangMs).toBeGreaterThanOrEqual(2800);
    }
  });

  test.each(CALLER_GIVES_UP)('$title', (one) => {
    const { call, numbers, rung } = of(one);
    expect(call.status).toBe(487);
    expect(numbers).toEqual(one.expected);
    expect(rung.at(-1)?.cancelledAt).toBeDefined();
  });

  test.each(CALLEE_ENDS)('$title', (one) => {
    const { call, numbers } = of(one);
    expect(numbers).toEqual(one.expected);
    expect(call.endedBy).toBe('callee');
  });

  test(OPERATORS_BUSY.title, () => {
    const { call, numbers } = of(OPERATORS_BUSY);
    expect(numbers).toEqual(CHAIN);
    expect(call.status).toBe(486);
  });

  test(CALLER_ENDS.title, () => {
    const { call, numbers, rung } = of(CALLER_ENDS);
    expect(call.endedBy).toBe('caller');
    expect(numbers).toEqual([ATTEMPTS[0]]);
    expect(rung[0]?.endedAt).toBeDefined();
  });

  test(MANAGERS.first.title, () => {
    const { numbers, rung } = of(MANAGERS.first);
    expect(numbers.toSorted()).toEqual(['101', '102']);
    expect(rung.find((one) => one.number === '101')?.cancelledAt).toBeDefined();
    expect(rung.find((one) => one.number === '102')?.status).toBe(200);
  });

  test(MANAGERS.busy.title, () => {
    const { numbers, rung } = of(MANAGERS.busy);
    expect(numbers.toSorted()).toEqual(['101', '102']);
    expect(rung.find((one) => one.number === '102')?.status).toBe(200);
  });

  test(MANAGERS.none.title, () => {
    const { numbers } = of(MANAGERS.none);
    expect(numbers.slice(0, 2).toSorted()).toEqual(['101', '102']);
    expect(numbers.slice(2)).toEqual([OPERATORS_NUMBER]);
  });

  test(MANAGERS.off.title, () => {
    expect(of(MANAGERS.off).numbers).toEqual([OPERATORS_NUMBER]);
  });

  test('when all calls are over, nothing rings and no channel is left', async () => {
    const all = [...(await company.trunk.calls()), ...(await company.telephones.calls())];
    const ringing = all.filter((one) => one.status === undefined && one.cancelledAt === undefined);
    expect(ringing.filter((one) => !isSilent(one.name, one.number))).toEqual([]);
    expect(await company.asterisk.rx('core show channels')).toContain('0 active channels');
  });

  test('Asterisk had nothing to warn of but the telephones that are switched off, or silent', async () => {
    const log = await company.asterisk.log();
    const trouble = troubleIn(log.slice(log.indexOf('Asterisk Ready')));
    expect(trouble.filter((line) => !/'103'|Retransmission timeout reached/.test(line))).toEqual([]);
  });
});

function isSilent(name: string, number: string): boolean {
  return ALL.some(({ rules }) =>
    rules.some((rule) => rule.behaviour === 'silent' && rule.name === name && rule.to === number),
  );
}
