import { describe, expect, test } from '@jest/globals';
import type { CallResult } from '../../../src/simulator/asterisk.ts';
import { checkCall } from '../../../src/simulator/check.ts';
import { parseScenario } from '../../../src/simulator/scenario.ts';

const result: CallResult = {
  variables: new Map([
    ['ROUTE_STATUS', 'OK'],
    ['ROUTE_DIAL_1', 'PJSIP/101'],
    ['EMPTY', ''],
    ['AGISTATUS', 'SUCCESS'],
  ]),
  commands: [],
  agiStatus: 'SUCCESS',
  durationMs: 1,
  connectMs: 1,
  problems: [],
};

describe('checkCall', () => {
  test.each([
    'ROUTE_STATUS=OK',
    'ROUTE_STATUS~^O',
    'ROUTE_STATUS',
    'AGISTATUS=SUCCESS',
    'EMPTY=',
    'NONE=',
    'NONE~^$',
  ])('is content with %s', (expectation) => {
    expect(checkCall(parseScenario(`expect ${expectation}`, 'a.agi'), result)).toEqual([]);
  });

  test.each([
    ['ROUTE_STATUS=ERROR', 'ROUTE_STATUS is «OK», expected «ERROR»'],
    ['ROUTE_DIAL_1=', 'ROUTE_DIAL_1 is «PJSIP/101», expected nothing'],
    ['ROUTE_DIAL_1~^PJSIP/102$', 'ROUTE_DIAL_1 is «PJSIP/101», expected to match ^PJSIP/102$'],
    ['NONE=1', 'NONE is not set, expected «1»'],
    ['NONE', 'NONE is not set, expected any value'],
    ['EMPTY', 'EMPTY is «», expected any value'],
    ['AGISTATUS=FAILURE', 'AGISTATUS is «SUCCESS», expected «FAILURE»'],
  ])('says what is wrong with %s', (expectation, failure) => {
    expect(checkCall(parseScenario(`expect ${expectation}`, 'a.agi'), result)).toEqual([failure]);
  });

  test('counts what Asterisk would stumble over as a failure, whatever is expected', () => {
    const scenario = parseScenario('expect ROUTE_STATUS=OK', 'a.agi');
    expect(checkCall(scenario, { ...result, problems: ['it stalls'] })).toEqual(['it stalls']);
  });
});
