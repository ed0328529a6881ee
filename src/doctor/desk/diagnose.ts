import type { LoadedConfig } from '../../config/load.ts';
import { readSecret } from '../../config/load.ts';
import { openConsole } from '../asterisk/console.ts';
import { broken, check, combine, type CheckResult, type Finding } from '../check.ts';
import type { ServiceUser } from '../service-user.ts';
import { checkAccounts } from './accounts.check.ts';
import { checkAmiAddress } from './ami-address.check.ts';
import { checkCalls } from './calls.check.ts';
import { checkCdr } from './cdr.check.ts';
import { checkAmi, type AmiFinding, type AsteriskSection } from './ami.check.ts';
import { judgeClock, judgeEvents } from './ami-events.check.ts';
import { judgeRights } from './ami-rights.check.ts';
import { checkDoor } from './door.check.ts';
import { findDesk } from './desk-health.ts';
import { checkFeeds } from './feeds.check.ts';
import { checkNames } from './names.check.ts';
import { checkSurvey } from './survey.check.ts';
import { checkDeskPort } from './desk-port.check.ts';
import { checkJournal } from './journal.check.ts';
import { checkRecordings } from './recordings.check.ts';
import { readManagerSettings, type ManagerSettings } from './manager-settings.ts';
import { isThisMachine } from './this-machine.ts';

interface Examined {
  readonly section: AsteriskSection;
  readonly settings: ManagerSettings | null;
  readonly ami: AmiFinding;
}

/**
 * Looks at what the desk depends on, in the order of `DESK_CHECK_NAMES`: each Asterisk, the journal, its own port and
 * files. Nothing is changed.
 *
 * @param user whom the desk runs as
 * @param asteriskCommands see `openConsole`
 */
export async function* diagnoseDesk(
  { config }: LoadedConfig,
  user: ServiceUser,
  asteriskCommands: readonly string[],
): AsyncGenerator<CheckResult> {
  const { asterisk, calls, desk, door, feeds, journal, recordings, survey } = config;
  const makesCalls = calls !== undefined || door.enabled;
  const examined: Examined[] = [];
  const perAsterisk = (judge: (one: Examined) => Finding | Promise<Finding>) => async () => {
    const findings: [string, Finding][] = [];
    for (const one of examined) findings.push([one.section.name, await judge(one)]);
    return combine(findings);
  };

  yield await check('ami', async () => {
    for (const section of asterisk) {
      const settings = await askConsole(section, asteriskCommands);
      examined.push({ section, settings, ami: await lookAt(section, settings) });
    }
    return combine(examined.map(({ section, ami }) => [section.name, ami]));
  });
  yield await check(
    'ami rights',
    perAsterisk(({ section, settings, ami }) => judgeRights(section, ami.view, settings, makesCalls)),
  );
  yield await check(
    'ami events',
    perAsterisk(({ settings, ami }) => judgeEvents(ami.view, settings)),
  );
  yield await check(
    'ami address',
    perAsterisk(({ section }) => checkAmiAddress(section)),
  );
  yield await check(
    'clock',
    perAsterisk(({ ami }) => judgeClock(ami.view)),
  );
  yield await check('journal', () => checkJournal(journal, user));
  yield await check('cdr', async () => {
    const findings: [string, Finding][] = [];
    for (const section of asterisk) findings.push([section.name, await checkCdr(section, user)]);
    return combine(findings);
  });
  yield await check('accounts', () => checkAccounts(desk, user));
  const running = await findDesk(desk);
  yield await check('desk port', () => checkDeskPort(config, running, loggedIn(examined)));
  yield await check('door', () => checkDoor(config, user, running));
  yield await check('recordings', () => checkRecordings(recordings, desk.timeZone, user));
  yield await check('names', () => checkNames({ config }));
  yield await check('feeds', () => checkFeeds(feeds, user));
  yield await check('survey', () => checkSurvey(survey, running, asteriskCommands));
  yield await check('calls', () => checkCalls(calls, asteriskCommands));
}

/** Names of those where our login was taken. */
function loggedIn(examined: readonly Examined[]): Set<string> {
  return new Set(examined.filter(({ ami }) => ami.view !== null).map(({ section }) => section.name));
}

/** A secret that cannot be read says nothing of the other Asterisks. */
async function lookAt(section: AsteriskSection, settings: ManagerSettings | null): Promise<AmiFinding> {
  try {
    return await checkAmi(section, readSecret(section.secretFile), settings);
  } catch (error) {
    return { ...broken(error), view: null };
  }
}

/** @returns null when the Asterisk is on another machine, or its console cannot be asked */
async function askConsole(
  { host, port }: AsteriskSection,
  commands: readonly string[],
): Promise<ManagerSettings | null> {
  if ((await isThisMachine(host)) !== true) return null;
  const access = await openConsole(commands);
  return access.state === 'open' ? readManagerSettings(access.ask, port) : null;
}
