import { expect, test } from '@jest/globals';
import { RecentAnswers } from '../../../src/directory/recent-answers.ts';

const AWAY = new Error('The database is away.');
const away = () => Promise.reject(AWAY);

function start(most = 3) {
  let time = 0;
  const recent = new RecentAnswers<string, string>({ keepMs: 1000, most, now: () => time });
  return { recent, at: (ms: number) => (time = ms) };
}

test('what was answered a moment ago is given again while the database is away', async () => {
  const { recent, at } = start();
  expect(await recent.ask('a', async () => 'one')).toBe('one');
  at(1000);
  expect(await recent.ask('a', away)).toBe('one');
  await expect(recent.ask('b', away)).rejects.toBe(AWAY);
});

test('it counts from the answer on, however often it was given again', async () => {
  const { recent, at } = start();
  await recent.ask('a', async () => 'one');
  at(900);
  expect(await recent.ask('a', away)).toBe('one');
  at(1001);
  await expect(recent.ask('a', away)).rejects.toBe(AWAY);
});

test('as long as the database answers, nothing else does', async () => {
  const { recent, at } = start();
  await recent.ask('a', async () => 'one');
  expect(await recent.ask('a', async () => 'two')).toBe('two');
  at(500);
  expect(await recent.ask('a', away)).toBe('two');
});

test('no more are kept than so many, the newest', async () => {
  const { recent } = start(3);
  for (const key of ['a', 'b', 'c', 'a', 'd']) await recent.ask(key, async () => key);
  await expect(recent.ask('b', away)).rejects.toBe(AWAY);
  for (const key of ['c', 'a', 'd']) expect(await recent.ask(key, away)).toBe(key);
});
