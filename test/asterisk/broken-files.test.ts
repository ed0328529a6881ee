import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Company, OPERATORS_NUMBER, startCompany, type Telephony } from './company.ts';
import { readSample } from './samples.ts';

/*
 * courier-route.conf is lost, or Asterisk may not read it, or its subroutine has another name: Asterisk has been
 * restarted since, and the operators are rung all the same.
 */

const RECIPIENT = '79162000001';
const SUBROUTINE = 'courier-route.conf';

type Fault = (files: Record<string, string>) => Record<string, string>;
const FAULTS: Record<string, Fault> = {
  'is gone': ({ [SUBROUTINE]: _gone, ...files }) => files,
  'may not be read': (files) => files,
  'has a misspelt subroutine': (files) => ({
    ...files,
    [SUBROUTINE]: readSample(SUBROUTINE).replaceAll('[courier-route]', '[courier_route]'),
  }),
};

/** FreePBX's contexts, written after its sources; the operators are extension 104 in its queue. */
const freepbx: Fault = (files) => ({
  'pjsip.conf': files['pjsip.conf'] ?? '',
  'queues.conf': '[general]\n[600]\nstrategy=ringall\ntimeout=15\nmember => PJSIP/104\n',
  'extensions.conf': readFileSync(join(import.meta.dirname, 'freepbx', 'extensions.conf'), 'utf8'),
  'globals_custom.conf': '',
  'extensions_custom.conf': readSample('extensions_custom.conf'),
  [SUBROUTINE]: readSample(SUBROUTINE),
});

interface Case {
  readonly dialplan: 'extensions.conf' | 'extensions.ael' | 'extensions_custom.conf';
  readonly fault: string;
  readonly telephony: Telephony;
}

const cases = ([22, 16] as const).flatMap((version): Case[] => {
  const telephony = { version, driver: 'PJSIP' } as const;
  return [
    ...Object.keys(FAULTS).map((fault): Case => ({ dialplan: 'extensions.conf', fault, telephony })),
    { dialplan: 'extensions.ael', fault: 'is gone', telephony },
    { dialplan: 'extensions_custom.conf', fault: 'may not be read', telephony },
  ];
});

test.each(cases)(
  'Asterisk $telephony.version with $dialplan: courier-route.conf $fault, and the operators are rung',
  async ({ dialplan, fault, telephony }) => {
    const operators = dialplan === 'extensions_custom.conf' ? '104' : OPERATORS_NUMBER;
    let company: Company | undefined;
    try {
      company = await startCompany({
        ...telephony,
        // Nobody listens there, and nobody asks.
        routerUrl: 'agi://127.0.0.1:1/route',
        ...(dialplan === 'extensions.ael' && { dialplan: 'AEL' as const }),
        ...(fault === 'may not be read' && { unreadable: [SUBROUTINE] }),
        registered: ['104'],
        files: (files) =>
          FAULTS[fault]?.(dialplan === 'extensions_custom.conf' ? freepbx(files) : files) ?? files,
      });
      const call = await company.call({ from: RECIPIENT, name: 'broken', talkMs: 1000 });
      expect((await company.rung('broken')).map(({ number }) => number)).toEqual([operators]);
      expect(call.status).toBe(200);
      // It is not that the subroutine was there after all.
      expect(await company.asterisk.rx('dialplan show courier-route')).toContain(
        "no existence of 'courier-route'",
      );
    } finally {
      await company?.stop();
    }
  },
  60_000,
);
