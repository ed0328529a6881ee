import { readFileSync } from 'node:fs';
import { reachableHost } from '../net/reachable.ts';
import { CALLER_KINDS } from '../directory/match.ts';
import type { LoadedConfig } from '../config/load.ts';
import { PACKAGE_ROOT } from '../util/package.ts';
import { checkAgi, NOBODY } from './agi.check.ts';
import { ASTERISK_COMMANDS, checkAsterisk } from './asterisk.check.ts';
import { check, skipped, type CheckResult } from './check.ts';
import { checkConfiguration } from './configuration.check.ts';
import { diagnoseDatabase } from './database/diagnose.ts';
import { checkDialling } from './dialling.check.ts';
import { checkNodeVersion } from './node-version.check.ts';
import { checkAgiPort, checkHttpPort } from './port.check.ts';
import { findRunningServer } from './running-server.ts';
import { findWriter } from './service-user.ts';
import { checkSnapshot } from './snapshot.check.ts';

/**
 * Looks at everything that a call depends on, in the order of `CHECK_NAMES`. Changes nothing, and every step
 * is bounded in time; a server that runs gets two calls, which its log shows. A configuration that cannot be
 * used ends it: nothing else would mean anything.
 *
 * @param asteriskCommands see `checkAsterisk`
 */
export async function* diagnose(
  loaded: LoadedConfig,
  asteriskCommands: readonly string[] = ASTERISK_COMMANDS,
): AsyncGenerator<CheckResult> {
  const { config } = loaded;
  const { listen, http } = config;
  const configuration = await check('configuration', () => checkConfiguration(loaded));
  yield configuration;
  if (configuration.state === 'fail') return;
  yield await check('node', () => checkNodeVersion(process.versions.node, requiredNode()));

  const running = await findRunningServer(config);
  yield await check('http port', () =>
    http.enabled ? checkHttpPort(http, running) : skipped('http.enabled is false.'),
  );
  let ours = false;
  yield await check('port', async () => {
    const finding = await checkAgiPort(listen, running);
    ({ ours } = finding);
    return finding;
  });

  let caller = NOBODY;
  yield* diagnoseDatabase(loaded, (found) => {
    caller = { number: found, known: config.routing.priority.length === CALLER_KINDS.length };
  });

  yield await check('dialling', () => checkDialling(config));
  yield await check('snapshot', () => checkSnapshot(config, running, findWriter(running)));
  yield await check('agi', () =>
    ours
      ? checkAgi({ host: reachableHost(listen.host), port: listen.port }, caller)
      : skipped('No server answers calls from this machine.', 'Start it: systemctl start courier-agi'),
  );
  yield await check('asterisk', () => checkAsterisk(asteriskCommands, listen.port));
}

/** `engines.node` of package.json. */
function requiredNode(): string {
  const text = readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8');
  return /"node":\s*"([^"]+)"/.exec(text)?.[1] ?? '>=0';
}
