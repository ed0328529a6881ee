import { reachableHost } from '../net/reachable.ts';
import { CALLER_KINDS } from '../directory/match.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Text } from '../util/language.ts';
import { checkAgi, NOBODY, withoutServer } from './agi.check.ts';
import { ASTERISK_COMMANDS, openConsole } from './asterisk/console.ts';
import { checkDialplan } from './asterisk/dialplan.check.ts';
import { Endpoints } from './asterisk/endpoints.ts';
import { checkExtensions, checkTrunks } from './asterisk/telephones.check.ts';
import { check, skipped, type CheckResult } from './check.ts';
import { checkConfiguration } from './configuration.check.ts';
import { diagnoseDatabase, type Discoveries } from './database/diagnose.ts';
import { checkDialling } from './dialling.check.ts';
import { checkFiles } from './files.check.ts';
import { checkNodeVersion } from './node-version.check.ts';
import { checkAgiPort, checkHttpPort } from './port.check.ts';
import { findRunningServer } from './running-server.ts';
import { findServiceUser } from './service-user.ts';
import { checkSnapshot } from './snapshot.check.ts';
import { diagnoseDesk } from './desk/diagnose.ts';

/**
 * Looks at everything that a call depends on, and the desk where there is one, in the order of `checkNames`. Changes nothing, and every step
 * is bounded in time; a server that runs gets two calls, which its log shows. A configuration that cannot be
 * used ends it: nothing else would mean anything.
 *
 * @param asteriskCommands see `openConsole`
 */
export async function* diagnose(
  loaded: LoadedConfig,
  asteriskCommands: readonly string[] = ASTERISK_COMMANDS,
): AsyncGenerator<CheckResult> {
  const { config } = loaded;
  const { listen, http } = config;
  const running = await findRunningServer(config);
  const user = findServiceUser(running);
  const configuration = await check('configuration', () => checkConfiguration(loaded, running));
  yield configuration;
  if (configuration.state === 'fail') return;
  yield await check('files', () => checkFiles(loaded, user));
  yield await check('node', () => checkNodeVersion(process.versions.node));

  yield await check('http port', () =>
    http.enabled
      ? checkHttpPort(http, running)
      : skipped({ en: 'http.enabled is false.', ru: 'Порт выключен: http.enabled — false.' }),
  );
  let ours = false;
  yield await check('port', async () => {
    const { ours: found, ...finding } = await checkAgiPort(listen, running);
    ours = found;
    return finding;
  });

  const discoveries: Discoveries = { number: null, extensions: null };
  yield* diagnoseDatabase(loaded, discoveries);

  yield await check('dialling', () => checkDialling(config));
  yield await check('snapshot', () => checkSnapshot(config, running, user));
  const { number } = discoveries;
  const known = config.routing.priority.length === CALLER_KINDS.length;
  yield await check('agi', () =>
    ours
      ? checkAgi(
          { host: reachableHost(listen.host), port: listen.port },
          number === null ? NOBODY : { number, known },
        )
      : withoutServer(running !== null, config.asterisk.length > 0),
  );
  const hasDeskAlone = config.asterisk.length > 0 && running === null && !ours;
  yield* diagnoseAsterisk(loaded, asteriskCommands, discoveries, hasDeskAlone);
  if (config.asterisk.length > 0) yield* diagnoseDesk(loaded, user, asteriskCommands);
}

async function* diagnoseAsterisk(
  { config }: LoadedConfig,
  commands: readonly string[],
  { extensions }: Discoveries,
  hasDeskAlone: boolean,
): AsyncGenerator<CheckResult> {
  const access = await openConsole(commands);
  if (access.state !== 'open') {
    const { message, remedy } = UNREACHABLE[access.state];
    for (const name of ['dialplan', 'trunks', 'extensions'] as const) {
      yield { name, ...skipped(message, name === 'dialplan' ? remedy : null) };
    }
    return;
  }
  const endpoints = new Endpoints(access.ask);
  yield await check('dialplan', () => checkDialplan(access.ask, config.listen.port, hasDeskAlone));
  yield await check('trunks', () => checkTrunks(endpoints, config));
  yield await check('extensions', () => checkExtensions(endpoints, config, extensions));
}

/** What the checks of Asterisk's console look at. */
const BY_HAND = 'asterisk -rx "dialplan show courier-route", asterisk -rx "pjsip show endpoints"';

const UNREACHABLE: Readonly<
  Record<'no command' | 'no answer', { readonly message: Text; readonly remedy: Text }>
> = {
  'no command': {
    message: {
      en: 'There is no asterisk command here that this user may run.',
      ru: 'Здесь нет команды asterisk, которую может выполнить этот пользователь.',
    },
    remedy: {
      en: `Run doctor on the machine with Asterisk, too, as root. Without courier-agi there, look yourself: ${BY_HAND}.`,
      ru: `Запустите doctor и на машине с Asterisk, от имени root. Если courier-agi там не установлен, посмотрите сами: ${BY_HAND}.`,
    },
  },
  'no answer': {
    message: {
      en: 'Asterisk does not run, or this user may not ask it.',
      ru: 'Asterisk не запущен, или этому пользователю он не отвечает.',
    },
    remedy: {
      en: 'Start it, or run doctor as root or as the user asterisk.',
      ru: 'Запустите его или выполните doctor от имени root или asterisk.',
    },
  },
};
