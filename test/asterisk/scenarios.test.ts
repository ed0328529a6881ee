import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkCall } from '../../src/simulator/check.ts';
import { loadScenarios, runScenarios } from '../../src/simulator/run.ts';
import type { Scenario } from '../../src/simulator/scenario.ts';
import { type NamedCall, type Outcome, outcomeOf, placeAll, troubleIn } from './calls.ts';
import { type Company, OPERATORS_NUMBER, startCompany, TELEPHONIES } from './company.ts';

/**
 * Every scenario of agi-scripts/ as a telephone call. Nobody but the operators answers, so that each attempt
 * is seen, and its order. What the channel's variables hold in the end must be what the simulator says.
 *
 * The trunk leads to a context of the lab, which gives the call the scenario's request and variables before
 * it goes on to the sample, and writes the variables to the log when the call is over.
 */
const folder = join(import.meta.dirname, '..', '..', 'agi-scripts');
const all = await loadScenarios([folder]);
/** A caller who hangs up at a certain command cannot be had over SIP: see failures.test.ts. */
const scenarios = all.filter((scenario) => scenario.hangupAfter === undefined);

interface Case {
  readonly title: string;
  readonly scenario: Scenario;
  readonly call: NamedCall;
  /** In the order in which they must ring; those that ring at once together. */
  readonly expected: readonly (readonly string[])[];
}

const cases = scenarios.map((scenario, index): Case => {
  const number = scenario.environment.get('agi_callerid') ?? '';
  const name = scenario.environment.get('agi_calleridname') ?? '';
  return {
    title: scenario.title,
    scenario,
    call: {
      // Asterisk says «unknown» where the trunk sends nothing.
      from: fitsIntoSip(number) ? number : '',
      name: ['', 'unknown', 'Anonymous'].includes(name) ? `scenario-${index}` : name,
      to: `9000${index}`,
    },
    expected: [...expectedAttempts(scenario), [OPERATORS_NUMBER]],
  };
});

describe.each(TELEPHONIES)('Asterisk $version with $driver', (telephony) => {
  let company: Company;
  let outcomes: ReadonlyMap<string, Outcome | Error>;
  let variables: readonly ReadonlyMap<string, string>[];
  let simulated: Awaited<ReturnType<typeof runScenarios>>;

  beforeAll(async () => {
    company = await startCompany({
      ...telephony,
      behaviour: 'busy',
      rules: [{ to: OPERATORS_NUMBER, behaviour: 'answer' }],
      ringSeconds: 20,
      files: (files, routerUrl) => ({
        ...files,
        'extensions.conf': files['extensions.conf'] + labContext(routerUrl),
        ...throughLab(files),
      }),
    });
    outcomes = await placeAll(
      company,
      cases.map((one) => one.call),
    );
    variables = readReports(await company.asterisk.log());
    const { hostname: host, port } = new URL(company.routerUrl);
    simulated = await runScenarios({ host, port: Number(port) }, scenarios);
  }, 180_000);

  afterAll(async () => {
    await company.stop();
  });

  test.each(cases)('$title: who is rung, in which order', ({ call, expected }) => {
    const outcome = outcomeOf(outcomes, call.name);
    expect(inGroups(outcome.numbers, expected)).toEqual(expected);
    expect(outcome.call.status).toBe(200);
  });

  test.each(cases.map((one, index) => ({ ...one, index })))(
    '$title: the variables are those of the simulator',
    ({ index, scenario }) => {
      const real = variables[index] ?? new Map();
      const simulation = simulated[index]?.result.variables ?? new Map();
      const names = NAMES.filter((name) => real.get(name) !== '' || simulation.has(name));
      expect(Object.fromEntries(names.map((name) => [name, real.get(name)]))).toEqual(
        Object.fromEntries(names.map((name) => [name, valueIn(simulation, name)])),
      );
      const caller = real.get('ROUTE_CALLER') ?? '';
      expect(real.get(USERFIELD)).toBe(caller === '' ? '' : `${caller}/${real.get('ROUTE_COURIER')}`);
      // The scenarios expect PJSIP's dial strings.
      if (telephony.driver === 'PJSIP') {
        const result = { ...simulated[index]!.result, variables: real, problems: [] };
        expect(checkCall(scenario, result)).toEqual([]);
      }
    },
  );

  test('Asterisk had nothing to warn of', async () => {
    const log = await company.asterisk.log();
    const trouble = troubleIn(log.slice(log.indexOf('Asterisk Ready')));
    // PJSIP cuts the long name of the hostile caller and then complains of it.
    expect(trouble.filter((line) => !/CallerID Name .* invalid UTF-8/.test(line))).toEqual([]);
  });
});

