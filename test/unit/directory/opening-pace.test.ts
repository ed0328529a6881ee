import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { OpeningPace } from '../../../src/directory/mysql/opening-pace.ts';

const broken = Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' });
const refused = Object.assign(new Error('refused'), { errno: -111, code: 'ECONNREFUSED' });
const denied = Object.assign(new Error('denied'), { errno: 1045 });
const tooMany = Object.assign(new Error('too many'), { errno: 1040 });

describe('the pace of new connections', () => {
  let pace: OpeningPace;
  let over: jest.Mock<() => void>;

  beforeEach(() => {
    jest.useFakeTimers();
    pace = new OpeningPace();
    over = jest.fn<() => void>();
  });
  afterEach(() => {
    pace.stop();
    jest.useRealTimers();
  });

  const fail = (error: unknown, { isGreeted = true, hasOthers = false } = {}) =>
    pace.failed({ error, isGreeted, hasOthers }, over);
  /** Attempts in so many seconds, each of which fails at once. */
  const attemptsWithin = async (seconds: number, isGreeted: boolean) => {
    let attempts = 0;
    for (let second = 0; second < seconds; second += 1) {
      if (pace.problem([]) === undefined) {
        attempts += 1;
        fail(broken, { isGreeted });
      }
      await jest.advanceTimersByTimeAsync(1000);
    }
    return attempts;
  };

  test('handshakes that break off do not reach max_connect_errors of old servers within two minutes', async () => {
    expect(await attemptsWithin(120, true)).toBeLessThan(10);
  });

  test('nor the usual 100 within half an hour', async () => {
    expect(await attemptsWithin(1800, true)).toBeLessThan(100);
  });

  test('a proxy without its database is asked every five seconds at least', async () => {
    await attemptsWithin(60, false);
    expect(await attemptsWithin(60, false)).toBeGreaterThanOrEqual(12);
  });

  test.each([
    ['where nobody listens', refused],
    ['of a server that refuses us', denied],
    ['that is one too many, with none to share', tooMany],
  ])('an attempt %s is followed by the next one as soon as somebody asks', (_what, error) => {
    fail(error);
    expect(pace.problem([])).toBeUndefined();
  });

  test('one too many is not asked for again while others can be shared', async () => {
    fail(tooMany, { hasOthers: true });
    expect(pace.problem([])).toBe(tooMany);
    await jest.advanceTimersByTimeAsync(1000);
    expect(over).toHaveBeenCalledTimes(1);
    expect(pace.problem([])).toBeUndefined();
  });

  test('attempts that fail together count once', () => {
    for (let time = 0; time < 10; time += 1) fail(broken);
    jest.advanceTimersByTime(1000);
    expect(pace.problem([])).toBeUndefined();
  });

  test('one that takes long, or follows upon a failure, is waited for', () => {
    const now = performance.now();
    expect(pace.problem([now, now])).toBeUndefined();
    expect(pace.problem([now, now - 300])).toBe('slow');
    fail(refused);
    expect(pace.problem([now])).toBe('slow');
    pace.succeeded();
    expect(pace.problem([now])).toBeUndefined();
  });
});
