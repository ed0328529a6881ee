import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { judgeDialplan } from '../../src/doctor/asterisk.check.ts';
import { startAsterisk, type Asterisk } from '../lab/asterisk.ts';

describe.each([22, 16] as const)('doctor beside a real Asterisk %i', (version) => {
  let asterisk: Asterisk;
  let sample: string;

  beforeAll(async () => {
    sample = await readFile('dialplan-examples/courier-route.conf', 'utf8');
    asterisk = await startAsterisk({ version, files: () => ({ 'extensions.conf': sample }) });
  }, 120_000);

  afterAll(() => asterisk?.stop());

  const judge = async (context: string, port: number) =>
    judgeDialplan(
      await asterisk.rx(`dialplan show ${context}`),
      await asterisk.rx('dialplan show globals'),
      port,
    );

  test('finds the sample dialplan, and that it calls this port', async () => {
    expect(await judge('courier-route', 4573)).toMatchObject({ state: 'ok' });
  });

  test('finds that the sample dialplan calls another port', async () => {
    const finding = await judge('courier-route', 5000);
    expect(finding).toMatchObject({ state: 'warn', remedy: expect.stringContaining(':5000/route') });
  });

  test('takes the port of the global that wins over the sample', async () => {
    await asterisk.rx('dialplan set global COURIER_ROUTER agi://127.0.0.1:5000/route');
    expect(await judge('courier-route', 5000)).toMatchObject({ state: 'ok' });
    expect(await judge('courier-route', 4573)).toMatchObject({ state: 'warn' });
  });

  test('misses a context that is not loaded', async () => {
    expect(await judge('courier-rout', 4573)).toMatchObject({
      state: 'warn',
      message: 'The dialplan has no context courier-route.',
    });
  });
});