/** The dial strings that the scenario expects, each as the numbers that ring at once. */
function expectedAttempts({ expectations }: Scenario): string[][] {
  return expectations.flatMap((one) => {
    if (one.kind !== 'equals' || !/^ROUTE_DIAL_\d+$/.test(one.name) || one.value === '') return [];
    return [
      one.value
        .split('&')
        .map((device) => device.replace(/^PJSIP\/|@.*$/g, ''))
        .toSorted(),
    ];
  });
}

/** Cuts the list into groups of the sizes expected: within a group the order is by chance. */
function inGroups(numbers: readonly string[], expected: readonly (readonly string[])[]): string[][] {
  const rest = [...numbers];
  const groups = expected.map((group) => rest.splice(0, group.length).toSorted());
  return rest.length === 0 ? groups : [...groups, rest];
}

/**
 * Whether the number can come in the From header. Others are set in the dialplan: those that are no user
 * part, and short ones, which chan_sip takes for one of our own telephones and asks for its password.
 */
function fitsIntoSip(number: string): boolean {
  return number !== 'unknown' && /^[+A-Za-z0-9-]{5,}$/.test(number);
}

const NAMES = [
  ...['STATUS', 'CALLER', 'TARGET', 'NUMBER', 'COUNT', 'RING', 'SOURCE', 'AGE'].map(
    (name) => `ROUTE_${name}`,
  ),
  ...['COURIER', 'BRANCH', 'CLIENT', 'CLIENT_STATE', 'ORDER', 'SHIPMENT'].map((name) => `ROUTE_${name}`),
  ...[1, 2, 3, 4, 5].map((attempt) => `ROUTE_DIAL_${attempt}`),
  'AGISTATUS',
];

/** What the sample writes into the record of the call. */
const USERFIELD = 'CDR(userfield)';

function labContext(routerUrl: string): string {
  const lines = cases.flatMap(({ scenario, call }, index) => {
    const number = scenario.environment.get('agi_callerid') ?? '';
    const request = scenario.environment.get('agi_request') ?? '';
    const url = routerUrl.replace(/\/route$/, '') + request.replace(/^agi:\/\/[^/]*/, '');
    return [
      `exten => ${call.to},1,Set(CHANNEL(hangup_handler_push)=lab-report,s,1(${index}))`,
      // A comma would end the argument of AGI().
      ` same => n,Set(COURIER_ROUTER=${url.replaceAll(',', '\\,')})`,
      ...(call.from === '' && number !== 'unknown' ? [` same => n,Set(CALLERID(num)=${number})`] : []),
      ...[...scenario.presets].map(([name, value]) => ` same => n,Set(${name}=${value})`),
      ' same => n,Goto(from-trunk,s,1)',
    ];
  });
  const report = [...NAMES, USERFIELD].map(
    (name) => ` same => n,NoOp(lab-report|\${ARG1}|${name}|\${${name}})`,
  );
  return [
    '',
    '[lab]',
    ...lines,
    '[lab-report]',
    'exten => s,1,NoOp()',
    ...report,
    ' same => n,Return()',
    '',
  ].join('\n');
}

/** Lets the trunk enter through the lab's context. */
function throughLab(files: Record<string, string>): Record<string, string> {
  const name = 'pjsip.conf' in files ? 'pjsip.conf' : 'sip.conf';
  return { [name]: (files[name] ?? '').replace('context=from-trunk', 'context=lab') };
}

function readReports(log: string): readonly ReadonlyMap<string, string>[] {
  const reports = cases.map(() => new Map<string, string>());
  for (const [, index, name = '', value = ''] of log.matchAll(/"lab-report\|(\d+)\|([\w()]+)\|(.*)"\)/g)) {
    reports[Number(index)]?.set(name, value);
  }
  return reports;
}

function valueIn(variables: ReadonlyMap<string, string>, name: string): string {
  return variables.get(name) ?? '';
}
