import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { App } from '../../../src/server/app.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { playCall, type Target } from '../../../src/simulator/asterisk.ts';
import { parseScenario } from '../../../src/simulator/scenario.ts';

const DEMO = 'listen: {port: 0}\nhttp: {enabled: false}\ndatabase: {url: "demo:"}\n';
const NOBODY = DEMO.replace('demo:', 'mysql://agi@127.0.0.1:1/courier');

function load(yaml: string) {
  return { config: parseConfig(yaml, 'test'), file: 'test', databasePassword: undefined };
}

describe('a reload', () => {
  let app: App;
  let target: Target;
  let log: string;

  beforeEach(async () => {
    log = '';
    app = new App(load(DEMO), pino({ base: null }, { write: (line: string) => void (log += line) }));
    target = await app.start();
  });
  afterEach(() => app.stop(100));

  const dials = async () => {
    const scenario = parseScenario('agi_callerid: 79162000001', 'test');
    return (await playCall(target, scenario)).variables.get('ROUTE_DIAL_1');
  };

  test('reaches the next call', async () => {
    expect(await dials()).toBe('PJSIP/79161000011@trunk');
    await app.reload(load(`${DEMO}dial: {trunks: [{dial: "SIP/gsm"}]}`));
    expect(await dials()).toBe('SIP/gsm/79161000011');
  });

  test('with a database that does not answer is refused, and everything stays', async () => {
    await expect(app.reload(load(`${NOBODY}dial: {trunks: [{dial: "SIP/gsm"}]}`))).rejects.toMatchObject({
      code: 'DIRECTORY_UNAVAILABLE',
    });
    expect(await dials()).toBe('PJSIP/79161000011@trunk');
  });

  test('with a database that cannot be named is refused, and everything stays', async () => {
    await expect(app.reload(load(DEMO.replace('demo:', 'mysql://h/d')))).rejects.toMatchObject({
      code: 'DATABASE_URL',
    });
    expect(await dials()).toBe('PJSIP/79161000011@trunk');
  });

  test('tells each time what needs a restart, and no more once it is as it was started', async () => {
    const warnings = () =>
      log.split('\n').filter((line) => line.includes('take effect at the next start')).length;
    await app.reload(load(`${DEMO}routing: {deadlineMs: 300}`));
    await app.reload(load(`${DEMO}routing: {deadlineMs: 300}`));
    expect(warnings()).toBe(2);
    await app.reload(load(DEMO));
    expect(warnings()).toBe(2);
  });
});
