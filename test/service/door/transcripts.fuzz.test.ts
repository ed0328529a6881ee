import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Cleanups } from '../../lab/cleanups.ts';
import { DOOR_SECRET, startDoor, type StartedDoor } from './parts.ts';
import { anyText, runs } from '../../lab/fuzz.ts';

/*
 * A thousand conversations at random. What must pass is told here once more, in the plainest way: pairs, by name.
 */

const cleanups = new Cleanups();
let started: StartedDoor;
beforeAll(async () => {
  started = await startDoor(cleanups, {
    perCourierHour: 10_000,
    perCourierAtOnce: 10_000,
    perAccountHour: 1_000_000,
  });
});
afterAll(cleanups.run);

const NUMBERS = {
  andrey: '79161000011',
  boris: '79161000012',
  left: '79161000016',
  anna: '79162000001',
  two: '79162000002',
  stock: '79162000005',
  done: '79162000006',
  client: '74952000201',
  nobody: '79990001122',
} as const;
const EXTENSIONS = ['100', '101', '103', '112'];
const ENTITLED = new Set([
  `${NUMBERS.andrey} ${NUMBERS.anna}`,
  `${NUMBERS.andrey} ${NUMBERS.two}`,
  `${NUMBERS.boris} ${NUMBERS.two}`,
  `${NUMBERS.andrey} 100`,
  `${NUMBERS.boris} 100`,
  `${NUMBERS.andrey} 101`,
  `${NUMBERS.boris} 103`,
]);

/** What is sent, and the call that it must make, as `FROM TO`. */
interface Item {
  readonly text: string;
  readonly call?: string | undefined;
  /** Nothing behind it counts. */
  readonly ends?: boolean;
  readonly logsIn?: boolean;
}

const number = fc.constantFrom(...Object.values(NUMBERS));
const written = (digits: string) => fc.constantFrom(digits, `+${digits}`, digits.replace(/^7/, '8'));
const end = fc.constantFrom('\r\n', '\n');
const lines = (items: readonly string[], eol: string) => [...items, '', ''].join(eol);

const originate: fc.Arbitrary<Item> = fc
  .record({
    pair: fc.oneof(
      fc.constantFrom(...[...ENTITLED].map((pair) => pair.split(' '))),
      fc.tuple(number, fc.oneof(number, fc.constantFrom(...EXTENSIONS))),
    ),
    eol: end,
    form: fc.constantFrom('SIP/t/#', 'PJSIP/#@trunk', 'Dongle/g1/#', 'SIP/#'),
    spoiled: fc.option(
      fc.constantFrom(
        'Variable: A=1',
        'Application: Dial',
        'Data: x',
        'Account: x',
        'ChannelId: x',
        'Context\0: x',
        'X: \u0007',
      ),
      { freq: 2 },
    ),
    tail: fc.constantFrom('', '&SIP/7999', ',30', '@x@y', '/x'),
    isSpoiled: fc.nat({ max: 4 }).map((one) => one === 0),
  })
  .chain(({ pair: [from = '', to = ''], eol, form, spoiled, tail, isSpoiled }) =>
    fc.tuple(written(from), to.length < 7 ? fc.constant(to) : written(to)).map(([a, b]): Item => {
      const spoiledTail = isSpoiled ? tail : '';
      const items = [
        'Action: Originate',
        `Channel: ${form.replace('#', a)}${spoiledTail}`,
        `Exten: ${b}`,
        'CallerId: 0',
        'Context: courier',
        'Priority: 1',
        ...(spoiled === null ? [] : [spoiled]),
      ];
      const isClean = spoiled === null && spoiledTail === '';
      const pair = `${from} ${to}`;
      return { text: lines(items, eol), call: isClean && ENTITLED.has(pair) ? pair : undefined };
    }),
  );

const login: fc.Arbitrary<Item> = end.map((eol) => ({
  text: lines(['Action: login', 'Username: measoft', `Secret: ${DOOR_SECRET}`], eol),
  logsIn: true,
}));
const noise: fc.Arbitrary<Item> = fc.oneof(
  fc
    .constantFrom(
      'Action: Ping',
      'Action: Command\r\nCommand: x',
      'Action: Challenge\r\nAuthType: MD5',
      'Action: Hangup\r\nChannel: /.*/',
      'X: y',
      '\u0001',
      'Action: Events\r\nEventMask: on',
    )
    .map((text): Item => ({ text: `${text}\r\n\r\n` })),
  anyText({ maxLength: 40 }).map((text): Item => ({ text: `${text.replaceAll(/[\r\n]/g, '')}\r\n\r\n` })),
);
const ending: fc.Arbitrary<Item> = fc.constantFrom(
  { text: 'Action: Logoff\r\n\r\n', ends: true },
  { text: 'y'.repeat(3000), ends: true },
);

const transcript = fc.record({
  items: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: originate },
      { weight: 2, arbitrary: login },
      { weight: 2, arbitrary: noise },
      { weight: 1, arbitrary: ending },
    ),
    { minLength: 1, maxLength: 12 },
  ),
  beginsWithLogin: fc.nat({ max: 4 }).map((one) => one > 0),
  cuts: fc.array(fc.nat({ max: 2000 }), { maxLength: 6 }),
});
type Transcript = typeof transcript extends fc.Arbitrary<infer Value> ? Value : never;

const LOGIN_ITEM: Item = {
  text: lines(['Action: Login', 'Username: measoft', `Secret: ${DOOR_SECRET}`], '\r\n'),
  logsIn: true,
};

function expectedCalls(items: readonly Item[]): string[] {
  const calls: string[] = [];
  let isLoggedIn = false;
  for (const item of items) {
    if (item.ends === true) break;
    if (item.logsIn === true) isLoggedIn = true;
    if (isLoggedIn && item.call !== undefined) calls.push(item.call);
  }
  return calls;
}

async function converse({ items, beginsWithLogin, cuts }: Transcript): Promise<string[]> {
  const all = beginsWithLogin ? [LOGIN_ITEM, ...items] : items;
  const program = await started.connect();
  const bytes = Buffer.from(all.map(({ text }) => text).join(''));
  let at = 0;
  for (const cut of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
    if (cut <= at) continue;
    program.send(bytes.subarray(at, cut));
    at = cut;
    await new Promise((resolve) => setImmediate(resolve));
  }
  program.socket.end();
  const text = await program.ended();
  const passed = text.split('Originate successfully queued').length - 1;
  const expected = expectedCalls(all);
  expect([passed, expected]).toEqual([expected.length, expected]);
  return expected;
}

test('whatever the conversation, only entitled pairs pass, and all of these', async () => {
  let conversations = 0;
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(transcript, { minLength: 20, maxLength: 20 }), async (transcripts) => {
      const before = started.calls.length;
      const expected = (await Promise.all(transcripts.map(converse))).flat();
      // One that is asked for at the same time by several is one.
      const made = started.calls.slice(before).map(({ from, to }) => {
        const a = from.kind === 'number' ? from.number : from.extension;
        return `${a} ${to.kind === 'number' ? to.number : to.extension}`;
      });
      for (const pair of made) expect(ENTITLED).toContain(pair);
      for (const pair of made) expect(expected).toContain(pair);
      conversations += transcripts.length;
      passed += expected.length;
    }),
    runs(0.0125),
  );
  expect(passed).toBeGreaterThan(conversations / 10);
  expect(started.bytes()).not.toMatch(/Channel|Variable|Application|Command/);
}, 120_000);
