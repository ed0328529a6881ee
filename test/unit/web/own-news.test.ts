import { describe, expect, test } from '@jest/globals';
import type { OwnState } from '../../../src/web/calls/own-call.ts';
import type { Me, PageCall } from '../../../src/web/calls/page-call.ts';
import { newsOf } from '../../../src/web/shell/own-news.ts';
import { at, call, colleague, leg, MARIA, talk } from './calls.ts';

const ME: Me = { login: 'olga', extensions: ['101'] };
const [OLGA, PAVEL] = [colleague('101', 'olga'), colleague('103', 'pavel')];

const ringing = call({ id: 'a', legs: [leg(OLGA), leg(PAVEL)] });
const elsewhere = call({
  id: 'a',
  state: 'talking',
  legs: [
    leg(OLGA, { endedAt: at('8:40:35'), outcome: 'answered elsewhere' }),
    leg(PAVEL, { answeredAt: at('8:40:35') }),
  ],
  talks: [talk(MARIA, PAVEL, '8:40:35')],
});
const over = call({ ...elsewhere, id: 'a', state: 'ended' });

describe('what is told of the own calls', () => {
  /** States that are told, one after another. */
  function tellAll(steps: readonly (readonly PageCall[])[]): string[] {
    let told: ReadonlyMap<string, OwnState> = new Map();
    return steps.flatMap((calls) => {
      const news = newsOf(told, new Map(calls.map((one) => [one.id, one])), ME);
      told = new Map([...told, ...news.map((own) => [own.call.id, own.state] as const)]);
      return news.map((own) => `${own.call.id} ${own.state}`);
    });
  }

  test('that it rings, and who answered elsewhere, each once', () => {
    expect(tellAll([[ringing], [ringing], [elsewhere], [over]])).toEqual(['a ringing', 'a elsewhere']);
  });

  test('the same caller again, and the end while another call goes on', () => {
    const again = call({ ...ringing, id: 'b' });
    const gone = call({
      ...ringing,
      id: 'a',
      state: 'ended',
      legs: [leg(OLGA, { endedAt: at('8:40:40'), outcome: 'no_answer' })],
    });
    expect(tellAll([[ringing], [ringing, again], [gone, again]])).toEqual([
      'a ringing',
      'b ringing',
      'a missed',
    ]);
  });

  test('nothing of what was over before, nor of calls of others', () => {
    const others = call({ id: 'c', legs: [leg(PAVEL)] });
    expect(tellAll([[over, others]])).toEqual([]);
  });
});
