import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { CallRecordBuffer } from '../../../src/monitoring/call-record-buffer.ts';
import type { CallRecord } from '../../../src/monitoring/call-record.ts';
import { nobody } from '../../../src/routing/decision.ts';

function record(uniqueId: string): CallRecord {
  return {
    uniqueId,
    outcome: 'answered',
    decision: nobody('UNKNOWN'),
    error: null,
    totalMs: 1,
    endedAt: 0,
    routeMs: 1,
  };
}

const refuse = (error: unknown): never => {
  throw error;
};

describe('the book of calls', () => {
  test('loses no call because of another one that cannot be written', () => {
    const written: string[] = [];
    const errors: unknown[] = [];
    const book = new CallRecordBuffer(
      ({ uniqueId }) => {
        if (uniqueId === '2') throw new TypeError('two');
        written.push(uniqueId);
      },
      (error) => errors.push(error),
    );
    for (const uniqueId of ['1', '2', '3']) book.add(record(uniqueId));
    book.flush();
    expect(written).toEqual(['1', '3']);
    expect(errors).toEqual([new TypeError('two')]);
  });

  test('is written a moment after the calls, all of them once and in their order', async () => {
    const written: string[] = [];
    const twoWritten = new Promise<void>((resolve) => {
      const book = new CallRecordBuffer(({ uniqueId }) => {
        if (written.push(uniqueId) === 2) resolve();
      }, refuse);
      book.add(record('1'));
      book.add(record('2'));
      expect(written).toEqual([]);
    });
    await twoWritten;
    expect(written).toEqual(['1', '2']);
  });

  test('is written sooner when there are many calls', async () => {
    const written: string[] = [];
    const book = new CallRecordBuffer(({ uniqueId }) => written.push(uniqueId), refuse);
    for (let call = 1; call <= 64; call += 1) book.add(record(String(call)));
    expect(written).toEqual([]);
    await setImmediate();
    expect(written).toHaveLength(64);
  });

  test('is written at once when asked, and not again later', async () => {
    const written: string[] = [];
    const book = new CallRecordBuffer(({ uniqueId }) => written.push(uniqueId), refuse);
    book.add(record('1'));
    book.flush();
    expect(written).toEqual(['1']);
    book.flush();
    book.add(record('2'));
    book.flush();
    await sleep(150);
    expect(written).toEqual(['1', '2']);
  });
});
