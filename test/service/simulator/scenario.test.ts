import { describe, expect, test } from '@jest/globals';
import { parseScenario, ScenarioError } from '../../../src/simulator/scenario.ts';

const environment = (text: string) => Object.fromEntries(parseScenario(text, 'a.agi').environment);

function refusalOf(parse: () => unknown): ScenarioError {
  try {
    parse();
  } catch (error) {
    if (error instanceof ScenarioError) return error;
  }
  throw new Error('not refused');
}

describe('parseScenario', () => {
  test('reads a scenario written by hand', () => {
    const scenario = parseScenario(
      [
        '# A recipient calls',
        '# and here is his story',
        '',
        'agi_request: agi://127.0.0.1:4573/route?number=1',
        'agi_callerid:79162000001',
        'set MENU = parcels   # which key he pressed',
        'expect ROUTE_STATUS=OK # at last',
        'expect ROUTE_DIAL_1~^PJSIP/\\d+@trunk$',
        'expect ROUTE_COURIER',
        'expect ROUTE_DIAL_2=',
        'hangup after 1',
      ].join('\r\n'),
      'dir/first.agi',
    );
    expect(scenario).toEqual({
      file: 'dir/first.agi',
      title: 'A recipient calls',
      environment: new Map([
        ['agi_request', 'agi://127.0.0.1:4573/route?number=1'],
        ['agi_callerid', '79162000001'],
      ]),
      presets: new Map([['MENU', 'parcels']]),
      expectations: [
        { kind: 'equals', name: 'ROUTE_STATUS', value: 'OK' },
        { kind: 'matches', name: 'ROUTE_DIAL_1', pattern: /^PJSIP\/\d+@trunk$/u },
        { kind: 'present', name: 'ROUTE_COURIER' },
        { kind: 'equals', name: 'ROUTE_DIAL_2', value: '' },
      ],
      hangupAfter: 1,
    });
  });

  test('takes the title from the file without a comment, and no hangup when none is asked for', () => {
    const scenario = parseScenario('\uFEFFagi_callerid: 1', 'dir/some-call.agi');
    expect(scenario.title).toBe('some-call');
    expect('hangupAfter' in scenario).toBe(false);
  });

  test.each([
    ['an empty value', 'agi_accountcode:', { agi_accountcode: '' }],
    ['a value with colons', 'agi_request: agi://h:4573/a', { agi_request: 'agi://h:4573/a' }],
    ['a name with a # in it', 'agi_calleridname: Ann # 2', { agi_calleridname: 'Ann # 2' }],
    ['an argument', 'agi_arg_1: x', { agi_arg_1: 'x' }],
  ])('reads %s', (_what, text, expected) => {
    expect(environment(text)).toEqual(expected);
  });

  test.each([
    ['the plain console', '<PJSIP/a-00000001>AGI Tx >> agi_callerid: 7916'],
    ['a line before the channel is known', 'AGI Tx >> agi_callerid: 7916'],
    ['a time', '[Mar  3 10:15:42] <SIP/a-1>AGI Tx >> agi_callerid: 7916'],
    [
      'the log file',
      '[2026-03-03 10:15:42.123] VERBOSE[4711][C-0000002a] res_agi.c: <SIP/a-1>AGI Tx >> agi_callerid: 7916',
    ],
    ['colours', '\u001B[1;36m<SIP/a-1>\u001B[0mAGI Tx >> agi_callerid: 7916\u001B[0m'],
    ['a Local channel', '<Local/1@x-0001;2>AGI Tx >> agi_callerid: 7916'],
  ])('understands what is pasted from %s', (_what, text) => {
    expect(environment(text)).toEqual({ agi_callerid: '7916' });
  });

  test('keeps a pasted name that looks like traffic or like a comment as it is', () => {
    expect(environment('<SIP/a>AGI Tx >> agi_calleridname: AGI Rx << agi_callerid: 1 # 2')).toEqual({
      agi_calleridname: 'AGI Rx << agi_callerid: 1 # 2',
    });
    expect(environment('agi_calleridname: <x>AGI Tx >> agi_callerid: 1')).toEqual({
      agi_calleridname: '<x>AGI Tx >> agi_callerid: 1',
    });
  });

  test.each([
    '<SIP/a-1>AGI Rx << EXEC MSet "ROUTE_STATUS=OK"',
    '<SIP/a-1>AGI Tx >> 200 result=1 (x)',
    '<SIP/a-1>AGI Tx >> HANGUP',
    '<SIP/a-1>AGI Tx >> ',
    'AGI Tx >>',
    '    -- AGI Script Executing Application: (MSet) Options: (A=1)',
    '[Mar  3 10:15:42]   == Using SIP RTP CoS mark 5',
    '[2026-03-03 10:15:42] VERBOSE[1][C-1] pbx.c:     -- Executing [s@in:1] AGI("SIP/a-1", "agi://h")',
    'AGI Debugging Enabled',
    'pbx*CLI> agi set debug on',
  ])('passes over %p', (line) => {
    expect(parseScenario(line, 'a.agi')).toMatchObject({ environment: new Map(), expectations: [] });
  });

  test.each([
    ['a typing error in a name', 'agi_calerid: 1', 'agi_calerid', 'agi_callerid'],
    ['an argument beyond the last', 'agi_arg_128: 1', 'agi_arg_128', 'no such line'],
    ['a name without a value', 'agi_callerid', 'agi_callerid', 'agi_…: value'],
    ['two calls in one', 'agi_callerid: 1\nagi_callerid: 2', 'agi_callerid: 2', 'once'],
    ['an unknown word', 'expects A=1', 'expects A=1', 'expect'],
    ['a set without a value', 'set A', 'set A', 'set NAME=value'],
    ['a set without a name', 'set =1', 'set =1', 'set NAME=value'],
    ['an expectation of nothing', 'expect', 'expect ', 'expect NAME=value'],
    ['a name with a hyphen', 'expect A-B=1', 'expect A-B=1', 'expect NAME=value'],
    ['a broken pattern', 'expect A~(', '(', 'regular expression'],
    ['an empty pattern', 'expect A~', '', 'regular expression'],
    ['a hangup without a number', 'hangup after', 'hangup after', '0 to 1000'],
    ['a hangup before the call', 'hangup after -1', 'hangup after -1', '0 to 1000'],
    ['a hangup too late', 'hangup after 1001', 'hangup after 1001', '0 to 1000'],
    ['a hangup in seconds', 'hangup after 1 s', 'hangup after 1 s', '0 to 1000'],
    ['two hangups', 'hangup after 1\nhangup after 2', 'hangup after 2', 'once'],
  ])('refuses %s with the place, the value and what is allowed', (_what, text, received, allowed) => {
    const lines = `# title\n${text}`;
    const parse = () => parseScenario(lines, 'dir/bad.agi');
    expect(parse).toThrow(`dir/bad.agi:${lines.split('\n').length}: received «${received}»`);
    expect(parse).toThrow(allowed);
    expect(refusalOf(parse)).toMatchObject({ code: 'SCENARIO_INVALID', file: 'dir/bad.agi', received });
  });
});
