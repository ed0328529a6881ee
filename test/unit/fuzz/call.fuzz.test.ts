import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { encodeCommand } from '../../../src/agi/command.ts';
import { parseEnvironment } from '../../../src/agi/environment.ts';
import { AgiEnvironmentError } from '../../../src/agi/errors.ts';
import { LineReader } from '../../../src/net/line-reader.ts';
import { encodeMSet } from '../../../src/agi/mset.ts';
import { ScriptRequestError } from '../../../src/scripts/errors.ts';
import { readRequest } from '../../../src/scripts/registry.ts';
import { parseRouteRequest, ROUTE_PARAMETERS } from '../../../src/scripts/route/route-request.ts';
import { Router } from '../../../src/scripts/route/router.ts';
import { toVariables } from '../../../src/scripts/route/channel-variables.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { invalid } from '../../../src/routing/decision.ts';
import type { Match } from '../../../src/directory/match.ts';
import { asteriskMSet, asteriskWords } from '../agi/asterisk-parsing.ts';
import { matches, nasty, opening } from './arbitraries.ts';
import { runs } from '../../lab/fuzz.ts';

const config = parseConfig(
  '{ database: { url: "demo:" }, routing: { recipientWithoutCourier: manager }, dial: { trunks: [{ prefix: ["7916"], dial: "PJSIP/{NUMBER}@gsm" }, { dial: "SIP/trunk" }], courierPrefix: "*5" } }',
  'test',
);
/** What Dial() may be given with this configuration: devices of these templates, and no option. */
const DEVICE = String.raw`(?:PJSIP/(?:\*5)?\d+@gsm|SIP/trunk/(?:\*5)?\d+|PJSIP/\d+)`;
const DIAL = new RegExp(`^${DEVICE}(?:&${DEVICE})*$`);
const VALUES: Readonly<Record<string, RegExp>> = {
  ROUTE_STATUS: /^(?:OK|NO_TARGET|UNKNOWN|INVALID)$/,
  ROUTE_CALLER: /^(?:courier|recipient|contact|client)$/,
  ROUTE_TARGET: /^(?:courier|manager)$/,
  ROUTE_COUNT: /^\d$/,
  ROUTE_RING: /^20$/,
  ROUTE_NUMBER: /^\d{1,15}$/,
  ROUTE_SOURCE: /^(?:live|snapshot)$/,
  ROUTE_AGE: /^\d+$/,
};
const CODE = /^-?\d+$/;

/** Decides, and reads the answer's line as Asterisk would. */
async function answer(caller: string, found: readonly Match[]): Promise<ReadonlyMap<string, string>> {
  const directory = {
    find: (number: string) => {
      // Nothing else reaches the database.
      expect(number).toMatch(/^\d{1,15}$/);
      return Promise.resolve({ matches: found, source: 'live' as const, ageSeconds: 0 });
    },
  };
  const router = new Router(config, directory);
  const number = router.normalise(caller);
  const decision =
    number.kind === 'invalid' ? invalid(number.reason) : await router.route(number.digits, 1000);
  const line = encodeCommand('exec', ['MSet', encodeMSet(toVariables(decision))]);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(2047);
  const [exec, application, data = '', ...rest] = asteriskWords(line.slice(0, -1));
  expect([exec, application, rest]).toEqual(['EXEC', 'MSet', []]);
  return new Map(asteriskMSet(data));
}

test('whatever the caller calls himself and the database holds, the answer is of known names and harmless values', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(nasty, fc.constantFrom('79162000001', '+7 916 200-00-01')),
      matches,
      async (caller, found) => {
        const variables = await answer(caller, found);
        for (const [name, value] of variables) {
          const allowed = /^ROUTE_DIAL_\d$/.test(name) ? DIAL : (VALUES[name] ?? CODE);
          expect(`${name}=${value}`).toEqual(expect.stringMatching(/^ROUTE_[A-Z_]+\d?=/));
          expect(value).toMatch(allowed);
        }
        const count = Number(variables.get('ROUTE_COUNT'));
        expect(variables.get('ROUTE_STATUS') === 'OK').toBe(count > 0);
        for (let n = 1; n <= count; n += 1) expect(variables.has(`ROUTE_DIAL_${n}`)).toBe(true);
      },
    ),
    runs(0.1),
  );
});

test('whatever a peer sends first, and however it is cut, is read or refused with an error of ours', () => {
  fc.assert(
    fc.property(opening, fc.array(fc.nat(300), { maxLength: 4 }), (bytes, cuts) => {
      const reader = new LineReader(400);
      const lines: string[] = [];
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      for (const [i, place] of places.slice(1).entries())
        lines.push(...reader.push(bytes.subarray(places[i], place)));
      if (reader.fault !== undefined) expect(reader.fault).toMatch(/^A line /);
      for (const line of lines) expect(line).not.toMatch(/[\n\0]/);
      const end = lines.indexOf('');
      try {
        const environment = parseEnvironment(end === -1 ? lines : lines.slice(0, end));
        const asked = readRequest(environment, { route: { parameters: ROUTE_PARAMETERS } }, 'route');
        const request = parseRouteRequest(asked.request.params);
        for (const kind of request.only ?? [])
          expect(['courier', 'recipient', 'contact', 'client']).toContain(kind);
      } catch (error) {
        if (!(error instanceof AgiEnvironmentError || error instanceof ScriptRequestError)) throw error;
        // It goes to the log: on one line, and without a number in it.
        expect(error.message).not.toMatch(/[\n\r\0]|\d{7}/);
      }
    }),
    runs(0.49),
  );
});
