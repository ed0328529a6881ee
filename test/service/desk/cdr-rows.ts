import type { CdrRow } from '../../../src/cdr/cdr-row.ts';

export const OPTIONS = {
  asterisk: 'main',
  trunks: new Set(['gsm-1']),
  normalise: (raw: string) => (/^\+?7\d{10}$/.test(raw) ? raw.replace('+', '') : null),
};

/** 2026-11-26 08:00:00 UTC, which is 13:00 in Yekaterinburg. */
export const EPOCH = Date.parse('2026-11-26T08:00:00Z') / 1000;
export const ID = `${EPOCH}.17`;

/** A recipient calls; 101 and 102 ring, 102 answers after 5 s and talks for 27 s. */
export const row = (changes: Partial<CdrRow> = {}): CdrRow => ({
  src: '+79162000001',
  dst: '74950000000',
  channel: 'PJSIP/trunk-00000001',
  dstchannel: 'PJSIP/102-00000003',
  lastapp: 'Dial',
  start: '2026-11-26 13:00:00',
  answer: '2026-11-26 13:00:05',
  end: '2026-11-26 13:00:32',
  duration: 32,
  billsec: 27,
  disposition: 'ANSWERED',
  uniqueid: ID,
  linkedid: '',
  ...changes,
});

/** What a row has where nobody answered. */
export const UNANSWERED = { disposition: 'NO ANSWER', answer: '', billsec: 0 } as const;
export const loser = row({ dstchannel: 'PJSIP/101-00000002', ...UNANSWERED });
