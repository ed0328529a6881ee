import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { describePeople, wantedNames } from '../../../src/api/people.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { EmbeddedDirectory } from '../../../src/directory/demo/embedded.directory.ts';
import { DemoNames } from '../../../src/directory/names/demo.names.ts';
import { NO_NAMES, toName, type Names } from '../../../src/directory/names/names.ts';
import { Router } from '../../../src/scripts/route/router.ts';

const router = new Router(parseConfig('{}', 'defaults'), new EmbeddedDirectory({ inHandStates: [1] }));

async function people(number: string, names?: Names) {
  const explained = await router.explain(number, 1000);
  return describePeople(explained, names ?? (await new DemoNames().find(wantedNames(explained))), 'ru');
}

/** Who it is in a few words. */
async function told(number: string, names?: Names): Promise<string[]> {
  const { candidates } = await people(number, names);
  return candidates.map(({ kind, code, name, company, manager, courierName, courier }) =>
    [kind, code, name, company, manager, kind === 'recipient' ? (courierName ?? courier) : null]
      .filter((part) => part !== null)
      .join(', '),
  );
}

describe('who is behind a number', () => {
  test.each([
    ['79161000011', ['courier, 11, Андрей Быстров, olga']],
    ['79161000017', ['courier, 17, Жанна Лёгкая, Захар Старший']],
    ['74952000201', ['client, 201, Книги почтой']],
    [
      '74952000301',
      // One number, two companies: both are told.
      ['contact, 301, Анна Полкина, Книги почтой', 'client, 203, Старый склад'],
    ],
    ['79162000001', ['recipient, 70001, Мария Ковалёва, Книги почтой, Андрей Быстров']],
    ['79162000005', ['recipient, 70005, Нина Складская, Чай и кофе']],
    [
      '79162000002',
      // The newest in a courier's hands first, the delivered one last.
      [
        'recipient, 70003, Илья Громов, Чай и кофе, Борис Ветров',
        'recipient, 70002, Илья Громов, Книги почтой, Андрей Быстров',
        'recipient, 70004, Илья Громов, Чай и кофе',
      ],
    ],
    ['79160000000', []],
  ])('%s', async (number, expected) => {
    expect((await told(number)).toSorted()).toEqual(expected.toSorted());
    // Shipments in the order of the router.
    const shipments = (list: string[]): string[] => list.filter((line) => line.startsWith('recipient'));
    expect(shipments(await told(number))).toEqual(shipments(expected));
  });

  test('is told by codes where names cannot be read', async () => {
    expect(await told('79162000001', NO_NAMES)).toEqual(['recipient, 70001, 11']);
    expect(await told('79161000011', NO_NAMES)).toEqual(['courier, 11']);
  });

  test('comes with what the router would do, and each reason in words', async () => {
    const { route, candidates, more } = await people('79162000001');
    expect(route).toEqual({
      status: 'OK',
      attempts: [
        {
          number: expect.stringMatching(/^7916/),
          extension: null,
          seconds: 20,
          why: { code: 'holds-shipment', text: expect.stringContaining('на руках у курьера 11') },
        },
      ],
    });
    expect(candidates[0]).toMatchObject({
      won: true,
      why: { text: expect.stringMatching(/\p{L}/u) },
      order: 5001,
      open: true,
      since: '2026-03-03 09:00:00',
    });
    expect(more).toBe(0);
  });
});

test('of a switchboard with hundreds of shipments the first ones are told', async () => {
  const explained = await router.explain('79162000001', 1000);
  const [candidate] = explained.decision.candidates;
  const many = Array.from({ length: 400 }, () => candidate).filter((one) => one !== undefined);
  const crowded = { ...explained, decision: { ...explained.decision, candidates: many } };
  const { candidates, more } = describePeople(crowded, NO_NAMES, 'en');
  expect([candidates.length, more]).toEqual([30, 370]);
  expect(wantedNames(crowded).shipments).toHaveLength(30);
});

test.each([
  ['  Анна   Полкина ', 'Анна Полкина'],
  ['two\nlines\r\n\u2028here', 'two lines here'],
  ['\u001b[31mred\u0007', '[31mred'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['👩‍🚀'.repeat(200), '👩‍🚀'.repeat(100)],
  ['x'.repeat(301), 'x'.repeat(300)],
  [' \u0000 ', null],
])('a name is one line of letters, %#', (text, name) => {
  expect(toName(text)).toBe(name);
});

test('names are read by the desk for its screens; doctor asks whether they can be, and nothing else does', () => {
  const src = new URL('../../../src/', import.meta.url);
  const readers = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('directory/names/'))
    .filter((file) => readFileSync(new URL(file, src), 'utf8').includes('directory/names/'))
    .map((file) => file.split('/')[0]);
  expect([...new Set(readers)].toSorted()).toEqual(['api', 'desk', 'doctor']);
  // Of nobody, and what comes goes nowhere.
  const doctor = readFileSync(new URL('doctor/desk/names.check.ts', src), 'utf8');
  expect(doctor.match(/\.find\(.*|\.search\(.*/g)).toEqual(['.find(NOBODY);']);
});
