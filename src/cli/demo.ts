import { fileURLToPath } from 'node:url';
import { App } from '../server/app.ts';
import { parseConfig } from '../config/load.ts';
import { createLogger } from '../log/logger.ts';
import { loadScenarios } from '../simulator/run.ts';
import { PACKAGE_ROOT } from '../util/package.ts';
import { playAndPrint } from './simulate.ts';

const SCENARIOS = fileURLToPath(new URL('agi-scripts', PACKAGE_ROOT));

/** Plays every scenario of agi-scripts/ against the real server on the demo database. @returns the exit status */
export async function demo(json: boolean): Promise<number> {
  const config = parseConfig(
    '{ listen: { port: 0 }, http: { enabled: false }, database: { url: "demo:" } }',
    'demo',
  );
  const app = new App({ config, file: null, databasePassword: undefined }, createLogger('silent'));
  const target = await app.start();
  try {
    return await playAndPrint(target, await loadScenarios([SCENARIOS]), json);
  } finally {
    await app.stop(1_000);
  }
}
