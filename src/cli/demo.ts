import { fileURLToPath } from 'node:url';
import { App } from '../server/app.ts';
import { parseConfig } from '../config/load.ts';
import { createLogger } from '../log/logger.ts';
import { loadScenarios, runScenarios } from '../simulator/run.ts';
import { PACKAGE_ROOT } from '../util/package.ts';
import { playAndPrint } from './simulate.ts';

const SCENARIOS = fileURLToPath(new URL('agi-scripts', PACKAGE_ROOT));

/** Calls that are played before those that are shown. */
const WARM_UP = 20;

const NEXT = '\nNext: connect your own database and Asterisk, as README.md says in ten minutes.\n';

/** Plays every scenario of agi-scripts/ against the real server on the demo database. @returns the exit status */
export async function demo(json: boolean): Promise<number> {
  const config = parseConfig(
    '{ listen: { port: 0 }, http: { enabled: false }, database: { url: "demo:" } }',
    'demo',
  );
  const app = new App({ config, file: null, databasePassword: undefined }, createLogger('silent'));
  const target = await app.start();
  try {
    const scenarios = await loadScenarios([SCENARIOS]);
    // The first calls of a process take ten times as long as all that follow: those are not shown.
    await runScenarios(target, scenarios.slice(0, WARM_UP));
    const status = await playAndPrint(target, scenarios, json, true);
    if (!json) process.stdout.write(NEXT);
    return status;
  } finally {
    await app.stop(1_000);
  }
}
