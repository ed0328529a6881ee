import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { DirectoryUnavailableError } from '../../../src/directory/directory.ts';
import { callFields, logCall } from '../../../src/monitoring/call-log.ts';
import type { CallRecord } from '../../../src/monitoring/call-record.ts';
import { record } from './records.ts';

function logged(changes: Partial<CallRecord>, showNumbers = false): Record<string, unknown> {
  let line = '';
  const call = record(changes);
  logCall(
    pino({ base: null }, { write: (text: string) => void (line = text) }),
    call,
    callFields(call, showNumbers),
  );
  return JSON.parse(line) as Record<string, unknown>;
}

/** A recipient's call, with other dial strings. */
function dials(...dial: string[]): Pick<CallRecord, 'decision'> {
  const { decision } = record();
  const [attempt] = decision.attempts;
  if (attempt === undefined) throw new Error('The record has no attempt.');
  return { decision: { ...decision, attempts: dial.map((one) => ({ ...attempt, dial: one })) } };
}

test('who is rung: extensions and trunks as they are, numbers masked', () => {
  expect(
    logged(dials('PJSIP/101&SIP/102', 'PJSIP/79161000011@gsm-mts1', 'SIP/gsm2/00079161000011'))['rings'],
  ).toEqual(['PJSIP/101&SIP/102', 'PJSIP/7916*****11@gsm-mts1', 'SIP/gsm2/0007********11']);
  expect(logged(dials('PJSIP/79161000011@trunk'), true)['rings']).toEqual(['PJSIP/79161000011@trunk']);
  expect(logged(dials())).not.toHaveProperty('rings');
});

test('what the database says of a number or a password is masked', () => {
  const error = new DirectoryUnavailableError(
    "Duplicate entry '79162000001' at mysql://agi:geh@eim/#1@db/courier",
  );
  const { problem } = logged({ error });
  expect(problem).toBe("Duplicate entry '7916*****01' at mysql://agi:***@db/courier");
});

test('a call of doctor is marked', () => {
  expect(logged({ isCheck: true })['check']).toBe(true);
  expect(logged({})).not.toHaveProperty('check');
});
