import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../lab/eventually.ts';
import { clearAlarm, setAlarm, type Alarm } from '../../../src/util/fast-timer.ts';

describe('an alarm', () => {
  const soon = (ms: number) => performance.now() + ms;

  test('rings at its time, the earliest first, in whatever order they were set', async () => {
    const rung: { name: string; early: boolean }[] = [];
    const set = (name: string, ms: number) => {
      const at = soon(ms);
      setAlarm(at, () => rung.push({ name, early: performance.now() < at - 1 }));
    };
    set('late', 60);
    set('soon', 20);
    set('overdue', -5);
    set('later', 40);
    await eventually('all have rung', () => rung.length >= 4);
    expect(rung).toEqual(['overdue', 'soon', 'later', 'late'].map((name) => ({ name, early: false })));
  });

  test('that is cleared does not ring, and takes no other one with it', async () => {
    const rung: number[] = [];
    const alarms = [1, 2, 3, 4, 5].map((number) => setAlarm(soon(20), () => rung.push(number)));
    for (const number of [0, 2, 4]) clearAlarm(alarms[number]);
    // Twice is harmless, and so is none at all.
    clearAlarm(alarms[0]);
    clearAlarm(undefined);
    await new Promise((resolve) => void setAlarm(soon(40), () => resolve(undefined)));
    expect(rung.toSorted()).toEqual([2, 4]);
  });

  test('may clear another that is due, and set new ones', async () => {
    const rung: string[] = [];
    let second: Alarm | undefined = undefined;
    const first = setAlarm(soon(10), () => {
      rung.push('first');
      clearAlarm(second);
      clearAlarm(first);
      setAlarm(soon(-1), () => rung.push('third'));
    });
    second = setAlarm(soon(10), () => rung.push('second'));
    await eventually('the third has rung', () => rung.includes('third'));
    await sleep(10);
    expect(rung).toEqual(['first', 'third']);
  });

  test('that comes before the one that all wait for is not late', async () => {
    const long = setAlarm(soon(60_000), () => undefined);
    const at = soon(20);
    const rungAt = await new Promise<number>((resolve) => {
      setAlarm(at, () => resolve(performance.now()));
    });
    clearAlarm(long);
    // Not the minute of the other one.
    expect(rungAt - at).toBeLessThan(30_000);
  });
});
