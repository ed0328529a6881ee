import { describe, expect, test } from '@jest/globals';
import type { ScenarioOutcome } from '../../../src/simulator/run.ts';
import { parseScenario } from '../../../src/simulator/scenario.ts';
import { formatTable } from '../../../src/simulator/table.ts';

function outcome(
  text: string,
  variables: Record<string, string>,
  failures: readonly string[] = [],
  durationMs = 1.25,
): ScenarioOutcome {
  const agiStatus = failures.length === 0 ? 'SUCCESS' : 'FAILURE';
  return {
    scenario: parseScenario(text, 'a.agi'),
    result: {
      variables: new Map(Object.entries(variables)),
      commands: [],
      agiStatus,
      durationMs,
      connectMs: 1,
      problems: [],
    },
    failures,
  };
}

const outcomes = [
  outcome(
    '# Звонит получатель\nagi_callerid: +7916',
    {
      ROUTE_STATUS: 'OK',
      ROUTE_CALLER: 'recipient',
      ROUTE_COUNT: '2',
      ROUTE_COURIER: '11',
      ROUTE_SHIPMENT: '70001',
      ROUTE_DIAL_1: 'PJSIP/1@t',
      ROUTE_DIAL_2: 'PJSIP/2@t',
      ROUTE_DIAL_2_2: 'PJSIP/2@u',
      ROUTE_DIAL_2_4: 'PJSIP/2@behind-a-gap',
    },
    [],
    100,
  ),
  outcome('# A client\nagi_request: agi://h/route?a=1&number=7495', {
    ROUTE_STATUS: 'NO_TARGET',
    ROUTE_CALLER: 'client',
    ROUTE_CLIENT: '203',
    ROUTE_COUNT: '0',
  }),
  outcome('# 快递\nagi_callerid: a\u001B[2Jb', { ROUTE_STATUS: 'ERROR' }, ['A is «\u0007», expected «1»']),
];

describe('formatTable', () => {
  test('aligns Cyrillic and wide characters, and disarms control characters', () => {
    expect(formatTable(outcomes)).toBe(
      [
        'scenario           who calls  what was found                               who rings          ms  ok',
        '-----------------  ---------  -------------------------------------------  --------------  -----  ------',
        'Звонит получатель  +7916      OK: recipient of shipment 70001, courier 11  PJSIP/1@t       100.0  ok',
        '                                                                           then PJSIP/2@t',
        '                                                                             or PJSIP/2@u',
        'A client           7495       NO_TARGET: client 203                        -                 1.3  ok',
        '快递               a?[2Jb     ERROR: AGISTATUS FAILURE                     -                 1.3  FAILED',
        '    A is «?», expected «1»',
        '',
        '3 scenarios, 2 as expected, 1 not',
        '',
      ].join('\n'),
    );
  });

  test('colours outcomes only, and leaves the widths alone', () => {
    const coloured = formatTable(outcomes, { colour: true });
    expect(coloured).toContain('\u001B[32mok\u001B[0m');
    expect(coloured).toContain('\u001B[31mFAILED\u001B[0m');
    // oxlint-disable-next-line no-control-regex -- takes the colours away again
    const plain = coloured.replaceAll(/\u001B\[\d+m/g, '').replaceAll(/ +$/gm, '');
    expect(plain).toBe(formatTable(outcomes));
  });

  test.each([40, 60, 80, 100])('is no wider than a terminal of %d columns, and loses nothing', (width) => {
    const table = formatTable(outcomes, { width });
    const widest = Math.max(...table.split('\n').map((line) => line.length));
    // Numbers, times and the narrowest columns there are need 68.
    expect(widest).toBeLessThanOrEqual(Math.max(width, 72));
    const letters = (text: string) => Array.from(text.replaceAll(/[\s-]/g, '')).toSorted().join('');
    expect(letters(table)).toBe(letters(formatTable(outcomes)));
  });

  test('wraps a cell at blanks, and a dial string where a device ends', () => {
    const dial = Array.from({ length: 10 }, (_, index) => `PJSIP/${101 + index}`).join('&');
    const one = outcome('# A manager with many telephones', {
      ROUTE_STATUS: 'OK',
      ROUTE_COUNT: '1',
      ROUTE_DIAL_1: dial,
    });
    const lines = formatTable([one], { width: 80 }).split('\n').slice(2, 5);
    expect(lines[0]).toMatch(/^A manager with \S.* PJSIP\/101&PJSIP\/102&/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('can group by who calls', () => {
    const lines = formatTable(outcomes, { grouped: true }).split('\n');
    const at = (beginning: string) => lines.findIndex((line) => line.startsWith(beginning));
    const order = ['Recipients', 'Звонит', 'Clients', 'A client', 'Strangers', '快递'].map(at);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(lines.filter((line) => line === '')).toHaveLength(5);
  });
});
